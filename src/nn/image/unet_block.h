#pragma once

#include <memory>

#include "nn/layers/norm.h"
#include "veil/nn/layers/layers.h"

namespace veil {

struct BlockOptions {
  int64_t in = 0;
  int64_t out = 0;
  int64_t cond_width = 0;  ///< 0: no condition
  double dropout = 0.0;
};

/// Residual block of the U-Net: skip(x) + conv(dropout(swish(norm(conv(swish(norm(x))) + linear(condition))))). The
/// second convolution and the linear map start at zero, so the block starts as its skip: 1x1 where the widths differ.
class UNetBlock : public Layer {
 public:
  UNetBlock(const BlockOptions& options, torch::Device device);

  /// x: [B, in, H, W]; condition: [B, cond_width], or undefined without one. Returns [B, out, H, W].
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& condition) const;

 private:
  double dropout_;
  std::shared_ptr<NormSwish> norm_in_;
  std::shared_ptr<Conv2d> conv_in_;
  std::shared_ptr<Linear> condition_;
  std::shared_ptr<NormSwish> norm_out_;
  std::shared_ptr<Conv2d> conv_out_;
  std::shared_ptr<Conv2d> skip_;
};

}  // namespace veil
