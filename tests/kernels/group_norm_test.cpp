#include "kernels/group_norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/simd_math.h"

namespace veil::kernels {
namespace {

struct Inputs {
  torch::Tensor x;
  NormAffine affine;

  [[nodiscard]] std::vector<torch::Tensor> leaves() const {
    std::vector<torch::Tensor> defined;
    for (const auto& tensor : {x, affine.gamma, affine.beta, affine.scale, affine.shift}) {
      if (tensor.defined()) {
        defined.push_back(tensor);
      }
    }
    return defined;
  }
};

torch::Tensor leaf(const torch::Tensor& value, torch::ScalarType type) {
  return value.detach().to(type).clone(torch::MemoryFormat::Preserve).requires_grad_(true);
}

Inputs make_inputs(torch::ScalarType type, bool conditional, bool channels_last) {
  torch::manual_seed(4);
  auto x = torch::randn({3, 64, 5, 7}, torch::kFloat64) * 2 + 1;
  if (channels_last) {
    x = x.contiguous(torch::MemoryFormat::ChannelsLast);
  }
  const auto numbers = type == torch::kFloat64 ? torch::kFloat64 : torch::kFloat32;
  Inputs inputs{leaf(x, type), {}};
  if (conditional) {
    inputs.affine.scale = leaf(torch::randn({3, 64}, torch::kFloat64), numbers);
    inputs.affine.shift = leaf(torch::randn({3, 64}, torch::kFloat64), numbers);
  } else {
    inputs.affine.gamma = leaf(torch::randn({64}, torch::kFloat64) + 1, numbers);
    inputs.affine.beta = leaf(torch::randn({64}, torch::kFloat64), numbers);
  }
  return inputs;
}

// Value and gradients of a fixed linear function of the output, all in float64.
std::vector<torch::Tensor> value_and_gradients(const Inputs& inputs, bool composed) {
  const auto y = composed ? group_norm_swish_composed(inputs.x, 32, inputs.affine, 1e-6)
                          : group_norm_swish(inputs.x, 32, inputs.affine, 1e-6);
  torch::manual_seed(9);
  const auto cotangent = torch::randn(y.sizes(), torch::kFloat64);
  (y.to(torch::kFloat64) * cotangent).sum().backward();
  std::vector<torch::Tensor> results{y.detach().to(torch::kFloat64)};
  for (const auto& tensor : inputs.leaves()) {
    results.push_back(tensor.grad().to(torch::kFloat64));
  }
  return results;
}

// The composed operators in float64 are the truth; the tolerance is that of the type, relative to the largest entry.
TEST(GroupNormTest, FusedFormAgreesWithTheComposedOperatorsInFloat64) {
  for (const auto& [type, tolerance] : {std::pair(torch::kFloat32, 2e-6), std::pair(torch::kBFloat16, 2e-2)}) {
    for (const bool conditional : {false, true}) {
      const auto want = value_and_gradients(make_inputs(torch::kFloat64, conditional, true), /*composed=*/true);
      const auto got = value_and_gradients(make_inputs(type, conditional, true), /*composed=*/false);
      ASSERT_EQ(got.size(), want.size());
      for (size_t i = 0; i < want.size(); ++i) {
        const double error = (got[i] - want[i]).abs().max().item<double>() / want[i].abs().max().item<double>();
        EXPECT_LT(error, tolerance) << c10::toString(type) << " conditional " << conditional << " result " << i;
      }
    }
  }
}

TEST(GroupNormTest, KeepsTheLayoutAndSpreadsANaN) {
  const auto inputs = make_inputs(torch::kFloat32, false, true);
  {
    const torch::NoGradGuard no_grad;
    inputs.x[1][3][2][2] = std::nan("");
  }
  const auto y = group_norm_swish(inputs.x, 32, inputs.affine, 1e-6);
  EXPECT_TRUE(y.is_contiguous(torch::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(y[1][3].isnan().all().item<bool>());  // the group of a channel: 2 and 3
  EXPECT_FALSE(y[0].isnan().any().item<bool>());
}

TEST(GroupNormTest, ExponentialIsAccurateOverItsRange) {
  for (double x = -86.9; x < 87.9; x += 0.0137) {
    const auto argument = static_cast<float>(x);
    const double want = std::exp(static_cast<double>(argument));
    EXPECT_NEAR(simd_exp(argument) / want, 1.0, 3e-7) << argument;
  }
  EXPECT_TRUE(std::isnan(simd_exp(std::nanf(""))));
  EXPECT_LT(simd_exp(-1e30F), 1e-37F);
}

}  // namespace
}  // namespace veil::kernels
