#pragma once

#include <memory>

#include "nn/image/unet_block.h"
#include "nn/layers/norm.h"
#include "veil/nn/layers/layers.h"

namespace veil {

enum class Resample {
  kNone,
  kDown,  ///< mean over 2x2 pixels
  kUp,    ///< each pixel becomes 2x2
};

/// Residual block of UViT: the condition scales and shifts both normalisations; the resampling lies between the first
/// swish and the first convolution, and on the skip.
class UViTBlock : public Layer {
 public:
  UViTBlock(const BlockOptions& options, Resample resample, torch::Device device);

  /// x: [B, in, H, W]; condition: [B, cond_width], or undefined without one. Returns [B, out, H', W'].
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& condition) const;

  [[nodiscard]] Resample resample() const { return resample_; }

 private:
  Resample resample_;
  double dropout_;
  std::shared_ptr<NormSwish> norm_in_;
  std::shared_ptr<Conv2d> conv_in_;
  std::shared_ptr<NormSwish> norm_out_;
  std::shared_ptr<Conv2d> conv_out_;
  std::shared_ptr<Conv2d> skip_;
};

}  // namespace veil
