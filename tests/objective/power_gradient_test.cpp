// The two estimators of the gradient of learned powers, against enumeration of every outcome of their masks: no noise.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/torch.h"
#include "objective/value_schedule.h"
#include "support/value_toy.h"

namespace veil {
namespace {

using test::ValueToy;

constexpr int64_t kLength = 4;
constexpr int64_t kVocab = 3;
constexpr double kTime = 0.37;

torch::Tensor example() { return torch::tensor({0, 2, 1, 2}, torch::kInt64); }

torch::Tensor powers_of(const torch::Tensor& eta) { return (eta - eta.mean()).exp(); }

torch::Tensor log_fraction_of(const torch::Tensor& eta) {
  return powers_of(eta).index_select(0, example()) * std::log(kTime);
}

// Nats of the loss of each of the 2^n masks, its own dependence on the powers included.
torch::Tensor losses(ValueToy& toy, const torch::Tensor& eta) {
  const auto masks = test::all_masks(kLength);
  const auto z = torch::where(masks, torch::full_like(example(), kVocab), example());
  const DenoiserInput input{.z = z, .noise_level = torch::full({z.size(0)}, kTime, torch::kFloat64), .labels = {}};
  const auto log_p = torch::log_softmax(toy.logits(input), 2);
  const auto own = log_p.gather(2, example().view({1, kLength, 1}).expand({z.size(0), kLength, 1})).squeeze(2);
  const auto powers = powers_of(eta);
  const auto jump = powers.index_select(0, example()) * (-own - 1) + torch::matmul(log_p.exp(), powers);
  return (jump * masks).sum(1) / kTime;
}

class PowerGradientTest : public testing::Test {
 protected:
  PowerGradientTest() : toy_(kLength, kVocab, Powers::kFree) {
    eta_ = torch::tensor({0.4, -0.7, 0.2}, torch::kFloat64).requires_grad_(true);
  }

  [[nodiscard]] torch::Tensor exact_gradient() {
    auto total = test::enumerated_rate(toy_, example(), kTime, powers_of(eta_));
    return torch::autograd::grad({total}, {eta_})[0];
  }

  // sum over pairs (i, j) of masks of probability(i, j) * gradient of [1/2 (L_i + L_j) + surrogate(i, j)].
  [[nodiscard]] torch::Tensor expected_gradient(
      const torch::Tensor& probability,
      const std::function<torch::Tensor(const MaskPair&, const torch::Tensor&, const torch::Tensor&)>& surrogate) {
    const auto masks = test::all_masks(kLength).to(torch::kFloat64);
    const int64_t size = masks.size(0);
    const auto first = torch::arange(size).repeat_interleave(size);
    const auto second = torch::arange(size).repeat({size});
    const auto loss = losses(toy_, eta_);
    const MaskPair pair{.log_fraction = log_fraction_of(eta_).unsqueeze(0).expand({size * size, kLength}),
                        .first = masks.index_select(0, first),
                        .second = masks.index_select(0, second)};
    const auto value = 0.5 * (loss.index_select(0, first) + loss.index_select(0, second)) +
                       surrogate(pair, loss.index_select(0, first).detach(), loss.index_select(0, second).detach());
    return torch::autograd::grad({(value * probability.detach()).sum()}, {eta_})[0];
  }

  // Of two independent masks.
  [[nodiscard]] torch::Tensor independent() {
    const auto masks = test::all_masks(kLength);
    const auto q = log_fraction_of(eta_).exp();
    const auto p = torch::where(masks, q, 1 - q).prod(1);
    return torch::outer(p, p).flatten();
  }

  // Of [u < q] and [1 - u < q] for one u a position.
  [[nodiscard]] torch::Tensor antithetic() {
    const auto masks = test::all_masks(kLength).to(torch::kFloat64);
    const auto a = masks.unsqueeze(1);  // [2^n, 1, n]
    const auto b = masks.unsqueeze(0);
    const auto q = log_fraction_of(eta_).exp();
    const auto both = (2 * q - 1).clamp_min(0);
    const auto neither = (1 - 2 * q).clamp_min(0);
    const auto one = torch::minimum(q, 1 - q);
    const auto p = a * b * both + (1 - a) * (1 - b) * neither + (a * (1 - b) + (1 - a) * b) * one;
    return p.prod(2).flatten();
  }

