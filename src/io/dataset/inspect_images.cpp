#include "io/dataset/inspect_images.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "io/dataset/compressor_sample.h"
#include "io/dataset/content_key.h"
#include "io/source/source_names.h"

namespace veil::io {
namespace {

constexpr int64_t kContactImages = 64;
constexpr int64_t kLeastContactSide = 32;
constexpr int64_t kMostContactSide = 96;
constexpr unsigned kInTrain = 1;
constexpr unsigned kInTest = 2;

// What is known of equal images.
struct Seen {
  unsigned where = 0;
  int64_t label = -1;  // of the first
};

// Sums over the pixels of a split.
class Moments {
 public:
  void add(const Pixels& pixels) {
    const auto channels = static_cast<size_t>(pixels.channels);
    if (channels > counts_.size()) {
      counts_.resize(channels);
    }
    for (size_t i = 0; i < pixels.values.size(); ++i) {
      ++counts_[i % channels][pixels.values[i]];
    }
  }

  void write(SplitInspection& split) const {
    for (const auto& counts : counts_) {
      double sum = 0.0;
      double squares = 0.0;
      double all = 0.0;
      std::array<int64_t, 16> bins{};
      for (size_t value = 0; value < counts.size(); ++value) {
        const auto count = static_cast<double>(counts[value]);
        all += count;
        sum += count * static_cast<double>(value);
        squares += count * static_cast<double>(value * value);
        bins[value / 16] += counts[value];
      }
      split.mean.push_back(sum / all);
      split.deviation.push_back(std::sqrt(std::max(squares / all - split.mean.back() * split.mean.back(), 0.0)));
      split.histogram.push_back(bins);
    }
  }

 private:
  std::vector<std::array<int64_t, 256>> counts_;
};

class Inspector {
 public:
  Inspector(const ImageSource& source, PrepareOptions options, const ImageProgress& progress)
      : source_(source), options_(options), progress_(progress), compressors_(source.info().images()) {
    options_.mixed_shapes = options_.fit.size == 0;
    result_.source = source.info();
    for (const auto& split : source.info().splits) {
      result_.splits.push_back({.name = split.name});
      result_.splits.back().per_class.resize(static_cast<size_t>(source.info().classes));
    }
    moments_.resize(result_.splits.size());
  }

  Inspection run() {
    const auto visit = [this](const std::string& name, const std::vector<PreparedImage>& block) {
      const auto split = split_position(result_.source, name);
      for (const auto& image : block) {
        count(image, result_.splits[split]);
        moments_[split].add(image.pixels);
        show(image.pixels);
      }
      compressors_.add(block);
    };
    auto remarks = for_each_block(source_, options_, visit, progress_);
    for (size_t split = 0; split < remarks.size(); ++split) {
      result_.splits[split].refused = std::move(remarks[split].refused);
      result_.splits[split].conversions = std::move(remarks[split].conversions);
      result_.splits[split].dropped = remarks[split].duplicates;
      moments_[split].write(result_.splits[split]);
    }
    for (const auto& [key, seen] : contents_) {
      result_.scored_twice += seen.where == (kInTrain | kInTest) ? 1 : 0;
    }
    result_.compressors = compressors_.figures();
    return std::move(result_);
  }

 private:
  void count(const PreparedImage& image, SplitInspection& split) {
    const auto& pixels = image.pixels;
    ++split.images;
    ++split.shapes[shape_text(pixels.shape())];
    if (image.label >= 0) {
      ++split.per_class[static_cast<size_t>(image.label)];
    }
    split.held_out += image.is_held_out ? 1 : 0;
    const auto place = contents_.try_emplace(key_of(pixels), Seen{.label = image.label}).first;
    auto& [where, label] = place->second;
    result_.of_other_class += label != image.label ? 1 : 0;
    const unsigned here = split.name == "train" ? kInTrain : split.name == "test" ? kInTest : kElsewhere;
    split.duplicates += (where & here) != 0 ? 1 : 0;
    where |= here;
  }

  void show(const Pixels& pixels) {
    if (is_sampled(taken_++, result_.source.images(), kContactImages)) {
      if (contact_side_ == 0) {
        contact_side_ = std::clamp(std::max(pixels.height, pixels.width), kLeastContactSide, kMostContactSide);
      }
      result_.contact.push_back(fit_image(pixels, {.size = contact_side_, .channels = 3, .upscale = true}));
    }
  }

  static constexpr unsigned kElsewhere = 4;

  const ImageSource& source_;
  PrepareOptions options_;
  const ImageProgress& progress_;
  Inspection result_;
  CompressorSample compressors_;
  std::vector<Moments> moments_;  // of each split
  int64_t taken_ = 0;
  int64_t contact_side_ = 0;
  std::unordered_map<ContentKey, Seen, HashKey> contents_;
};

}  // namespace

Inspection inspect_images(const ImageSource& source, PrepareOptions options, const ImageProgress& progress) {
  return Inspector(source, options, progress).run();
}

}  // namespace veil::io
