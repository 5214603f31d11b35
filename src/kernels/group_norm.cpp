#include "kernels/group_norm.h"

#include "base/torch.h"
#include "kernels/group_norm_cpu.h"

namespace veil::kernels {
namespace {

// [B, C] to the type of `like`, with pixels to broadcast over.
torch::Tensor over_pixels(const torch::Tensor& value, const torch::Tensor& like) {
  return value.to(like.scalar_type()).unsqueeze(-1).unsqueeze(-1);
}

bool has_fused_form(const torch::Tensor& x) {
  return x.is_cpu() && x.is_contiguous(torch::MemoryFormat::ChannelsLast) &&
         (x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kBFloat16);
}

torch::Tensor fused(const torch::Tensor& x, int64_t groups, const NormAffine& affine, double epsilon) {
  const std::vector<int64_t> shape{x.size(0), x.size(1)};
  const auto numbers = x.options().dtype(torch::kFloat32);
  auto weight = affine.gamma.defined() ? affine.gamma.expand(shape) : torch::ones(shape, numbers);
  auto bias = affine.beta.defined() ? affine.beta.expand(shape) : torch::zeros(shape, numbers);
  if (affine.scale.defined()) {
    const auto factor = affine.scale.to(torch::kFloat32) + 1;
    bias = bias * factor + affine.shift.to(torch::kFloat32);
    weight = weight * factor;
  }
  return group_norm_swish_cpu(x, weight, bias, groups, epsilon);
}

}  // namespace

torch::Tensor group_norm_swish(const torch::Tensor& x, int64_t groups, const NormAffine& affine, double epsilon) {
  return has_fused_form(x) ? fused(x, groups, affine, epsilon) : group_norm_swish_composed(x, groups, affine, epsilon);
}

torch::Tensor group_norm_swish_composed(const torch::Tensor& x, int64_t groups, const NormAffine& affine,
                                        double epsilon) {
  auto y = at::group_norm(x, groups, affine.gamma, affine.beta, epsilon, /*cudnn_enabled=*/true);
  if (affine.scale.defined()) {
    y = at::addcmul(over_pixels(affine.shift, y), y, over_pixels(affine.scale + 1, y));
  }
  return at::silu(y);
}

}  // namespace veil::kernels
