#include "kernels/group_norm.h"

#include <torch/torch.h>

namespace veil::kernels {
namespace {

// [B, C] to the type of `like`, with pixels to broadcast over.
torch::Tensor over_pixels(const torch::Tensor& value, const torch::Tensor& like) {
  return value.to(like.scalar_type()).unsqueeze(-1).unsqueeze(-1);
}

}  // namespace

torch::Tensor group_norm_swish(const torch::Tensor& x, int64_t groups, const NormAffine& affine, double epsilon) {
  auto y = at::group_norm(x, groups, affine.gamma, affine.beta, epsilon, /*cudnn_enabled=*/true);
  if (affine.scale.defined()) {
    y = at::addcmul(over_pixels(affine.shift, y), y, over_pixels(affine.scale + 1, y));
  }
  return at::silu(y);
}

}  // namespace veil::kernels
