#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "veil/data/dataset.h"
#include "veil/nn/denoiser.h"
#include "veil/objective/objective.h"

namespace veil {

/// The values of batch `batch` of so many, dealt in turn, so that each batch is like the whole however it is sorted.
template <typename Value>
[[nodiscard]] std::vector<Value> dealt_to(int64_t batch, int64_t batches, const std::vector<Value>& values) {
  std::vector<Value> dealt;
  for (auto i = static_cast<size_t>(batch); i < values.size(); i += static_cast<size_t>(batches)) {
    dealt.push_back(values[i]);
  }
  return dealt;
}

/// The loss of whole batches as training draws it: noise levels spread over the batch with one shift for all of it.
class BatchPasses {
 public:
  struct Options {
    int64_t batch_size = 64;
    int64_t rows_per_call = 32;
    uint64_t seed = 0;
  };

  BatchPasses(Denoiser& denoiser, const ObjectiveOptions& objective, const Options& options, torch::Device device)
      : denoiser_(denoiser), objective_(objective), options_(options), device_(device) {}

  /// The batch of batch_size examples cut into network calls.
  [[nodiscard]] std::vector<TokenBatch> parts_of(const Dataset& dataset, const std::vector<int64_t>& indices) const;

  /// One draw of the batch's mean loss in bits per dimension. Draws of one round share their noise, whatever the
  /// objective. Throws NumericalError (its step is the round) if the loss is not finite.
  [[nodiscard]] double bits(const std::vector<TokenBatch>& parts, int64_t round) const;

  /// The gradient of the same draw in nats per token with respect to all parameters that have one, float64 [P] on the
  /// CPU. Needs gradients to be on. Throws as bits().
  [[nodiscard]] torch::Tensor gradient(const std::vector<TokenBatch>& parts, int64_t round) const;

 private:
  // Nats of a part whose first row is row `first` of the batch.
  [[nodiscard]] torch::Tensor loss(const TokenBatch& part, int64_t first, int64_t round) const;

  Denoiser& denoiser_;
  ObjectiveOptions objective_;
  Options options_;
  torch::Device device_;
};

}  // namespace veil
