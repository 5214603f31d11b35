#include "veil/io/dataset/prepared_images.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/words.h"
#include "io/dataset/duplicates.h"
#include "io/dataset/prepare_block.h"
#include "io/dataset/size_choices.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr const char* kRepeated = "grey to colour";

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
  /// asked_channels: those of the user, where the options have those that were found.
  Impl(const ImageSource& source, const std::string& split, const PrepareOptions& options, int64_t asked_channels)
      : source_(source), info_(source.info()), split_(split), options_(options), asked_channels_(asked_channels) {
    check_options(options);
    const auto names = split_names(info_);
    require<DataError>(std::find(names.begin(), names.end(), split) != names.end(), info_.name, ": has no split '",
                       split, "', want ", joined(names));
    require<DataError>(info_.is_divided() || split != "test" || options.holdout > 0.0, info_.name,
                       ": has no test split and data.holdout is 0; set it to 0.1, say, to hold out a tenth");
    require<DataError>(!(asked_channels_ == 3 && info_.shape && info_.shape->channels == 1), info_.name,
                       ": the images are grey, but data.channels is 3; set it to 1 or leave it out");
    if (options.fit.channels == 0 && !options.mixed_shapes) {
      options_.fit.channels = channels_of_first(source);
    }
    check_padding();
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

  // Learns what other splits keep.
  void compare(const ImageSource& source, const ImageProgress& progress) {
    if (options_.duplicates != Duplicates::kDrop) {
      return;
    }
    duplicates_.emplace();
    PrepareOptions options = options_;
    options.duplicates = Duplicates::kKeep;
    options.mixed_shapes = true;
    const auto all = images_compared(info_, split_, options_);
    int64_t before = 0;
    for (const auto& above : splits_above(info_, split_, options_.holdout)) {
      Impl images(source, above, options, asked_channels_);
      for (auto block = images.next(); !block.empty(); block = images.next()) {
        for (const auto& image : block) {
          duplicates_->add_above(image);
        }
        if (progress) {
          progress(before + images.seen(), all + total_);
        }
      }
      before += images.seen();
    }
  }

  int64_t seen() const { return seen_; }
  int64_t total() const { return total_; }
  const std::vector<Refusal>& refused() const { return refused_; }
  const std::map<std::string, int64_t>& conversions() const { return conversions_; }
  std::string holdout_advice() const { return holdout_choices(draws_); }
  DroppedDuplicates duplicates() const { return duplicates_ ? duplicates_->dropped() : DroppedDuplicates(); }

 private:
  void take_or_refuse(Outcome&& outcome, std::vector<PreparedImage>& taken) {
    if (outcome.refusal.empty() && info_.classes > 0 && outcome.image.label < 0) {
      outcome.refusal = "lies in no class folder, where other images do";
    }
    if (!outcome.refusal.empty()) {
      refused_.push_back({std::move(outcome.image.origin), std::move(outcome.refusal), outcome.largest_size});
      return;
    }
    if (!info_.is_divided() && options_.holdout > 0.0) {
      draws_.push_back(outcome.image.holdout_above);
    }
    all_grey_ &= outcome.was_grey;
    any_ = true;
    if (!is_in_split(outcome.image)) {
      return;
    }
    check_channels(outcome);
    check_shape(outcome.image);
    const bool gives_way = info_.is_divided() || !outcome.image.is_held_out;
    if (duplicates_ && !duplicates_->takes(outcome.image, !gives_way)) {
      return;
    }
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

  // A colour that grey images cannot have would become another one in silence.
  void check_padding() const {
    const auto& padding = options_.fit.padding;
    const bool is_grey = options_.fit.channels == 1 || (info_.shape && info_.shape->channels == 1);
    require<DataError>(
        !is_grey || asked_channels_ == 1 || (padding.red == padding.green && padding.red == padding.blue), info_.name,
        ": the images are grey, but data.padding is ", colour_text(padding), "; give white, black or one number");
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
                             shape_text(first_->second), ", ", image.origin, " is ", shape_text(shape), "; ",
                             size_choices(source_, options_)));
    }
  }

  void check_end() const {
    require<DataError>(!(any_ && all_grey_ && asked_channels_ == 3), info_.name,
                       ": all images are grey, but data.channels is 3; set it to 1 or leave it out");
  }

  const ImageSource& source_;
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
  std::vector<double> draws_;  // of images that can be used, where their content divides them
  std::map<std::string, int64_t> conversions_;
  std::optional<DuplicateFilter> duplicates_;  // where they are dropped
};

std::vector<SplitRemarks> for_each_block(
    const ImageSource& source, const PrepareOptions& options,
    const std::function<void(const std::string& split, const std::vector<PreparedImage>& block)>& visit,
    const ImageProgress& progress) {
  std::vector<SplitRemarks> remarks;
  const auto& info = source.info();
  auto total = info.images();
  for (const auto& split : info.splits) {
    total += images_compared(info, split.name, options);
  }
  int64_t before = 0;
  const auto tell = [&](int64_t done) {
    if (progress) {
      progress(before + done, total);
    }
  };
  for (const auto& split : info.splits) {
    PreparedImages images(source, split.name, options, [&](int64_t done, int64_t /*all*/) { tell(done); });
    before += images_compared(info, split.name, options);
    for (auto block = images.next(); !block.empty(); block = images.next()) {
      visit(split.name, block);
      tell(images.seen());
    }
    before += images.seen();
    remarks.push_back({images.refused(), images.conversions(), images.duplicates()});
  }
  return remarks;
}

PreparedImages::PreparedImages(const ImageSource& source, const std::string& split, const PrepareOptions& options,
                               const ImageProgress& progress)
    : impl_(std::make_unique<Impl>(source, split, options, options.fit.channels)) {
  impl_->compare(source, progress);
}
PreparedImages::~PreparedImages() = default;
std::vector<PreparedImage> PreparedImages::next() { return impl_->next(); }
int64_t PreparedImages::seen() const { return impl_->seen(); }
int64_t PreparedImages::total() const { return impl_->total(); }
const std::vector<Refusal>& PreparedImages::refused() const { return impl_->refused(); }
const std::map<std::string, int64_t>& PreparedImages::conversions() const { return impl_->conversions(); }
DroppedDuplicates PreparedImages::duplicates() const { return impl_->duplicates(); }
std::string PreparedImages::holdout_advice() const { return impl_->holdout_advice(); }

}  // namespace veil::io
