#include "quality/resamples.h"

#include <algorithm>
#include <vector>

#include "quality/noise_tensors.h"
#include "veil/base/random.h"

namespace veil {
namespace {

constexpr int64_t kRowBlock = 200;

NoiseKey key_of(uint64_t seed, QualityNoise choice, int64_t index) {
  return {
      .seed = seed, .purpose = NoisePurpose::kQuality, .round = quality_round(choice, static_cast<uint64_t>(index))};
}

// The image of place `place` in a division goes to the first half if it comes early in a random order.
void fill_division(uint64_t seed, int64_t index, int64_t size, float* first, float* second) {
  const auto order = permutation(key_of(seed, QualityNoise::kDivision, index), 2 * size);
  for (int64_t place = 0; place < 2 * size; ++place) {
    (place < size ? first : second)[order[static_cast<size_t>(place)]] = 1;
  }
}

void fill_bootstrap(uint64_t seed, int64_t index, int64_t size, float* samples, float* real) {
  const auto key = key_of(seed, QualityNoise::kResample, index);
  for (int64_t draw = 0; draw < size; ++draw) {
    const auto at = [&](uint32_t which) {
      const double place = uniform_double(key, static_cast<uint64_t>(draw), which) * static_cast<double>(size);
      return std::min(static_cast<int64_t>(place), size - 1);
    };
    samples[at(0)] += 1;
    real[size + at(1)] += 1;
  }
}

}  // namespace

Resamples::Resamples(int64_t size, int64_t permutations, int64_t bootstraps, uint64_t seed)
    : size_(size),
      permutations_(permutations),
      bootstraps_(bootstraps),
      weights_(torch::zeros({2 + 2 * (permutations + bootstraps), 2 * size}, torch::kFloat32)) {
  auto* first = weights_.mutable_data_ptr<float>();
  const auto row = [&](int64_t index) { return first + index * 2 * size_; };
  std::fill_n(row(0), size_, 1.0F);
  std::fill_n(row(1) + size_, size_, 1.0F);
  for (int64_t i = 0; i < permutations_; ++i) {
    fill_division(seed, i, size_, row(division_row(i)), row(division_row(i) + 1));
  }
  for (int64_t i = 0; i < bootstraps_; ++i) {
    fill_bootstrap(seed, i, size_, row(bootstrap_row(i)), row(bootstrap_row(i) + 1));
  }
}

torch::Tensor Resamples::map(const std::function<torch::Tensor(const torch::Tensor&)>& values, const Tick& tick) const {
  std::vector<torch::Tensor> parts;
  for (int64_t begin = 0; begin < rows(); begin += kRowBlock) {
    const int64_t end = std::min(rows(), begin + kRowBlock);
    parts.push_back(values(weights_.slice(0, begin, end)).to(torch::kFloat64));
    tick(static_cast<double>(end) / static_cast<double>(rows()));
  }
  return torch::cat(parts);
}

torch::Tensor Resamples::means(const torch::Tensor& numbers) const {
  const auto column = numbers.to(torch::kFloat64);
  return map([&](const torch::Tensor& weights) { return weights.to(torch::kFloat64).mv(column); }, [](double) {}) /
         static_cast<double>(size_);
}

}  // namespace veil
