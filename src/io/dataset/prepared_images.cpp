#include "veil/io/dataset/prepared_images.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/all_cores.h"
#include "base/words.h"
#include "io/file/digest.h"
#include "io/image/decode_image.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kBlockImages = 256;
constexpr size_t kBlockBytes = size_t{64} << 20;
constexpr int kLookedAtForChannels = 64;
constexpr const char* kRepeated = "grey to colour";

// What became of one image.
struct Outcome {
  PreparedImage image;
  std::vector<std::string> conversions;
  std::string refusal;  // empty: taken
  bool was_grey = false;
};

// Whether the content of an image puts it among the share that is held out.
bool is_chosen(const Pixels& pixels, double share) {
  if (share <= 0.0) {
    return false;
  }
  const auto digest = sha256_of(pixels.values);
  uint32_t word = 0;
  (void)std::from_chars(digest.data(), digest.data() + 8, word, 16);
  return word * 0x1p-32 < share;
}

Outcome prepare(SourceImage&& source, const FitOptions& fit, double held_out) {
  Outcome outcome;
  outcome.image.origin = std::move(source.origin);
  outcome.image.label = source.label;
  outcome.refusal = std::move(source.refusal);
  if (!outcome.refusal.empty()) {
    return outcome;
  }
  try {
    if (source.is_file) {
      auto decoded = decode_image(source.file);
      outcome.conversions = std::move(decoded.conversions);
      source.pixels = std::move(decoded.pixels);
    }
    outcome.was_grey = source.pixels.channels == 1;
    outcome.image.is_held_out = is_chosen(source.pixels, held_out);
    outcome.image.pixels = fit_image(source.pixels, fit);
  } catch (const DataError& error) {
    outcome.refusal = error.what();
  }
  return outcome;
}

// Prepares images from the front until none is left or what was made of them fills a block, and takes those away. The
// results lie as their images lay, so the number of cores changes nothing but where a block ends.
std::vector<Outcome> prepare_some(std::vector<SourceImage>& images, const FitOptions& fit, double held_out) {
  std::vector<Outcome> outcomes(images.size());
  std::atomic<size_t> next{0};
  std::atomic<size_t> bytes{0};
  const auto work = [&] {
    while (bytes < kBlockBytes) {
      const size_t i = next++;
      if (i >= images.size()) {
        break;
      }
      outcomes[i] = prepare(std::move(images[i]), fit, held_out);
      bytes += outcomes[i].image.pixels.values.size();
    }
  };
  const bool is_cheap = std::none_of(images.begin(), images.end(), [](const auto& image) { return image.is_file; });
  if (is_cheap) {
    work();
  } else {
    on_all_cores(work);
  }
  const auto count = std::min(next.load(), images.size());
  outcomes.resize(count);
  images.erase(images.begin(), images.begin() + static_cast<std::ptrdiff_t>(count));
  return outcomes;
}

void read_block(ImageStream& stream, std::vector<SourceImage>& block) {
  size_t bytes = 0;
  while (block.size() < kBlockImages && bytes < kBlockBytes) {
    auto image = stream.next();
    if (!image) {
      break;
    }
    bytes += image->file.size() + image->pixels.values.size();
    block.push_back(std::move(*image));
  }
}

// Grey or colour, for image files of which nothing is asked: what the first of them are. Formats that say what their
// images are need no look.
int64_t channels_of_first(const ImageSource& source) {
  if (source.info().shape) {
    return 0;
  }
  const auto stream = source.stream(source.info().splits.front().name);
  int found = 0;
  for (auto image = stream->next(); image && found < kLookedAtForChannels; image = stream->next()) {
    const auto outcome = prepare(std::move(*image), {}, 0.0);
    if (outcome.refusal.empty()) {
      ++found;
      if (!outcome.was_grey) {
        return 3;
      }
    }
  }
  return found > 0 ? 1 : 0;
}

}  // namespace

std::vector<std::string> split_names(const SourceInfo& info) {
  if (!info.is_divided()) {
    return {"train", "test", "all"};
  }
  std::vector<std::string> names;
  for (const auto& split : info.splits) {
    names.push_back(split.name);
  }
  return names;
}

void check_options(const PrepareOptions& options) {
  check_options(options.fit);
  check_option({"holdout"}, options.holdout, kHoldouts);
}

class PreparedImages::Impl {
 public:
  Impl(const ImageSource& source, const std::string& split, const PrepareOptions& options)
      : info_(source.info()), split_(split), options_(options), asked_channels_(options.fit.channels) {
    check_options(options);
    const auto names = split_names(info_);
    require<DataError>(std::find(names.begin(), names.end(), split) != names.end(), info_.name, ": has no split '",
                       split, "', want ", joined(names));
    require<DataError>(info_.is_divided() || split != "test" || options.holdout > 0.0, info_.name,
                       ": has no test split and data.holdout is 0; set it to 0.1, say, to hold out a tenth");
    require<DataError>(!(asked_channels_ == 3 && info_.shape && info_.shape->channels == 1), info_.name,
                       ": the images are grey, but data.channels is 3; set it to 1 or leave it out");
    if (asked_channels_ == 0 && !options.mixed_shapes) {
      options_.fit.channels = channels_of_first(source);
    }
    const auto& read = info_.is_divided() ? split : info_.splits.front().name;
    stream_ = source.stream(read);
    for (const auto& each : info_.splits) {
      total_ += each.name == read ? each.images : 0;
    }
  }

