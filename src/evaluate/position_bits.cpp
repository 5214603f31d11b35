#include "veil/evaluate/position_bits.h"

#include <algorithm>
#include <numeric>

#include "base/torch.h"
#include "evaluate/dataset_check.h"
#include "evaluate/pass_maker.h"
#include "veil/base/error.h"
#include "veil/nn/evaluation_mode.h"

namespace veil {
namespace {

// Weighted sums over the passes of one example, by position.
struct PositionSums {
  std::vector<double> nats;
  std::vector<double> weights;

  void add(const PassRow& row, std::span<const double> parts) {
    const auto* positions = row.masked.positions.const_data_ptr<int64_t>();
    for (size_t i = 0; i < parts.size(); ++i) {
      const double weight = row.scale / static_cast<double>(parts.size());
      nats[static_cast<size_t>(positions[i])] += weight * parts[i];
      weights[static_cast<size_t>(positions[i])] += weight;
    }
  }

  // One value a position, in proportion to its nats; `total` in all.
  [[nodiscard]] std::vector<double> shares_of(double total) const {
    std::vector<double> shares(nats.size());
    double known_sum = 0.0;
    int64_t known = 0;
    for (size_t i = 0; i < shares.size(); ++i) {
      if (weights[i] > 0) {
        shares[i] = nats[i] / weights[i];
        known_sum += shares[i];
        ++known;
      }
    }
    if (known_sum <= 0) {  // nothing surprises: what there is in all is everywhere
      std::fill(shares.begin(), shares.end(), total / static_cast<double>(shares.size()));
      return shares;
    }
    const double mean = known_sum / static_cast<double>(known);
    const double factor = total / (mean * static_cast<double>(shares.size()));
    for (size_t i = 0; i < shares.size(); ++i) {
      shares[i] = factor * (weights[i] > 0 ? shares[i] : mean);
    }
    return shares;
  }
};

}  // namespace

std::vector<PositionBits> position_bits(Denoiser& denoiser, const Dataset& dataset, std::span<const int64_t> indices,
                                        std::span<const double> example_bits, const EvaluationOptions& options,
                                        const Compute& compute, const EvaluationProgress& progress) {
  check_options(options);
  check_dataset(denoiser.options(), dataset);
  require(indices.size() == example_bits.size(), "found the bits of ", example_bits.size(), " examples, want those of ",
          indices.size());
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision scoped_precision(compute);
  const auto length = static_cast<size_t>(denoiser.options().shape.length());
  const std::vector<double> zeros(length, 0.0);
  std::vector<PositionSums> sums(indices.size(), {zeros, zeros});
  const auto take = [&](const PassRow& row, double /*nats_per_token*/, std::span<const double> parts) {
    sums[static_cast<size_t>(row.index / options.passes)].add(row, parts);
  };
  run_passes(denoiser, dataset, indices, options, compute, bound_of(denoiser, options), take, progress);
  std::vector<PositionBits> found;
  for (size_t i = 0; i < indices.size(); ++i) {
    found.push_back({indices[i], sums[i].shares_of(example_bits[i] * static_cast<double>(length))});
  }
  return found;
}

}  // namespace veil
