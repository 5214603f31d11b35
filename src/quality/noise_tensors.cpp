#include "quality/noise_tensors.h"

#include <cmath>
#include <numbers>

#include "veil/base/random.h"

namespace veil {

torch::Tensor normal_numbers(uint64_t seed, uint64_t round, int64_t rows, int64_t columns) {
  const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kQuality, .round = round};
  auto numbers = torch::empty({rows, columns}, torch::kFloat64);
  auto* out = numbers.mutable_data_ptr<double>();
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      const auto index = static_cast<uint32_t>(2 * column);
      const double radius = std::sqrt(-2 * std::log(uniform_double(key, static_cast<uint64_t>(row), index)));
      const double angle = 2 * std::numbers::pi * uniform_double(key, static_cast<uint64_t>(row), index + 1);
      *out++ = radius * std::cos(angle);
    }
  }
  return numbers;
}

torch::Tensor random_directions(uint64_t seed, uint64_t round, int64_t rows, int64_t columns) {
  const auto numbers = normal_numbers(seed, round, rows, columns);
  return (numbers / numbers.square().sum(1, /*keepdim=*/true).sqrt()).to(torch::kFloat32);
}

}  // namespace veil
