#include "veil/nn/layers/initialization.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <numbers>

#include "base/torch.h"
#include "veil/base/error.h"
#include "veil/base/random.h"

namespace veil {
namespace {

// Deviation of a standard normal truncated at +-2.
constexpr double kTruncatedDeviation = 0.87962566103423978;

// FNV-1a, cut to the 44 bits of an example id.
uint64_t id_of(const std::string& name) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char letter : name) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  }
  return (hash ^ (hash >> 44)) & ((1ULL << 44) - 1);
}

torch::Tensor uniforms(torch::IntArrayRef sizes, uint64_t seed, const std::string& name) {
  auto result = torch::empty(sizes, torch::kFloat64);
  const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kInitialize};
  const uint64_t id = id_of(name);
  double* values = result.data_ptr<double>();
  at::parallel_for(0, result.numel(), 1 << 16, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      values[i] = uniform_double(key, id, static_cast<uint32_t>(i));
    }
  });
  return result;
}

// The inverse distribution function of a standard normal truncated at +-limit, times deviation.
torch::Tensor normal(torch::Tensor uniform, double deviation, double limit) {
  const double mass = std::erf(limit / std::numbers::sqrt2);
  return uniform.mul_(2).sub_(1).mul_(mass).erfinv_().mul_(std::numbers::sqrt2 * deviation).to(torch::kFloat32);
}

torch::Tensor lecun_normal(torch::IntArrayRef sizes, double gain, torch::Tensor uniform) {
  const auto fan_in = static_cast<double>(uniform.numel() / sizes[0]);
  return normal(std::move(uniform), std::sqrt(gain / fan_in) / kTruncatedDeviation, 2.0);
}

torch::Tensor embedding_normal(torch::IntArrayRef sizes, torch::Tensor uniform) {
  return normal(std::move(uniform), 1.0 / std::sqrt(static_cast<double>(sizes.back())), INFINITY);
}

}  // namespace

torch::Tensor grid_sin_cos(int64_t rows, int64_t columns, int64_t width) {
  require(width > 0 && width % 4 == 0, "width of a position table is ", width, ", want a multiple of 4");
  const int64_t quarter = width / 4;
  const auto powers = torch::arange(quarter, torch::kFloat64) / static_cast<double>(quarter);
  const auto frequency = at::pow(10000.0, -powers);
  const auto half = [&](int64_t size) {
    const auto angle = torch::arange(size, torch::kFloat64).unsqueeze(1) * frequency;
    return torch::cat({angle.sin(), angle.cos()}, 1);
  };
  const auto by_column = half(columns).unsqueeze(0).expand({rows, columns, width / 2});
  const auto by_row = half(rows).unsqueeze(1).expand({rows, columns, width / 2});
  return torch::cat({by_column, by_row}, 2).to(torch::kFloat32);
}

torch::Tensor initial_value(const Initializer& initializer, torch::IntArrayRef sizes, uint64_t seed,
                            const std::string& name) {
  switch (initializer.value) {
    case InitialValue::kZeros:
      return torch::zeros(sizes);
    case InitialValue::kOnes:
      return torch::ones(sizes);
    case InitialValue::kConstant:
      return torch::full(sizes, initializer.gain, torch::kFloat32);
    case InitialValue::kLecunNormal:
      return lecun_normal(sizes, initializer.gain, uniforms(sizes, seed, name));
    case InitialValue::kEmbedding:
      return embedding_normal(sizes, uniforms(sizes, seed, name));
    case InitialValue::kGridSinCos:
      return grid_sin_cos(sizes[0], sizes[1], sizes[2]);
  }
  throw InvalidArgument(concat("initializer of ", name, " is unknown"));
}

void initialize(torch::nn::Module& module, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  for (const auto& item : module.named_modules(std::string(), /*include_self=*/false)) {
    const auto* layer = dynamic_cast<const Layer*>(item.value().get());
    if (layer == nullptr) {
      continue;
    }
    auto parameters = item.value()->named_parameters(/*recurse=*/false);
    for (const auto& [name, initializer] : layer->initializers()) {
      auto& parameter = parameters[name];
      parameter.copy_(initial_value(initializer, parameter.sizes(), seed, concat(item.key(), ".", name)));
    }
  }
}

}  // namespace veil
