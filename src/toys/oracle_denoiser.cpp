#include "toys/oracle_denoiser.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

constexpr double kImpossible = -1000.0;

DenoiserOptions oracle_options(const TokenShape& shape, int64_t vocab_size, const OracleOptions& oracle) {
  DenoiserOptions options;
  options.shape = shape;
  options.vocab_size = vocab_size;
  options.condition = oracle.condition;
  options.powers = oracle.powers;
  options.dropout = oracle.dropout;
  return options;
}

// Names a partial state: 44 bits of its FNV-1a hash.
uint64_t name_of(std::span<const int64_t> z) {
  const auto mix = [](uint64_t hash, int64_t token) { return (hash ^ static_cast<uint64_t>(token)) * 0x100000001b3U; };
  return std::accumulate(z.begin(), z.end(), uint64_t{0xcbf29ce484222325U}, mix) >> 20;
}

// Applies row(i, log_p of position i) to every masked position and normalises it.
template <typename Change>
void change_rows(std::span<const int64_t> z, int64_t vocab, std::span<double> log_p, const Change& change) {
  for (size_t i = 0; i < z.size(); ++i) {
    if (z[i] < vocab) {
      continue;
    }
    const auto row = log_p.subspan(i * vocab, static_cast<size_t>(vocab));
    change(i, row);
    const double largest = *std::max_element(row.begin(), row.end());
    const double total = std::accumulate(
        row.begin(), row.end(), 0.0, [largest](double sum, double logit) { return sum + std::exp(logit - largest); });
    std::transform(row.begin(), row.end(), row.begin(),
                   [shift = largest + std::log(total)](double logit) { return logit - shift; });
  }
}

}  // namespace

Conditionals conditionals_of(const Toy& toy) {
  return [&toy](std::span<const int64_t> z, std::span<double> log_p) { toy.conditionals(z, log_p); };
}

Conditionals conditionals_of(const ToyConditionals& table) {
  return [copy = std::make_shared<const ToyConditionals>(table)](std::span<const int64_t> z, std::span<double> log_p) {
    copy->fill(z, log_p);
  };
}

Conditionals perturbed(Conditionals conditionals, int64_t vocab_size, double strength, uint64_t seed) {
  return [=](std::span<const int64_t> z, std::span<double> log_p) {
    conditionals(z, log_p);
    const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kToy, .round = 4};
    change_rows(z, vocab_size, log_p, [&, name = name_of(z)](size_t i, std::span<double> row) {
      for (int64_t v = 0; v < vocab_size; ++v) {
        const auto index = static_cast<uint32_t>(static_cast<int64_t>(i) * vocab_size + v);
        row[v] += strength * (2 * uniform_double(key, name, index) - 1);
      }
    });
  };
}

Conditionals tempered(Conditionals conditionals, int64_t vocab_size, double temperature) {
  require(temperature > 0 && std::isfinite(temperature), "a temperature is ", temperature, ", want one above 0");
  return [=](std::span<const int64_t> z, std::span<double> log_p) {
    conditionals(z, log_p);
    change_rows(z, vocab_size, log_p, [temperature](size_t, std::span<double> row) {
      std::transform(row.begin(), row.end(), row.begin(), [temperature](double logit) { return logit / temperature; });
    });
  };
}

OracleDenoiser::OracleDenoiser(const TokenShape& shape, int64_t vocab_size, Conditionals conditionals,
                               const OracleOptions& options)
    : Denoiser(oracle_options(shape, vocab_size, options)),
      conditionals_(std::move(conditionals)),
      dropout_(options.dropout) {
  require(dropout_ >= 0 && dropout_ < 1, "dropout is ", dropout_, ", want at least 0 and below 1");
}

OracleDenoiser::OracleDenoiser(const Toy& toy, const OracleOptions& options)
    : OracleDenoiser(toy.shape(), toy.vocab_size(), conditionals_of(toy), options) {}

OracleDenoiser::OracleDenoiser(const ToyConditionals& table, const OracleOptions& options)
    : OracleDenoiser({.height = 1, .width = table.length(), .channels = 1}, table.vocab(), conditionals_of(table),
                     options) {}

torch::Tensor OracleDenoiser::logits(const DenoiserInput& input) {
  const auto z = input.z.contiguous();
  const int64_t length = z.size(1);
  const int64_t vocab = options().vocab_size;
  auto logits = torch::zeros({z.size(0), length, vocab}, torch::kFloat64);
  const auto* tokens = z.const_data_ptr<int64_t>();
  auto* out = logits.mutable_data_ptr<double>();
  at::parallel_for(0, z.size(0), 4, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const std::span row(out + b * length * vocab, static_cast<size_t>(length * vocab));
      conditionals_(std::span(tokens + b * length, static_cast<size_t>(length)), row);
      std::transform(row.begin(), row.end(), row.begin(), [](double logit) { return std::max(logit, kImpossible); });
    }
  });
  return torch::dropout(logits, dropout_, is_training());
}

}  // namespace veil
