#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "veil/data/token_batch.h"
#include "veil/diffusion/forward_process.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// One forward pass over one example.
struct PassRow {
  int64_t index = 0;      ///< number in the global order: example * passes + pass
  torch::Tensor x0;       ///< int64 [1, L]
  MaskedTokens masked;    ///< of this one row; its positions and count are those that are scored
  int64_t hidden = 0;     ///< exact orders, which score only some of the masked positions: how many are masked
  double level = 0.0;     ///< what the network is told
  int64_t label = 0;      ///< ignored by a network without classes
  double scale = 0.0;     ///< what the pass is worth over its S/k
  double constant = 0.0;  ///< nats of the pass that need no network
};

/// The part of a pass over row `row` of `batch` that is the same for all: its tokens and label.
[[nodiscard]] PassRow row_of(const TokenBatch& batch, int64_t row);

/// What is measured at the scored positions.
enum class PassMeasure {
  kBound,       ///< a term of the bound: cross-entropy, or the jump loss of a network with learned powers
  kCodeLength,  ///< cross-entropy whatever the network has, to the last bit
};

/// Gathers passes into network calls of exactly rows_per_call rows, in the order in which they come, and gives the
/// cross-entropy of each to a sink: where calls are cut depends on nothing but that order.
class PassQueue {
 public:
  /// Called with (row, S/k, the parts of S): the mean of the measure over the scored positions in nats, 0 where there
  /// is none, and its value at each of row.masked.positions.
  using Sink = std::function<void(const PassRow&, double, std::span<const double>)>;

  PassQueue(Denoiser& denoiser, int64_t rows_per_call, torch::Device device, Sink sink,
            PassMeasure measure = PassMeasure::kBound);

  /// Returns whether the row was the last of a network call, which is done then, with all rows up to this one.
  bool add(PassRow row);

  /// Runs what is left, with copies of the last row that have nothing masked in the empty places. Returns whether there
  /// was anything.
  bool flush();

 private:
  void run();
  [[nodiscard]] std::vector<double> levels() const;
  [[nodiscard]] torch::Tensor labels() const;

  [[nodiscard]] torch::Tensor nats(const MaskedTokens& masked) const;

  Denoiser& denoiser_;
  int64_t rows_per_call_;
  torch::Device device_;
  Sink sink_;
  PassMeasure measure_;
  std::vector<PassRow> rows_;
};

}  // namespace veil
