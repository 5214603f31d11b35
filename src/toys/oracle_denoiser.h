#pragma once

#include <torch/types.h>

#include "toys/toy_joint.h"
#include "veil/nn/denoiser.h"
#include "veil/toys/toy.h"

namespace veil {

/// The true conditionals of a toy, which must outlive them.
[[nodiscard]] Conditionals conditionals_of(const Toy& toy);

/// The conditionals of a table, true or not; keeps a copy.
[[nodiscard]] Conditionals conditionals_of(const ToyConditionals& table);

/// Adds noise from (-strength, strength) to every logit, another for every partial state: conditionals of no one joint,
/// as those of a trained network are. Impossible values stay so. vocab_size: V of `conditionals`.
[[nodiscard]] Conditionals perturbed(Conditionals conditionals, int64_t vocab_size, double strength, uint64_t seed);

/// Raises every probability to 1/temperature, > 0: a model that is too sure, or not sure enough.
[[nodiscard]] Conditionals tempered(Conditionals conditionals, int64_t vocab_size, double temperature);

struct OracleOptions {
  Condition condition = Condition::kNone;  ///< what it claims to be told; it uses z alone
  Powers powers = Powers::kNone;           ///< to learn: parameters, though its answer does not heed them
  double dropout = 0.0;                    ///< of logits in training mode, as networks have it; in [0, 1)
};

/// A network without weights that answers with given conditionals. Its logits are float64, not float32,
/// log-probabilities, so that a bound can be held to the truth to 1e-9; impossible values have -1000, whose exponential
/// is exactly 0. On the CPU.
class OracleDenoiser : public Denoiser {
 public:
  OracleDenoiser(const TokenShape& shape, int64_t vocab_size, Conditionals conditionals,
                 const OracleOptions& options = {});

  /// The truth about `toy`, which must outlive it.
  explicit OracleDenoiser(const Toy& toy, const OracleOptions& options = {});

  /// The table of a joint, for sequences.
  explicit OracleDenoiser(const ToyConditionals& table, const OracleOptions& options = {});

  /// float64 [B, L, V]; 0 at visible positions.
  [[nodiscard]] torch::Tensor logits(const DenoiserInput& input) override;

 private:
  Conditionals conditionals_;
  double dropout_;
};

}  // namespace veil
