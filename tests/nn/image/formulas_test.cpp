// Parts of the image networks held to their formulas, written out in float64; and which map reaches which block.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "base/torch.h"
#include "nn/image/dit.h"
#include "nn/layers/attention.h"
#include "nn/layers/norm.h"
#include "support/speaking_network.h"

namespace veil {
namespace {

using Numbers = std::vector<double>;

// Every number of every parameter, none like its neighbours.
void fill(torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  double phase = 0;
  for (auto& parameter : module.parameters()) {
    parameter.copy_((torch::arange(parameter.numel(), torch::kFloat64) * 1.7 + ++phase).sin().view(parameter.sizes()));
  }
}

void set_zero(torch::nn::Module& module, const std::vector<std::string>& names) {
  const torch::NoGradGuard no_grad;
  for (const auto& name : names) {
    module.named_parameters()[name].zero_();
  }
}

torch::Tensor some_numbers(torch::IntArrayRef sizes) {
  const auto count = c10::multiply_integers(sizes);
  return (torch::arange(count, torch::kFloat64) * 2.3 + 0.4).cos().to(torch::kFloat32).view(sizes);
}

Numbers numbers(const torch::Tensor& tensor) {
  const auto flat = tensor.detach().to(torch::kFloat64).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

// The linear map NAME.weight, NAME.bias (if there is one) of the module: rows [first, first + rows).
Numbers linear(const torch::nn::Module& module, const std::string& name, const Numbers& x, size_t first, size_t rows) {
  const auto parameters = module.named_parameters();
  const auto weight = numbers(parameters[name + ".weight"]);
  const auto bias = parameters.contains(name + ".bias") ? numbers(parameters[name + ".bias"]) : Numbers(first + rows);
  Numbers y;
  for (size_t row = first; row < first + rows; ++row) {
    y.push_back(bias[row]);
    for (size_t k = 0; k < x.size(); ++k) {
      y.back() += weight[row * x.size() + k] * x[k];
    }
  }
  return y;
}

void expect_near(const torch::Tensor& got, const Numbers& want, double tolerance) {
  const auto values = numbers(got);
  ASSERT_EQ(values.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(values[i], want[i], tolerance) << i;
  }
}

TEST(AttentionTest, MixesValuesByTheSoftmaxOfScaledProducts) {
  const torch::NoGradGuard no_grad;
  constexpr size_t kTokens = 3;
  constexpr size_t kHeads = 2;
  constexpr size_t kSize = 4;  // of a head: products are divided by 2
  constexpr size_t kWidth = kHeads * kSize;
  SelfAttention attention({.width = kWidth, .heads = kHeads}, torch::kCPU);
  fill(attention);
  const auto x = some_numbers({1, kTokens, kWidth});
  std::vector<Numbers> tokens;
  for (size_t n = 0; n < kTokens; ++n) {
    tokens.push_back(numbers(x[0][static_cast<int64_t>(n)]));
  }
  Numbers want;
  for (size_t n = 0; n < kTokens; ++n) {
    Numbers mixed;
    for (size_t head = 0; head < kHeads; ++head) {
      const auto query = linear(attention, "qkv", tokens[n], head * kSize, kSize);
      Numbers sum(kSize);
      double total = 0;
      for (const auto& token : tokens) {
        const auto key = linear(attention, "qkv", token, kWidth + head * kSize, kSize);
        const auto value = linear(attention, "qkv", token, 2 * kWidth + head * kSize, kSize);
        double product = 0;
        for (size_t d = 0; d < kSize; ++d) {
          product += query[d] * key[d];
        }
        const double share = std::exp(product / 2);
        total += share;
        for (size_t d = 0; d < kSize; ++d) {
          sum[d] += share * value[d];
        }
      }
      for (const double part : sum) {
        mixed.push_back(part / total);
      }
    }
    const auto out = linear(attention, "out", mixed, 0, kWidth);
    want.insert(want.end(), out.begin(), out.end());
  }
  expect_near(attention.forward(x), want, 1e-5);
}

// Mean 0 and variance 1, times 1 + scale, plus shift.
Numbers modulated(const Numbers& x, const Numbers& shift, const Numbers& scale) {
  const auto size = static_cast<double>(x.size());
  double mean = 0;
  double squares = 0;
  for (const double each : x) {
    mean += each / size;
    squares += each * each / size;
  }
  Numbers y;
  for (size_t i = 0; i < x.size(); ++i) {
    y.push_back((x[i] - mean) / std::sqrt(squares - mean * mean + 1e-6) * (1 + scale[i]) + shift[i]);
  }
  return y;
}

// With a single token attention is the value, mapped: the rest is the formula of adaLN-Zero (Peebles & Xie 2022).
TEST(DitBlockTest, TheConditionShiftsScalesAndGatesBothParts) {
  const torch::NoGradGuard no_grad;
  constexpr size_t kWidth = 8;
  DitBlock block({.model_width = kWidth, .heads = 2, .cond_width = 3}, torch::kCPU);
  fill(block);
  const auto x = some_numbers({1, 1, kWidth});
  const auto condition = some_numbers({1, 3});
  std::vector<Numbers> part;  // shift, scale, gate of attention; shift, scale, gate of the MLP
  for (size_t i = 0; i < 6; ++i) {
    part.push_back(linear(block, "modulation", numbers(condition), i * kWidth, kWidth));
  }
  auto h = numbers(x);
  const auto seen = modulated(h, part[0], part[1]);
  const auto attended =
      linear(block, "attention.out", linear(block, "attention.qkv", seen, 2 * kWidth, kWidth), 0, kWidth);
  for (size_t i = 0; i < kWidth; ++i) {
    h[i] += part[2][i] * attended[i];
  }
  auto hidden = linear(block, "mlp_in", modulated(h, part[3], part[4]), 0, 4 * kWidth);
  for (double& each : hidden) {  // gelu, its approximation by tanh
    each *= 0.5 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (each + 0.044715 * each * each * each)));
  }
  const auto out = linear(block, "mlp_out", hidden, 0, kWidth);
  for (size_t i = 0; i < kWidth; ++i) {
    h[i] += part[5][i] * out[i];
  }
  expect_near(block.forward(x, condition), h, 2e-5);
}

TEST(NormSwishTest, TheConditionGivesScaleFirstThenShift) {
  const torch::NoGradGuard no_grad;
  constexpr size_t kChannels = 64;  // two a group
  NormSwish norm(kChannels, 3, torch::kCPU);
  fill(norm);
  const auto x = some_numbers({1, kChannels, 1, 1});
  const auto condition = some_numbers({1, 3});
  const auto scale = linear(norm, "modulation", numbers(condition), 0, kChannels);
  const auto shift = linear(norm, "modulation", numbers(condition), kChannels, kChannels);
  const auto values = numbers(x);
  Numbers want;
  for (size_t c = 0; c < kChannels; c += 2) {
    const auto pair = [&](const Numbers& all) { return Numbers{all[c], all[c + 1]}; };
    for (const double y : modulated(pair(values), pair(shift), pair(scale))) {
      want.push_back(y / (1 + std::exp(-y)));
    }
  }
  expect_near(norm.forward(x, condition), want, 1e-4);
}

// Squares of pixels to tokens and back. The blocks between are made to do nothing.
TEST(DitTest, ATokenIsReadFromItsSquareAndWrittenBackToIt) {
  const torch::NoGradGuard no_grad;
  const DitOptions options{
      .channels = 3, .height = 4, .width = 6, .patch = 2, .model_width = 8, .layers = 1, .heads = 2};
  Dit dit(options, torch::kCPU);
  fill(dit);
  set_zero(dit, {"blocks.0.attention.out.weight", "blocks.0.mlp_out.weight", "blocks.0.mlp_out.bias"});
  const auto x = some_numbers({1, 3, 4, 6});
  const auto got = dit.forward(x, {});
  const auto parameters = dit.named_parameters();
  for (int64_t row = 0; row < 2; ++row) {
    for (int64_t column = 0; column < 3; ++column) {
      const auto square = [&](const torch::Tensor& image) {
        return image[0].narrow(1, 2 * row, 2).narrow(2, 2 * column, 2);  // [C, 2, 2]
      };
      auto token = linear(dit, "patchify", numbers(square(x)), 0, 8);
      const auto position = numbers(parameters["position"][row][column]);
      const auto weight = numbers(parameters["norm.weight"]);
      double squares = 0;
      for (size_t k = 0; k < 8; ++k) {
        token[k] += position[k];
        squares += token[k] * token[k] / 8;
      }
      for (size_t k = 0; k < 8; ++k) {
        token[k] *= weight[k] / std::sqrt(squares + 1e-6);
      }
      expect_near(square(got).permute({1, 2, 0}), linear(dit, "unpatchify", token, 0, 12), 2e-5);
    }
  }
}

struct SkipCase {
  DenoiserOptions options;
  std::vector<int64_t> widths;  // of the kept maps, the last first
};

// Which of the blocks on the way down reach the logits if these see nothing but what block `user` on the way up is
// handed of the kept maps. The network must be as initialised but for its head: blocks pass their input on.
std::vector<bool> reached(Denoiser& network, const std::vector<int64_t>& widths, size_t user) {
  std::vector<torch::Tensor> mixed;  // [out, before + kept, 1, 1] of each block that takes a kept map
  std::vector<torch::Tensor> down;   // added by each block on the way down to the map that it keeps
  for (const auto& item : network.named_parameters()) {
    if (item.key().starts_with("up.") && item.key().ends_with(".skip.weight")) {
      mixed.push_back(item.value());
    } else if (item.key().starts_with("down.") && item.key().ends_with("conv_out.bias")) {
      down.push_back(item.value());
    }
  }
  EXPECT_EQ(mixed.size(), widths.size());
  {
    const torch::NoGradGuard no_grad;
    for (size_t j = user; j < mixed.size(); ++j) {
      const int64_t before = mixed[j].size(1) - widths[j];
      (j == user ? mixed[j].narrow(1, 0, before) : mixed[j].narrow(1, before, widths[j])).zero_();
    }
  }
  const auto logits = network.logits(test::random_input(network.options(), 2));
  std::vector<bool> reach;
  for (const auto& gradient : torch::autograd::grad({(logits * torch::randn_like(logits)).sum()}, down)) {
    reach.push_back(gradient.abs().max().item<float>() > 0);
  }
  return reach;
}

TEST(SkipTest, TheMapKeptLastIsTakenFirst) {
  DenoiserOptions common;
  common.shape = {4, 4, 1};
  common.vocab_size = 6;
  common.width = 64;
  SkipCase unet{common, {64, 64, 64, 64}};
  unet.options.network = NetworkKind::kUNet;
  unet.options.layers = 3;
  SkipCase uvit{common, {128, 128, 64, 64, 64, 64}};
  uvit.options.network = NetworkKind::kUViT;
  uvit.options.layers = 2;
  uvit.options.uvit = {.width_multipliers = {1, 2}, .dit_layers = 1, .dit_patch = 1, .dit_width = 16, .dit_heads = 2};
  for (const auto& [options, widths] : {unet, uvit}) {
    for (size_t user = 0; user < widths.size(); ++user) {
      const auto network = make_denoiser(options);
      initialize(*network, 3);
      network->eval();
      {
        const torch::NoGradGuard no_grad;
        torch::manual_seed(5);
        network->named_parameters()["head.weight"].normal_();
      }
      std::vector<bool> want(widths.size() - 1);  // block i keeps map i + 1; map 0 is the stem's
      std::fill_n(want.begin(), widths.size() - 1 - user, true);
      EXPECT_EQ(reached(*network, widths, user), want) << user;
    }
  }
}

}  // namespace
}  // namespace veil
