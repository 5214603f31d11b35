#include "nn/image/unet_block.h"

#include "base/torch.h"

namespace veil {

UNetBlock::UNetBlock(const BlockOptions& options, torch::Device device) : dropout_(options.dropout) {
  norm_in_ = register_module("norm_in", std::make_shared<NormSwish>(options.in, 0, device));
  const ConvOptions first{.in = options.in, .out = options.out, .weight = {}};
  conv_in_ = register_module("conv_in", std::make_shared<Conv2d>(first, device));
  if (options.cond_width > 0) {
    const LinearOptions linear{.in = options.cond_width, .out = options.out, .bias = false, .weight = kZeroWeights};
    condition_ = register_module("condition", std::make_shared<Linear>(linear, device));
  }
  norm_out_ = register_module("norm_out", std::make_shared<NormSwish>(options.out, 0, device));
  const ConvOptions second{.in = options.out, .out = options.out, .weight = kZeroWeights};
  conv_out_ = register_module("conv_out", std::make_shared<Conv2d>(second, device));
  if (options.in != options.out) {
    const ConvOptions skip{.in = options.in, .out = options.out, .kernel = 1, .weight = {}};
    skip_ = register_module("skip", std::make_shared<Conv2d>(skip, device));
  }
}

torch::Tensor UNetBlock::forward(const torch::Tensor& x, const torch::Tensor& condition) const {
  auto h = conv_in_->forward(norm_in_->forward(x));
  if (condition_) {
    h = h + condition_->forward(condition).unsqueeze(-1).unsqueeze(-1);
  }
  h = conv_out_->forward(at::dropout(norm_out_->forward(h), dropout_, is_training()));
  return (skip_ ? skip_->forward(x) : x) + h;
}

}  // namespace veil
