#include "nn/image/uvit_block.h"

#include "base/torch.h"

namespace veil {
namespace {

torch::Tensor resampled(const torch::Tensor& x, Resample resample) {
  switch (resample) {
    case Resample::kNone:
      return x;
    case Resample::kDown:
      return at::avg_pool2d(x, {2, 2});
    case Resample::kUp:
      return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
  }
  return x;
}

}  // namespace

UViTBlock::UViTBlock(const BlockOptions& options, Resample resample, torch::Device device)
    : resample_(resample), dropout_(options.dropout) {
  norm_in_ = register_module("norm_in", std::make_shared<NormSwish>(options.in, options.cond_width, device));
  const ConvOptions first{.in = options.in, .out = options.out, .weight = {}};
  conv_in_ = register_module("conv_in", std::make_shared<Conv2d>(first, device));
  norm_out_ = register_module("norm_out", std::make_shared<NormSwish>(options.out, options.cond_width, device));
  const ConvOptions second{.in = options.out, .out = options.out, .weight = kZeroWeights};
  conv_out_ = register_module("conv_out", std::make_shared<Conv2d>(second, device));
  if (options.in != options.out) {
    const ConvOptions skip{.in = options.in, .out = options.out, .kernel = 1, .weight = {}};
    skip_ = register_module("skip", std::make_shared<Conv2d>(skip, device));
  }
}

torch::Tensor UViTBlock::forward(const torch::Tensor& x, const torch::Tensor& condition) const {
  auto h = conv_in_->forward(resampled(norm_in_->forward(x, condition), resample_));
  h = conv_out_->forward(at::dropout(norm_out_->forward(h, condition), dropout_, is_training()));
  const auto skipped = resampled(x, resample_);
  return (skip_ ? skip_->forward(skipped) : skipped) + h;
}

}  // namespace veil
