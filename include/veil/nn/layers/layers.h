#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace veil {

/// Groups of every group norm: the widths of image networks are multiples of it.
inline constexpr int64_t kNormGroups = 32;

/// What a parameter starts from. initialization.h says how each is drawn.
enum class InitialValue {
  kZeros,
  kOnes,
  kConstant,     ///< every number is gain
  kLecunNormal,  ///< variance gain / fan_in, truncated at two deviations; fan_in = numbers in weight[0]
  kEmbedding,    ///< normal, not truncated, deviation 1/sqrt(last size)
  kGridSinCos,   ///< [rows, columns, width]: the fixed two-dimensional position table
};

struct Initializer {
  InitialValue value = InitialValue::kLecunNormal;
  double gain = 1.0;  ///< kLecunNormal: factor of the variance; kConstant: the value
};

/// A module with parameters of its own. Constructors of layers only allocate them, on the device they are given (the
/// meta device allocates nothing), and note what they are to start from; initialize() fills them.
class Layer : public torch::nn::Module {
 public:
  [[nodiscard]] const std::vector<std::pair<std::string, Initializer>>& initializers() const { return initializers_; }

  /// Whether forward() may use veil's own kernels (Compute::fused); true for a new layer.
  void set_fused(bool on) { fused_ = on; }

 protected:
  [[nodiscard]] bool fused() const { return fused_; }

  /// Registers an uninitialised float32 parameter.
  torch::Tensor add_parameter(const std::string& name, torch::IntArrayRef sizes, Initializer initializer,
                              torch::Device device);

 private:
  std::vector<std::pair<std::string, Initializer>> initializers_;
  bool fused_ = true;
};

struct LinearOptions {
  int64_t in = 0;
  int64_t out = 0;
  bool bias = true;
  Initializer weight;
};

/// y = x W^T + b over the last dimension: weight [out, in], bias [out].
class Linear : public Layer {
 public:
  Linear(const LinearOptions& options, torch::Device device);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

 private:
  torch::Tensor weight_;
  torch::Tensor bias_;
};

struct ConvOptions {
  int64_t in = 0;
  int64_t out = 0;
  int64_t kernel = 3;  ///< side of the square kernel
  int64_t stride = 1;  ///< 1: zero padding kernel/2, so that the size stays; else no padding
  Initializer weight;
};

/// Cross-correlation of [B, in, H, W]: weight [out, in, kernel, kernel], bias [out].
class Conv2d : public Layer {
 public:
  Conv2d(const ConvOptions& options, torch::Device device);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

  [[nodiscard]] const torch::Tensor& weight() const { return weight_; }
  [[nodiscard]] const torch::Tensor& bias() const { return bias_; }

 private:
  int64_t stride_;
  int64_t padding_;
  torch::Tensor weight_;
  torch::Tensor bias_;
};

/// Rows of a table: int64 [...] in [0, entries) → [..., width].
class Embedding : public Layer {
 public:
  Embedding(int64_t entries, int64_t width, torch::Device device);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& indices) const;

 private:
  torch::Tensor weight_;
};

/// Weights that start at zero.
inline constexpr Initializer kZeroWeights{.value = InitialValue::kZeros};

}  // namespace veil