  std::vector<PreparedImage> next() {
    std::vector<PreparedImage> taken;
    while (taken.empty()) {
      if (waiting_.empty()) {
        read_block(*stream_, waiting_);
      }
      if (waiting_.empty()) {
        check_end();
        break;
      }
      for (auto& outcome : prepare_some(waiting_, options_.fit, info_.is_divided() ? 0.0 : options_.holdout)) {
        ++seen_;
        take_or_refuse(std::move(outcome), taken);
      }
    }
    return taken;
  }

  int64_t seen() const { return seen_; }
  int64_t total() const { return total_; }
  const std::vector<Refusal>& refused() const { return refused_; }
  const std::map<std::string, int64_t>& conversions() const { return conversions_; }

 private:
  void take_or_refuse(Outcome&& outcome, std::vector<PreparedImage>& taken) {
    if (outcome.refusal.empty() && info_.classes > 0 && outcome.image.label < 0) {
      outcome.refusal = "lies in no class folder, where other images do";
    }
    if (!outcome.refusal.empty()) {
      refused_.push_back({std::move(outcome.image.origin), std::move(outcome.refusal)});
      return;
    }
    all_grey_ &= outcome.was_grey;
    any_ = true;
    if (!is_in_split(outcome.image)) {
      return;
    }
    check_channels(outcome);
    check_shape(outcome.image);
    for (const auto& conversion : outcome.conversions) {
      ++conversions_[conversion];
    }
    if (outcome.was_grey && options_.fit.channels == 3) {
      ++conversions_[kRepeated];
    }
    taken.push_back(std::move(outcome.image));
  }

  bool is_in_split(const PreparedImage& image) const {
    return info_.is_divided() || split_ == "all" || image.is_held_out == (split_ == "test");
  }

  void check_channels(const Outcome& outcome) const {
    require<DataError>(outcome.was_grey || options_.fit.channels != 1 || asked_channels_ == 1, info_.name, ": ",
                       outcome.image.origin,
                       " is in colour, but the first images are grey; set data.channels to 1 or 3");
  }

  void check_shape(const PreparedImage& image) {
    if (options_.mixed_shapes) {
      return;
    }
    const auto shape = image.pixels.shape();
    if (!first_) {
      first_ = {image.origin, shape};
    }
    if (shape != first_->second) {
      throw DataError(concat(info_.name, ": the images differ in size: ", first_->first, " is ",
                             shape_text(first_->second), ", ", image.origin, " is ", shape_text(shape),
                             "; set data.size, for example to 64"));
    }
  }

  void check_end() const {
    require<DataError>(!(any_ && all_grey_ && asked_channels_ == 3), info_.name,
                       ": all images are grey, but data.channels is 3; set it to 1 or leave it out");
  }

  const SourceInfo& info_;
  std::string split_;
  PrepareOptions options_;
  int64_t asked_channels_;
  std::unique_ptr<ImageStream> stream_;
  std::vector<SourceImage> waiting_;  // read, but not prepared yet
  int64_t total_ = 0;
  int64_t seen_ = 0;
  bool any_ = false;
  bool all_grey_ = true;
  std::optional<std::pair<std::string, TokenShape>> first_;  // origin and shape
  std::vector<Refusal> refused_;
  std::map<std::string, int64_t> conversions_;
};

std::vector<SplitRemarks> for_each_block(
    const ImageSource& source, const PrepareOptions& options,
    const std::function<void(const std::string& split, const std::vector<PreparedImage>& block)>& visit,
    const ImageProgress& progress) {
  std::vector<SplitRemarks> remarks;
  const auto total = source.info().images();
  int64_t before = 0;
  for (const auto& split : source.info().splits) {
    PreparedImages images(source, split.name, options);
    for (auto block = images.next(); !block.empty(); block = images.next()) {
      visit(split.name, block);
      if (progress) {
        progress(before + images.seen(), total);
      }
    }
    before += images.seen();
    remarks.push_back({images.refused(), images.conversions()});
  }
  return remarks;
}

std::string first_refusal(const std::vector<Refusal>& refused) {
  return refused.empty() ? "" : printable(concat("; ", refused.front().origin, ": ", refused.front().reason));
}

PreparedImages::PreparedImages(const ImageSource& source, const std::string& split, const PrepareOptions& options)
    : impl_(std::make_unique<Impl>(source, split, options)) {}
PreparedImages::~PreparedImages() = default;
std::vector<PreparedImage> PreparedImages::next() { return impl_->next(); }
int64_t PreparedImages::seen() const { return impl_->seen(); }
int64_t PreparedImages::total() const { return impl_->total(); }
const std::vector<Refusal>& PreparedImages::refused() const { return impl_->refused(); }
const std::map<std::string, int64_t>& PreparedImages::conversions() const { return impl_->conversions(); }

}  // namespace veil::io
