#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "veil/base/option.h"
#include "veil/data/dataset.h"
#include "veil/quality/quality_figure.h"

namespace veil {

/// How images are compared with images. Every random choice is a function of the seed, so the same input gives the same
/// figures.
struct QualityOptions {
  int64_t limit = 5000;       ///< most samples that are compared; 0: all that there are real images for; else >= 16
  int64_t reference = 10000;  ///< most training images that they are compared with; 0: all; else >= 16
  int64_t permutations = 999;
  int64_t bootstraps = 200;
  uint64_t seed = 0;
};

/// What each of them may be.
struct QualityRanges {
  static constexpr IntegerRange kLimit{.low = 0, .high = 100'000};
  static constexpr IntegerRange kReference{.low = 0, .high = 10'000'000};
  static constexpr IntegerRange kPermutations{.low = 19, .high = 100'000};
  static constexpr IntegerRange kBootstraps{.low = 2, .high = 100'000};
};

/// Throws InvalidOption if a field is out of range.
void check_options(const QualityOptions& options);

/// A sample and the training image that is nearest to it.
struct NearestTraining {
  int64_t sample = 0;     ///< index among the samples
  int64_t training = 0;   ///< index in the training images
  double distance = 0.0;  ///< root mean square over pixels and channels, in grey levels of 256
  double ratio = 0.0;     ///< of it to the mean distance of the 50 nearest; below 0.5 the sample is as good as copied
};

/// Samples that are equal to the last pixel, ascending.
using EqualSamples = std::vector<int64_t>;

struct QualityReport {
  int64_t samples = 0;    ///< that were given
  int64_t compared = 0;   ///< of them, and of real images
  int64_t reference = 0;  ///< training images that they are compared with
  int64_t training = 0;   ///< training images that were searched for copies
  std::vector<QualityFigure> figures;
  std::vector<EqualSamples> equal;       ///< among all samples, the largest groups first
  std::vector<NearestTraining> copies;   ///< samples, of all, that equal a training image to the last pixel
  std::vector<NearestTraining> nearest;  ///< of each compared sample, by index
  int64_t real_copies = 0;               ///< compared real images that equal a training image
  [[nodiscard]] bool is_alarm() const;   ///< of any figure
};

/// Numbers that describe images: uint8 [B, H, W, C] → float [B, F].
struct FeatureMap {
  std::string name;  ///< of the figures FD-name and KD-name
  std::function<torch::Tensor(const torch::Tensor&)> map;
};

/// Called with images done and images in all, in proportion to the work; may throw to stop it.
using QualityProgress = std::function<void(int64_t done, int64_t all)>;

/// Compares samples of a model with the images that it was trained on, without a network that was trained on anything.
/// The figures are distances to training images, and beside each stands the one of as many real images that are not
/// training images: for `compared` samples, the smaller of options.limit, samples.size() and real.size(). Whether the
/// samples' is worse than that is tested by exchanging samples and real images at random (Fisher; Phipson and Smyth
/// 2010), and over all figures together at 5 % (Holm 1979). docs/quality.md says what each figure is.
///
/// samples, real, training: images of one shape with 256 values, C being 1 or 3, at least 16 of each. `features`: a
/// further description of images, or an empty map. Memory: a few hundred megabytes for the default options, whatever
/// the size of the data sets. Throws InvalidArgument for other data and options, and what `progress` and the map throw.
[[nodiscard]] QualityReport assess_quality(const Dataset& samples, const Dataset& real, const Dataset& training,
                                           const QualityOptions& options = {}, const FeatureMap& features = {},
                                           const QualityProgress& progress = {});

/// The same of samples as a sampler gives them: integers [N, L], tokens of images as the training images are.
[[nodiscard]] QualityReport assess_quality(const torch::Tensor& samples, const Dataset& real, const Dataset& training,
                                           const QualityOptions& options = {}, const QualityProgress& progress = {});

/// Whether so many samples of such data can be compared.
[[nodiscard]] bool can_assess_quality(const DatasetInfo& info, int64_t samples);

}  // namespace veil