  ValueToy toy_;
  torch::Tensor eta_;
};

TEST_F(PowerGradientTest, ProbabilitiesOfThePairsAreWholeAndHaveTheRightMargins) {
  const auto q = log_fraction_of(eta_).exp();
  const auto masks = test::all_masks(kLength).to(torch::kFloat64);
  for (const auto& probability : {independent(), antithetic()}) {
    EXPECT_NEAR(probability.sum().item<double>(), 1.0, 1e-12);
    const auto first = probability.view({16, 16}).sum(1);
    EXPECT_LT((torch::mv(masks.t(), first) - q).abs().max().item<double>(), 1e-12);
  }
}

TEST_F(PowerGradientTest, LeaveOneOutIsUnbiased) {
  const auto got = expected_gradient(independent(), leave_one_out_surrogate);
  EXPECT_LT((got - exact_gradient()).abs().max().item<double>(), 1e-10) << got << exact_gradient();
}

TEST_F(PowerGradientTest, DisarmIsUnbiased) {
  const auto got = expected_gradient(antithetic(), disarm_surrogate);
  EXPECT_LT((got - exact_gradient()).abs().max().item<double>(), 1e-10) << got << exact_gradient();
}

TEST_F(PowerGradientTest, AControlVariateLeavesItUnbiased) {
  const auto baseline = torch::tensor({1.3, -0.4, 2.2, 0.9}, torch::kFloat64);
  const auto with_baseline = [&](const MaskPair& masks, const torch::Tensor& first, const torch::Tensor& second) {
    const auto rest = [&](const torch::Tensor& loss, const torch::Tensor& mask) {
      return loss - (baseline * mask).sum(1) / kTime;
    };
    return disarm_surrogate(masks, rest(first, masks.first), rest(second, masks.second)) +
           (baseline * masks.log_fraction.exp()).sum(1) / kTime;
  };
  const auto got = expected_gradient(antithetic(), with_baseline);
  EXPECT_LT((got - exact_gradient()).abs().max().item<double>(), 1e-10) << got << exact_gradient();
}

TEST_F(PowerGradientTest, AWrongSignIsSeen) {
  const auto wrong = [](const MaskPair& masks, const torch::Tensor& first, const torch::Tensor& second) {
    return disarm_surrogate(masks, second, first);
  };
  EXPECT_GT((expected_gradient(antithetic(), wrong) - exact_gradient()).abs().max().item<double>(), 1e-2);
}

TEST(JumpBaseline, KnowsNothingOfItsOwnExample) {
  const auto x0 = torch::tensor({{0, 1, 1}, {1, 0, 0}, {0, 0, 1}}, torch::kInt64);
  const auto ones = torch::ones({3, 3}, torch::kFloat64);
  const MaskPair masks{.log_fraction = -ones, .first = ones, .second = ones};
  auto jump = torch::rand({3, 3}, torch::kFloat64);
  const auto before = jump_baseline(x0, masks, jump, 2);
  jump[1] += 5.0;
  const auto after = jump_baseline(x0, masks, jump, 2);
  EXPECT_TRUE(torch::allclose(before[1], after[1], 1e-12, 1e-12));
  EXPECT_FALSE(before[0].equal(after[0]));
  EXPECT_TRUE(
      jump_baseline(
          x0.narrow(0, 0, 1),
          {.log_fraction = -ones.narrow(0, 0, 1), .first = ones.narrow(0, 0, 1), .second = ones.narrow(0, 0, 1)},
          jump.narrow(0, 0, 1), 2)
          .equal(torch::zeros({1, 3}, torch::kFloat64)));
}

}  // namespace
}  // namespace veil
