#include "nn/layers/norm.h"

#include "base/torch.h"
#include "kernels/group_norm.h"

namespace veil {
namespace {

constexpr Initializer kZeros{.value = InitialValue::kZeros};
constexpr Initializer kOnes{.value = InitialValue::kOnes};

}  // namespace

NormSwish::NormSwish(int64_t channels, int64_t cond_width, torch::Device device) {
  if (cond_width > 0) {
    const LinearOptions options{.in = cond_width, .out = 2 * channels, .weight = kZeroWeights};
    modulation_ = register_module("modulation", std::make_shared<Linear>(options, device));
  } else {
    weight_ = add_parameter("weight", {channels}, kOnes, device);
    bias_ = add_parameter("bias", {channels}, kZeros, device);
  }
}

torch::Tensor NormSwish::forward(const torch::Tensor& x, const torch::Tensor& condition) const {
  kernels::NormAffine affine{.gamma = weight_, .beta = bias_, .scale = {}, .shift = {}};
  if (modulation_) {
    const auto parts = modulation_->forward(condition).chunk(2, 1);
    affine.scale = parts[0];
    affine.shift = parts[1];
  }
  return fused() ? kernels::group_norm_swish(x, kNormGroups, affine, kNormEpsilon)
                 : kernels::group_norm_swish_composed(x, kNormGroups, affine, kNormEpsilon);
}

GroupNorm::GroupNorm(int64_t channels, torch::Device device)
    : weight_(add_parameter("weight", {channels}, kOnes, device)),
      bias_(add_parameter("bias", {channels}, kZeros, device)) {}

torch::Tensor GroupNorm::forward(const torch::Tensor& x) const {
  return at::group_norm(x, kNormGroups, weight_, bias_, kNormEpsilon, /*cudnn_enabled=*/true);
}

RmsNorm::RmsNorm(int64_t width, double epsilon, torch::Device device)
    : epsilon_(epsilon), weight_(add_parameter("weight", {width}, kOnes, device)) {}

torch::Tensor RmsNorm::forward(const torch::Tensor& x) const {
  return at::rms_norm(x, weight_.sizes(), weight_, epsilon_);
}

torch::Tensor modulated_norm(const torch::Tensor& x, const torch::Tensor& shift, const torch::Tensor& scale,
                             double epsilon) {
  return at::layer_norm(x, {x.size(-1)}, {}, {}, epsilon) * (scale + 1) + shift;
}

}  // namespace veil
