#include "veil/quality/quality.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "quality/chosen_images.h"
#include "quality/equal_images.h"
#include "quality/figure.h"
#include "quality/frechet.h"
#include "quality/image_statistics.h"
#include "quality/intervals.h"
#include "quality/kernel_distance.h"
#include "quality/manifold.h"
#include "quality/marginals.h"
#include "quality/nearest_images.h"
#include "quality/random_features.h"
#include "quality/sliced_wasserstein.h"
#include "quality/stages.h"
#include "quality/two_sample_classifier.h"
#include "veil/base/error.h"

namespace veil {
namespace {

constexpr int64_t kLeastImages = 16;
constexpr int64_t kLeastPaired = 2000;  // training images that figures over all pairs look at, if there are so many
constexpr double kAlarm = 0.05;

void check_images(const Dataset& dataset, const char* subject, const TokenShape& shape) {
  const auto& info = dataset.info();
  require(info.kind == DataKind::kImage && info.vocab_size == 256, subject, " are no images with 256 values");
  require(info.shape.channels == 1 || info.shape.channels == 3, subject, " have ", info.shape.channels,
          " channels, want 1 or 3");
  require(info.shape == shape, subject, " have ", info.shape.height, " x ", info.shape.width, " x ",
          info.shape.channels, " numbers each, the training images ", shape.height, " x ", shape.width, " x ",
          shape.channels);
  require(dataset.size() >= kLeastImages, subject, " are ", dataset.size(), ", want at least ", kLeastImages);
}

// The images that are compared.
struct Compared {
  std::vector<int64_t> chosen;  // samples
  torch::Tensor pooled;         // uint8 [2n, H, W, C]: samples, then real images
  torch::Tensor reference;      // training images
  int64_t paired = 0;           // of these, for figures over all pairs
};

Compared choose(const Dataset& samples, const Dataset& real, const Dataset& training, const QualityOptions& options) {
  const int64_t most = options.limit > 0 ? options.limit : samples.size();
  const int64_t size = std::min({most, samples.size(), real.size()});
  Compared compared;
  compared.chosen = shuffled_part(samples, size, options.seed, 0);
  compared.pooled =
      torch::cat({images_of(samples, compared.chosen), images_of(real, shuffled_part(real, size, options.seed, 1))});
  compared.reference = images_of(training, shuffled_part(training, options.reference, options.seed, 2));
  compared.paired = std::min(compared.reference.size(0), std::max(2 * size, kLeastPaired));
  return compared;
}

void append(std::vector<QualityFigure>& figures, std::vector<QualityFigure> more) {
  std::move(more.begin(), more.end(), std::back_inserter(figures));
}

torch::Tensor mapped(const FeatureMap& features, const torch::Tensor& images, const Tick& tick) {
  std::vector<torch::Tensor> parts;
  for (int64_t begin = 0; begin < images.size(0); begin += kImageBlock) {
    const int64_t end = std::min(images.size(0), begin + kImageBlock);
    parts.push_back(features.map(images.slice(0, begin, end)));
    tick(static_cast<double>(end) / static_cast<double>(images.size(0)));
  }
  return torch::cat(parts);
}

// Fréchet and kernel distance in one space of features.
struct Space {
  std::string name;
  torch::Tensor pooled;
  torch::Tensor reference;
  int64_t paired = 0;
};

QualityFigure kernel_figure(const FigureText& text, const Space& space, const Kernel& kernel,
                            const Resamples& resamples, const Tick& tick) {
  const auto values =
      kernel_distances(space.pooled, space.reference.slice(0, 0, space.paired), kernel, resamples, tick);
  return figure_of(text, values, resamples, space.paired, /*is_positive=*/false);
}

std::vector<QualityFigure> feature_figures(const Space& space, const Resamples& resamples, Stages& stages) {
  const FigureText frechet{.name = concat("FD-", space.name), .title = concat("FD-", space.name)};
  const FigureText kernel{.name = concat("KD-", space.name), .title = concat("KD-", space.name)};
  return {frechet_figure(frechet, space.pooled, space.reference, resamples, stages.next()),
          kernel_figure(kernel, space, cubic_kernel(), resamples, stages.next())};
}

// Everything that looks at the features of the untrained network.
std::vector<QualityFigure> random_figures(const Compared& compared, const Resamples& resamples, uint64_t seed,
                                          Stages& stages) {
  const Tick tick = stages.next();
  const RandomFeatures random(compared.pooled.size(3), seed);
  const auto map = [&](const torch::Tensor& images, double from, double share) {
    return mapped({.name = "random", .map = random}, images, [&](double part) { tick(from + share * part); });
  };
  const auto reference = map(compared.reference, 0.0, 0.8);
  const Standardised standardised(reference);
  const Space space{.name = "random",
                    .pooled = standardised(map(compared.pooled, 0.8, 0.2)),
                    .reference = standardised(reference),
                    .paired = compared.paired};
  auto figures = feature_figures(space, resamples, stages);
  const int64_t size = std::min(resamples.size(), compared.reference.size(0));
  const auto described = [](const torch::Tensor& features, const torch::Tensor& images) {
    return torch::cat({features, image_statistics(images)}, 1);
  };
  const auto classified = described(space.pooled, compared.pooled);
  figures.push_back(
      classifier_figure(classified.slice(0, 0, size), classified.slice(0, resamples.size(), resamples.size() + size),
                        described(space.reference.slice(0, 0, size), compared.reference.slice(0, 0, size))));
  append(figures,
         precision_and_recall(space.pooled, space.reference.slice(0, 0, space.paired), resamples, stages.next()));
  return figures;
}

// Places in ascending order, equal numbers sharing the mean of theirs.
torch::Tensor mean_ranks(const std::vector<double>& numbers) {
  const auto values = torch::tensor(numbers, torch::kFloat64);
  const auto sorted = std::get<0>(values.sort());
  return (torch::searchsorted(sorted, values) + torch::searchsorted(sorted, values, false, /*right=*/true)) / 2.0;
}

// Nearness is a fault, so the alarm is for samples that are nearer than real images.
QualityFigure nearness_figure(const std::vector<NearestTraining>& nearest, const Resamples& resamples,
                              int64_t training) {
  std::vector<double> distances;
  for (const auto& each : nearest) {
    distances.push_back(each.distance);
  }
  QualityFigure figure = empty_figure(
      {.name = "nearest_distance", .title = "to the nearest one", .unit = "grey levels", .is_lower_better = false},
      resamples.size(), training);
  const auto middle = distances.begin() + resamples.size();
  figure.samples = median_of({distances.begin(), middle});
  figure.real = median_of({middle, distances.end()});
  figure.p_value = division_p(resamples.means(mean_ranks(distances)), resamples, /*is_lower_better=*/false);
  return figure;
}

QualityFigure copies_figure(const std::vector<NearestTraining>& nearest, const Resamples& resamples, int64_t training) {
  auto hits = torch::zeros({std::ssize(nearest)}, torch::kBool);
  for (size_t i = 0; i < nearest.size(); ++i) {
    hits[static_cast<int64_t>(i)] = nearest[i].ratio < kCopyRatio;
  }
  return share_figure({.name = "near_copies", .title = "as good as copied", .unit = "%"}, hits, resamples, training);
}

// What every image has that lies among training images: by its row in an index.
std::vector<int64_t> find_copies(const ImageIndex& index, const torch::Tensor& block, int64_t first,
                                 std::vector<int64_t> found) {
  const auto rows = block.flatten(1).contiguous();
  for (int64_t i = 0; i < rows.size(0); ++i) {
    const int64_t content = index.content_of(rows.const_data_ptr<uint8_t>() + i * rows.size(1));
    if (content >= 0 && found[static_cast<size_t>(content)] < 0) {
      found[static_cast<size_t>(content)] = first + i;
    }
  }
  return found;
}

// What the samples share with each other and with single training images.
void note_copies(QualityReport& report, const Compared& compared, const Dataset& samples, const Dataset& training,
                 const Resamples& resamples, const Tick& tick) {
  std::vector<int64_t> every(static_cast<size_t>(samples.size()));
  std::iota(every.begin(), every.end(), int64_t{0});
  const ImageIndex all(images_of(samples, every));
  const ImageIndex pooled(compared.pooled);
  std::vector<int64_t> in_training(every.size(), -1);
  std::vector<int64_t> pooled_in_training(pooled.contents().size(), -1);
  auto nearest = nearest_images(
      compared.pooled, training,
      [&](const torch::Tensor& block, int64_t first) {
        in_training = find_copies(all, block, first, std::move(in_training));
        pooled_in_training = find_copies(pooled, block, first, std::move(pooled_in_training));
      },
      tick);
  report.figures.push_back(nearness_figure(nearest, resamples, training.size()));
  report.figures.push_back(copies_figure(nearest, resamples, training.size()));
  report.figures.push_back(duplicates_figure(pooled.contents(), resamples));
  report.equal = equal_groups(all.contents());
  for (size_t i = 0; i < every.size(); ++i) {
    const int64_t copied = in_training[static_cast<size_t>(all.contents()[i])];
    if (copied >= 0) {
      report.copies.push_back({.sample = every[i], .training = copied});
    }
  }
  for (size_t i = static_cast<size_t>(resamples.size()); i < pooled.contents().size(); ++i) {
    report.real_copies += pooled_in_training[static_cast<size_t>(pooled.contents()[i])] >= 0 ? 1 : 0;
  }
  nearest.resize(static_cast<size_t>(resamples.size()));
  for (auto& each : nearest) {
    each.sample = compared.chosen[static_cast<size_t>(each.sample)];
  }
  std::sort(nearest.begin(), nearest.end(), [](const auto& a, const auto& b) { return a.sample < b.sample; });
  report.nearest = std::move(nearest);
}

void judge(std::vector<QualityFigure>& figures) {
  std::vector<double> p_values;
  for (const auto& figure : figures) {
    p_values.push_back(figure.p_value);
  }
  const auto adjusted = holm_adjusted(p_values);
  for (size_t i = 0; i < figures.size(); ++i) {
    figures[i].adjusted_p = adjusted[i];
    figures[i].is_alarm = adjusted[i] < kAlarm;
  }
}

}  // namespace

void check_options(const QualityOptions& options) {
  check_option({"limit"}, options.limit, QualityRanges::kLimit);
  check_option({"reference"}, options.reference, QualityRanges::kReference);
  for (const auto& [name, value] : {std::pair{"limit", options.limit}, std::pair{"reference", options.reference}}) {
    require<InvalidOption>(value == 0 || value >= kLeastImages, Field{name}, " is ", value,
                           ", want 0, which is all, or at least ", kLeastImages);
  }
  check_option({"permutations"}, options.permutations, QualityRanges::kPermutations);
  check_option({"bootstraps"}, options.bootstraps, QualityRanges::kBootstraps);
}

bool QualityReport::is_alarm() const {
  return std::any_of(figures.begin(), figures.end(), [](const auto& figure) { return figure.is_alarm; });
}

QualityReport assess_quality(const Dataset& samples, const Dataset& real, const Dataset& training,
                             const QualityOptions& options, const FeatureMap& features,
                             const QualityProgress& progress) {
  const torch::NoGradGuard no_gradients;
  check_options(options);
  check_images(training, "the training images", training.info().shape);
  check_images(samples, "the samples", training.info().shape);
  check_images(real, "the real images", training.info().shape);
  const Compared compared = choose(samples, real, training, options);
  const int64_t size = std::ssize(compared.chosen);
  const Resamples resamples(size, options.permutations, options.bootstraps, options.seed);
  std::vector<double> shares{40, 10, 10, 15, 15, 10, 5, 15};
  if (features.map) {
    shares.insert(shares.end(), {100, 100, 30});
  }
  Stages stages(progress, size, shares);
  QualityReport report;
  report.samples = samples.size();
  report.compared = size;
  report.reference = compared.reference.size(0);
  report.training = training.size();
  report.figures = sliced_wasserstein(compared.pooled, compared.reference, resamples, options.seed, stages.next());
  append(report.figures, marginal_distances(compared.pooled, compared.reference, resamples, stages.next()));
  const Space pixels{.name = "pixels",
                     .pooled = small_rows(compared.pooled),
                     .reference = small_rows(compared.reference),
                     .paired = compared.paired};
  report.figures.push_back(kernel_figure({.name = "mmd_pixels", .title = "MMD of pixels"}, pixels,
                                         gaussian_kernel(pixels.reference), resamples, stages.next()));
  append(report.figures, random_figures(compared, resamples, options.seed, stages));
  note_copies(report, compared, samples, training, resamples, stages.next());
  if (features.map) {
    const Tick tick = stages.next();
    const auto images = torch::cat({compared.pooled, compared.reference});
    const auto numbers = mapped(features, images, tick);
    append(report.figures, feature_figures({.name = features.name,
                                            .pooled = numbers.slice(0, 0, 2 * size),
                                            .reference = numbers.slice(0, 2 * size),
                                            .paired = compared.paired},
                                           resamples, stages));
  }
  judge(report.figures);
  return report;
}

QualityReport assess_quality(const torch::Tensor& samples, const Dataset& real, const Dataset& training,
                             const QualityOptions& options, const QualityProgress& progress) {
  DatasetInfo info;
  info.name = "samples";
  info.split = "all";
  info.shape = training.info().shape;
  info.vocab_size = training.info().vocab_size;
  const TensorDataset drawn(info, samples.to(torch::kCPU, torch::kUInt8));
  return assess_quality(drawn, real, training, options, {}, progress);
}

bool can_assess_quality(const DatasetInfo& info, int64_t samples) {
  return info.kind == DataKind::kImage && info.vocab_size == 256 &&
         (info.shape.channels == 1 || info.shape.channels == 3) && samples >= kLeastImages;
}

}  // namespace veil
