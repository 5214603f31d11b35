#include "quality/kernel_distance.h"

#include <algorithm>

namespace veil {
namespace {

constexpr int64_t kRowBlock = 500;
constexpr int64_t kMedianRows = 500;

torch::Tensor squared_distances(const torch::Tensor& x, const torch::Tensor& y) {
  const auto lengths = x.square().sum(1).unsqueeze(1) + y.square().sum(1);
  return at::addmm(lengths, x, y.t(), 1, -2).clamp_min_(0);
}

// Sums over all rows of y, double [rows of x].
torch::Tensor kernel_sums(const torch::Tensor& x, const torch::Tensor& y, const Kernel& kernel) {
  auto sums = torch::zeros({x.size(0)}, torch::kFloat64);
  for (int64_t begin = 0; begin < y.size(0); begin += kRowBlock) {
    sums += kernel(x, y.slice(0, begin, std::min(y.size(0), begin + kRowBlock))).sum(1, false, torch::kFloat64);
  }
  return sums;
}

torch::Tensor own_kernel(const torch::Tensor& x, const Kernel& kernel) {
  auto own = torch::empty({x.size(0)}, torch::kFloat64);
  for (int64_t begin = 0; begin < x.size(0); begin += 100) {
    const auto rows = x.slice(0, begin, std::min(x.size(0), begin + 100));
    own.slice(0, begin, begin + rows.size(0)).copy_(kernel(rows, rows).diagonal());
  }
  return own;
}

// The mean over pairs of different rows.
double mean_of_pairs(const torch::Tensor& x, const Kernel& kernel) {
  double sum = -own_kernel(x, kernel).sum().item<double>();
  for (int64_t begin = 0; begin < x.size(0); begin += kRowBlock) {
    sum += kernel_sums(x.slice(0, begin, std::min(x.size(0), begin + kRowBlock)), x, kernel).sum().item<double>();
  }
  return sum / static_cast<double>(x.size(0) * (x.size(0) - 1));
}

}  // namespace

Kernel cubic_kernel() {
  return [](const torch::Tensor& x, const torch::Tensor& y) {
    return (x.matmul(y.t()) / static_cast<double>(x.size(1)) + 1).pow_(3);
  };
}

Kernel gaussian_kernel(const torch::Tensor& reference) {
  const auto rows = reference.slice(0, 0, std::min(kMedianRows, reference.size(0)));
  const auto pairs = torch::triu_indices(rows.size(0), rows.size(0), 1);
  const auto distances = squared_distances(rows, rows).index({pairs[0], pairs[1]});
  const double median = distances.median().item<double>();
  const double squared = median > 0 ? median : 1.0;
  return [squared](const torch::Tensor& x, const torch::Tensor& y) {
    const auto scaled = squared_distances(x, y).mul_(-0.5 / squared);
    return (scaled.exp() + (4 * scaled).exp_() + (16 * scaled).exp_()).div_(3);
  };
}

torch::Tensor kernel_distances(const torch::Tensor& pooled, const torch::Tensor& reference, const Kernel& kernel,
                               const Resamples& resamples, const Tick& tick) {
  const auto& weights = resamples.weights();
  auto within = torch::zeros({resamples.rows()}, torch::kFloat64);
  auto towards = torch::zeros({resamples.rows()}, torch::kFloat64);
  for (int64_t begin = 0; begin < pooled.size(0); begin += kRowBlock) {
    const int64_t end = std::min(pooled.size(0), begin + kRowBlock);
    const auto rows = pooled.slice(0, begin, end);
    auto similarities = kernel(rows, pooled);
    similarities.slice(1, begin, end).fill_diagonal_(0);
    const auto own = weights.slice(1, begin, end);
    within += (weights.matmul(similarities.t()) * own).sum(1, false, torch::kFloat64);
    towards += own.to(torch::kFloat64).mv(kernel_sums(rows, reference, kernel));
    tick(static_cast<double>(end) / static_cast<double>(pooled.size(0)));
  }
  const auto size = static_cast<double>(resamples.size());
  const auto pairs = size * size - weights.square().sum(1, false, torch::kFloat64);
  return within / pairs - 2 * towards / (size * static_cast<double>(reference.size(0))) +
         mean_of_pairs(reference, kernel);
}

}  // namespace veil
