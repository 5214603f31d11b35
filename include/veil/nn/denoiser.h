#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "veil/base/device.h"
#include "veil/base/option.h"
#include "veil/data/token_batch.h"

namespace veil {

enum class NetworkKind { kUNet, kUViT, kTransformer };

/// What the network is told about the noise level beside the masks themselves.
enum class Condition {
  kMaskFraction,  ///< k/n: number of masked positions over all positions
  kTime,          ///< t in [0, 1], as the reference does
  kNone,
};

enum class Head {
  kFree,           ///< vocab_size free logits
  kLogisticPrior,  ///< free logits plus a learned logistic bump over the values: ordinal knowledge from the first step
};

/// The gate of a transformer's feed-forward layers, which is also what the condition passes before it modulates a
/// block.
enum class Gate {
  kSigmoid,  ///< "glu" of the reference, and of all its configurations
  kSwish,    ///< "swiglu"
  kGelu,     ///< "geglu", the tanh approximation
};

/// What only `uvit` has; the blocks of a level and the width of the first are DenoiserOptions'.
struct UViTOptions {
  std::vector<int64_t> width_multipliers = {1};  ///< channels of each level over width; each level halves H and W
  int64_t dit_layers = 12;                       ///< transformer blocks in the middle
  int64_t dit_patch = 2;                         ///< they see squares of dit_patch x dit_patch pixels of the last level
  int64_t dit_width = 768;                       ///< a multiple of 4 and of dit_heads
  int64_t dit_heads = 12;                        ///< attention heads of each of them
};

/// What only `transformer` has; its layers and its width f are DenoiserOptions'. Defaults are the paper's text models.
struct TransformerOptions {
  int64_t heads = 12;           ///< attention heads, each as wide as f: blocks are f * heads wide
  int64_t key_value_heads = 0;  ///< heads of keys and values, a divisor of `heads`; 0: as many as `heads`
  Gate gate = Gate::kSigmoid;
  bool narrow_embedding = false;  ///< embed tokens f wide and map them to the width of the blocks (the paper's text8)
  bool zero_modulation = true;    ///< blocks start as identities ("adaln_zero"); false: random ("adaln")
  bool depth_scaled = true;       ///< feed-forward weights start smaller the deeper the network
  bool causal = false;            ///< a position sees only itself and what is before it
};

/// Whether each value has a masking schedule of its own, learned with the network (GenMD4): alpha_v(t) = 1 - t^{w_v}.
enum class Powers {
  kNone,      ///< one schedule for all values
  kFree,      ///< a number for each value; their geometric mean is kept at 1
  kSmooth,    ///< a smooth curve over the values (eight cosines): pixels
  kSoftplus,  ///< as the reference has it: w = softplus of a free number, no fixed scale
};

/// A network, as plain values. Defaults are the paper's CIFAR-10 model.
struct DenoiserOptions {
  NetworkKind network = NetworkKind::kUNet;
  TokenShape shape{32, 32, 3};
  int64_t vocab_size = 256;
  int64_t width = 128;   ///< feature_dim f; a multiple of 32 (transformer: even, at least 4)
  int64_t layers = 32;   ///< residual blocks a level (transformer: blocks)
  double dropout = 0.1;  ///< in [0, 1)
  Condition condition = Condition::kMaskFraction;
  int64_t classes = 0;          ///< labels that condition the network; 0: none
  Head head = Head::kFree;      ///< images only
  bool value_channels = false;  ///< add the value in [-1, 1] and the mask flag as two real channels per token;
                                ///< images only
  UViTOptions uvit = {};
  TransformerOptions transformer = {};
  Powers powers = Powers::kNone;  ///< anything else needs Condition::kTime
  bool null_class = false;  ///< a label may also be `classes`: "no class", one more row of their embedding, the last
};

/// What each number of the three structs above may be; check_architecture (make_denoiser.h) says what goes together.
struct DenoiserRanges {
  static constexpr IntegerRange kWidth{.low = 4, .high = 4096, .multiple_of = 2};
  static constexpr IntegerRange kLayers{.low = 0, .high = 256};  ///< transformer: at least 1
  static constexpr Range kDropout{.low = 0.0, .high = 1.0, .open_high = true};
  static constexpr IntegerRange kLevels{.low = 1, .high = 8};  ///< how many width_multipliers
  static constexpr IntegerRange kWidthMultiplier{.low = 1, .high = 64};
  static constexpr IntegerRange kDitLayers{.low = 1, .high = 256};
  static constexpr IntegerRange kDitPatch{.low = 1, .high = 64};
  static constexpr IntegerRange kDitWidth{.low = 4, .high = 16384, .multiple_of = 4};
  static constexpr IntegerRange kDitHeads{.low = 1, .high = 256};
  static constexpr IntegerRange kHeads{.low = 1, .high = 1024};
  static constexpr IntegerRange kKeyValueHeads{.low = 0, .high = 1024};
};

/// One network call.
struct DenoiserInput {
  torch::Tensor z;                           ///< int64 [B, L], values in [0, vocab_size]; vocab_size = mask
  std::optional<torch::Tensor> noise_level;  ///< float32 [B]: k/n or t, as condition() says; absent for kNone
  std::optional<torch::Tensor> labels;       ///< int64 [B]; present exactly if the network has classes; `classes`
                                             ///< means none where options().null_class
};

class TokenPowers;  // token_powers.h

/// A network that predicts clean tokens from partly masked ones. It never predicts the mask. Not thread-safe.
class Denoiser : public torch::nn::Module {
 public:
  /// `device` is where the powers are allocated, if there are any.
  explicit Denoiser(DenoiserOptions options, torch::Device device = torch::kCPU);

  [[nodiscard]] const DenoiserOptions& options() const { return options_; }

  /// Logits of all positions: float32 [B, L, V]. Gradients flow unless the caller disables them.
  [[nodiscard]] virtual torch::Tensor logits(const DenoiserInput& input) = 0;

  /// Logits at `positions` (int64 [M] on the CPU whatever the network's device, flat indices b*L + i, ascending is
  /// fastest): float32 [M, V] in their order. By default logits() and an index; all networks here compute the head at
  /// those positions only. Throws InvalidArgument if a position is out of range.
  [[nodiscard]] virtual torch::Tensor logits_at(const DenoiserInput& input, const torch::Tensor& positions);

  /// Memory layout of the images inside (no effect on the results but rounding). Networks without one ignore it.
  virtual void set_channels_last(bool /*on*/) {}

  /// The learned powers of GenMD4, parameters like all others; null where options().powers is kNone.
  [[nodiscard]] TokenPowers* powers() const { return powers_.get(); }

 private:
  DenoiserOptions options_;
  std::shared_ptr<TokenPowers> powers_;
};

/// Number of trainable numbers.
[[nodiscard]] int64_t count_parameters(const torch::nn::Module& module);

}  // namespace veil
