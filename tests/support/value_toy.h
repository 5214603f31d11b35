#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/torch.h"
#include "objective/value_schedule.h"
#include "base/quadrature.h"
#include "veil/nn/denoiser.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/token_powers.h"

namespace veil::test {

/// A small network with learned powers whose logits are float64 and linear in what is visible and in the time: nothing
/// makes it consistent, so that no error can cancel.
class ValueToy : public Denoiser {
 public:
  ValueToy(int64_t length, int64_t vocab, Powers powers) : Denoiser(toy_options(length, vocab, powers)) {
    torch::manual_seed(7);
    pairs_ = torch::randn({length, vocab + 1, length, vocab}, torch::kFloat64) * 0.7;
    slopes_ = torch::randn({length, vocab}, torch::kFloat64);
    initialize(*this, 1);
  }

  [[nodiscard]] torch::Tensor logits(const DenoiserInput& input) override {
    const auto visible = torch::one_hot(input.z, options().vocab_size + 1).to(torch::kFloat64);
    const auto time = input.noise_level->to(torch::kFloat64).view({-1, 1, 1});
    return torch::einsum("biv,ivjw->bjw", {visible, pairs_}) + time * slopes_;
  }

  void set_raw_powers(const std::vector<double>& raw) {
    const torch::NoGradGuard no_grad;
    raw_powers().copy_(torch::tensor(raw, torch::kFloat64));
  }

  [[nodiscard]] torch::Tensor raw_powers() { return named_parameters()["powers.raw"]; }

 private:
  static DenoiserOptions toy_options(int64_t length, int64_t vocab, Powers powers) {
    DenoiserOptions options;
    options.shape = {1, length, 1};
    options.vocab_size = vocab;
    options.condition = Condition::kTime;
    options.powers = powers;
    return options;
  }

  torch::Tensor pairs_;
  torch::Tensor slopes_;
};

/// All 2^n masks of n positions: bool [2^n, n].
inline torch::Tensor all_masks(int64_t length) {
  const auto number = torch::arange(int64_t{1} << length).unsqueeze(1);
  return (number / torch::pow(2, torch::arange(length)).to(torch::kInt64))
      .floor()
      .to(torch::kInt64)
      .remainder(2)
      .to(torch::kBool);
}

/// What one time of the bound of GenMD4 is by enumeration of all masks of x [n]: the expectation of
/// (1/t) * sum of w_x (-log p - 1) + sum of w p over the masked positions, differentiable in powers (float64 [V]).
inline torch::Tensor enumerated_rate(ValueToy& toy, const torch::Tensor& x, double time, const torch::Tensor& powers) {
  const int64_t length = x.numel();
  const auto masks = all_masks(length);
  const auto z = torch::where(masks, torch::full_like(x, toy.options().vocab_size), x);
  const DenoiserInput input{.z = z, .noise_level = torch::full({z.size(0)}, time, torch::kFloat64), .labels = {}};
  const auto log_p = torch::log_softmax(toy.logits(input), 2);
  const auto own = log_p.gather(2, x.view({1, length, 1}).expand({z.size(0), length, 1})).squeeze(2);
  const auto w = powers.index_select(0, x);
  const auto jump = w * (-own - 1) + torch::matmul(log_p.exp(), powers);
  const auto fraction = (w * std::log(time)).exp();
  const auto probability = torch::where(masks, fraction, 1 - fraction).prod(1);
  return (probability * (jump * masks).sum(1)).sum() / time;
}

/// The bound of GenMD4 for x [n] and its gradient in the raw powers (kFree), by enumeration of the masks and quadrature
/// in log t, where the integrand is smooth.
struct EnumeratedBound {
  double nats;
  torch::Tensor gradient;  // float64 [V]
};

inline EnumeratedBound enumerated_bound(ValueToy& toy, const torch::Tensor& x, double first_time) {
  const auto eta = toy.raw_powers().detach().to(torch::kFloat64).requires_grad_(true);
  const auto powers = (eta - eta.mean()).exp();
  auto total = value_reconstruction(x.unsqueeze(0), powers, first_time, 0.0).sum();
  const auto rule = gauss_legendre(40);
  const double reach = -std::log(first_time);
  for (size_t i = 0; i < rule.nodes.size(); ++i) {
    const double time = std::exp(-reach * rule.nodes[i]);
    total = total + reach * rule.weights[i] * time * enumerated_rate(toy, x, time, powers);
  }
  return {total.item<double>(), torch::autograd::grad({total}, {eta})[0]};
}

}  // namespace veil::test
