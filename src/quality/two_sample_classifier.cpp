#include "quality/two_sample_classifier.h"

#include <algorithm>
#include <cmath>

#include "quality/figure.h"
#include "quality/intervals.h"

namespace veil {
namespace {

constexpr double kRidge = 0.01;
constexpr double kLeastSpread = 1e-6;

// Which held-out images are told right: double [m], 1 or 0.
struct Answers {
  torch::Tensor images;
  torch::Tensor training;
};

Answers answers_of(const torch::Tensor& images, const torch::Tensor& training) {
  const int64_t half = images.size(0) / 2;
  const auto first = images.to(torch::kFloat64);
  const auto second = training.to(torch::kFloat64);
  const auto seen = torch::cat({first.slice(0, 0, half), second.slice(0, 0, half)});
  const auto mean = seen.mean(0);
  const auto spread = seen.std(0, /*unbiased=*/false);
  const auto scale = torch::where(spread > kLeastSpread, spread, torch::ones_like(spread));
  const auto scaled = (seen - mean) / scale;
  const auto sides = torch::cat({torch::ones({half}, torch::kFloat64), -torch::ones({half}, torch::kFloat64)});
  const auto count = static_cast<double>(2 * half);
  const auto matrix = scaled.t().matmul(scaled) / count + kRidge * torch::eye(scaled.size(1), torch::kFloat64);
  const auto weights = at::linalg_solve(matrix, scaled.t().mv(sides) / count);
  const auto scores = [&](const torch::Tensor& part) { return ((part.slice(0, half) - mean) / scale).mv(weights); };
  return {.images = (scores(first) > 0).to(torch::kFloat64), .training = (scores(second) <= 0).to(torch::kFloat64)};
}

int64_t right(const Answers& answers) {
  return static_cast<int64_t>(std::llround((answers.images.sum() + answers.training.sum()).item<double>()));
}

// That samples are told better than real images: the held-out training images are the same for both.
double difference_p(const Answers& samples, const Answers& real) {
  const auto size = static_cast<double>(samples.images.size(0));
  const auto paired = samples.training - real.training;
  const double difference = (samples.images.mean() - real.images.mean() + paired.mean()).item<double>();
  const double variance = (samples.images.var() + real.images.var() + paired.var()).item<double>() / size;
  if (variance <= 0) {
    return difference > 0 ? 0.0 : 1.0;
  }
  return normal_tail(difference / std::sqrt(variance));
}

}  // namespace

QualityFigure classifier_figure(const torch::Tensor& samples, const torch::Tensor& real,
                                const torch::Tensor& training) {
  const auto own = answers_of(samples, training);
  const auto theirs = answers_of(real, training);
  const int64_t tests = 2 * own.images.size(0);
  QualityFigure figure =
      empty_figure({.name = "classifier_accuracy", .title = "told from training images", .unit = "%"}, samples.size(0),
                   training.size(0));
  figure.samples = share_of(right(own), tests);
  figure.real = share_of(right(theirs), tests);
  figure.p_value = std::max(coin_tail(right(own), tests), difference_p(own, theirs));
  return figure;
}

}  // namespace veil
