#include "io/dataset/inspect_images.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "io/dataset/compressor_sample.h"
#include "io/dataset/content_key.h"
#include "io/dataset/size_choices.h"
#include "io/source/source_names.h"

namespace veil::io {
namespace {

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
      : source_(source),
        options_(options),
        progress_(progress),
        compressors_(source.info().images()),
        contact_(source.info().images(), source.info().classes) {
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
      }
      compressors_.add(block);
    };
    auto remarks = for_each_block(source_, options_, visit, progress_);
    for (size_t split = 0; split < remarks.size(); ++split) {
      result_.splits[split].refused = std::move(remarks[split].refused);
      result_.splits[split].conversions = std::move(remarks[split].conversions);
      result_.splits[split].dropped = remarks[split].duplicates;
      moments_[split].write(result_.splits[split]);
      advise(result_.splits[split]);
    }
    for (const auto& [key, seen] : contents_) {
      result_.scored_twice += seen.where == (kInTrain | kInTest) ? 1 : 0;
    }
    result_.compressors = compressors_.figures();
    result_.contact = contact_.sheet();
    return std::move(result_);
  }

 private:
  void advise(SplitInspection& split) {
    if (split.shapes.size() > 1) {
      split.size_choices = size_choices(sides_[&split]);
    }
    if (!draws_.empty() && (split.held_out == 0 || split.held_out == split.images)) {
      split.holdout_advice = holdout_choices(draws_);
    }
  }

  void count(const PreparedImage& image, SplitInspection& split) {
    const auto& pixels = image.pixels;
    ++split.images;
    ++split.shapes[shape_text(pixels.shape())];
    ++sides_[&split][largest_size(pixels, options_.fit.fit)];
    if (image.label >= 0) {
      ++split.per_class[static_cast<size_t>(image.label)];
    }
    split.held_out += image.is_held_out ? 1 : 0;
    if (!result_.source.is_divided() && options_.holdout > 0.0) {
      draws_.push_back(image.holdout_above);
    }
    const auto key = key_of(pixels);
    contact_.add(image, key);
    const auto place = contents_.try_emplace(key, Seen{.label = image.label}).first;
    auto& [where, label] = place->second;
    result_.of_other_class += label != image.label ? 1 : 0;
    const unsigned here = split.name == "train" ? kInTrain : split.name == "test" ? kInTest : kElsewhere;
    split.duplicates += (where & here) != 0 ? 1 : 0;
    where |= here;
  }

  static constexpr unsigned kElsewhere = 4;

  const ImageSource& source_;
  PrepareOptions options_;
  const ImageProgress& progress_;
  Inspection result_;
  CompressorSample compressors_;
  ContactChoice contact_;
  std::vector<Moments> moments_;                                        // of each split
  std::map<const SplitInspection*, std::map<int64_t, int64_t>> sides_;  // largest_size of images, and how many
  std::vector<double> draws_;                                           // of all, where their content divides them
  std::unordered_map<ContentKey, Seen, HashKey> contents_;
};

}  // namespace

Inspection inspect_images(const ImageSource& source, PrepareOptions options, const ImageProgress& progress) {
  return Inspector(source, options, progress).run();
}

}  // namespace veil::io
