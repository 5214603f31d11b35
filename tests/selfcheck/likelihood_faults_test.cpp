// Faults that likelihoods of this kind have had, put in on purpose: the gate named must see each.
#include <gtest/gtest.h>

#include <numeric>
#include <utility>
#include <vector>

#include "base/torch.h"
#include "objective/masked_loss.h"
#include "selfcheck/likelihood_gates.h"

namespace veil {
namespace {

torch::Tensor counts_of(const MaskedTokens& masked) {
  return torch::tensor(masked.counts, torch::kInt64).to(torch::kFloat64);
}

// n/k for each example: what veil's own loss weighs the sum over masked positions with.
torch::Tensor weights_of(const TokenBatch& batch, const MaskedTokens& masked) {
  return static_cast<double>(batch.tokens.size(1)) / counts_of(masked);
}

torch::Tensor sums_of(const torch::Tensor& nats, const TokenBatch& batch, const torch::Tensor& positions) {
  return sum_by_example(nats, positions, batch.size(), batch.tokens.size(1));
}

// One pass over masks drawn as in training, from a loss for given masks.
NamedBound with_drawn_masks(std::string name, const MaskedLoss& loss) {
  return {std::move(name), [loss](Denoiser& denoiser, const TokenBatch& batch, const NoiseContext& noise) {
            const NoiseKey key{
                .seed = noise.seed, .purpose = NoisePurpose::kTrainMask, .round = static_cast<uint64_t>(noise.step)};
            std::vector<int64_t> counts;
            for (const double level : low_discrepancy_levels(key, 0, batch.size(), batch.size())) {
              counts.push_back(count_of_level(level, batch.tokens.size(1)));
            }
            const auto masked =
                mask_by_count(batch.tokens, counts, batch.example_ids, denoiser.options().vocab_size, key);
            return loss(denoiser, batch, masked);
          }};
}

bool sees(const MaskedLoss& loss, const char* gate) {
  return !passed(oracle_gate(loss, own_subjects().evaluation), gate);
}

bool is_seen_as_no_bound(const MaskedLoss& loss) {
  const std::vector<NamedBound> bounds{with_drawn_masks("faulty", loss)};
  return !passed(bound_gate(bounds), "G2");
}

// The harness itself: the sound loss passes through it.
TEST(LikelihoodFaultsTest, SoundLossPasses) { EXPECT_FALSE(is_seen_as_no_bound(own_subjects().masked_loss)); }

TEST(LikelihoodFaultsTest, WeightKInPlaceOfNOverKFailsG1) {
  const auto loss = [](Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked) {
    const auto sums = own_subjects().masked_loss(denoiser, batch, masked) / weights_of(batch, masked);
    return sums * counts_of(masked);
  };
  EXPECT_TRUE(sees(loss, "G1"));
}

TEST(LikelihoodFaultsTest, MeanInPlaceOfSumFailsG1AndG2) {
  const auto loss = [](Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked) {
    return own_subjects().masked_loss(denoiser, batch, masked) / counts_of(masked);
  };
  EXPECT_TRUE(sees(loss, "G1"));
  EXPECT_TRUE(is_seen_as_no_bound(loss));
}

TEST(LikelihoodFaultsTest, SoftmaxOverTheMaskTooFailsG1) {
  const auto loss = [](Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked) {
    const torch::NoGradGuard no_gradients;
    const auto logits = denoiser.logits_at({.z = masked.z, .noise_level = {}, .labels = {}}, masked.positions);
    const auto with_mask = torch::cat({logits, torch::zeros({logits.size(0), 1}, logits.options())}, 1);
    const auto target = batch.tokens.reshape(-1).index_select(0, masked.positions);
    const auto nats = -torch::log_softmax(with_mask, 1).gather(1, target.unsqueeze(1)).squeeze(1);
    return sums_of(nats, batch, masked.positions) * weights_of(batch, masked);
  };
  EXPECT_TRUE(sees(loss, "G1"));
}

// Neighbours 2i and 2i + 1 as the two halves of one token, for which a model of the pair is asked: a pair of which both
// are masked costs its joint cross-entropy once, where the bound wants the sum of the two marginal ones.
torch::Tensor joint_sub_token_loss(Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked) {
  const torch::NoGradGuard no_gradients;
  const int64_t length = batch.tokens.size(1);
  const int64_t mask_id = denoiser.options().vocab_size;
  MaskedTokens second{
      .z = masked.z.clone(), .positions = {}, .counts = masked.counts};  // first halves of whole pairs shown
  std::vector<int64_t> second_halves;
  const auto z = masked.z.accessor<int64_t, 2>();
  const auto tokens = batch.tokens.accessor<int64_t, 2>();
  auto shown = second.z.accessor<int64_t, 2>();
  for (int64_t b = 0; b < batch.size(); ++b) {
    for (int64_t i = 0; i + 1 < length; i += 2) {
      if (z[b][i] == mask_id && z[b][i + 1] == mask_id) {
        shown[b][i] = tokens[b][i];
        second_halves.push_back(b * length + i + 1);
      }
    }
  }
  second.positions = torch::tensor(second_halves, torch::kInt64);
  const auto marginal = masked_cross_entropy(denoiser, batch.tokens, masked, {}, {}, torch::kCPU);
  auto sums = sums_of(marginal, batch, masked.positions);
  if (!second_halves.empty()) {
    const auto dense =
        torch::zeros({batch.size() * length}, marginal.options()).index_copy(0, masked.positions, marginal);
    const auto given_first = masked_cross_entropy(denoiser, batch.tokens, second, {}, {}, torch::kCPU);
    sums = sums + sums_of(given_first - dense.index_select(0, second.positions), batch, second.positions);
  }
  return sums * weights_of(batch, masked);
}

TEST(LikelihoodFaultsTest, JointLossOfSubTokensFailsG2) { EXPECT_TRUE(is_seen_as_no_bound(joint_sub_token_loss)); }

// A data set all of whose examples have the number 0, so that all get the same masks.
class OneNumber : public Dataset {
 public:
  explicit OneNumber(const Dataset& dataset) : dataset_(dataset) {}

  [[nodiscard]] const DatasetInfo& info() const override { return dataset_.info(); }
  [[nodiscard]] int64_t size() const override { return dataset_.size(); }
  [[nodiscard]] TokenBatch get(std::span<const int64_t> indices) const override {
    auto batch = dataset_.get(indices);
    batch.example_ids.zero_();
    return batch;
  }

 private:
  const Dataset& dataset_;
};

TEST(LikelihoodFaultsTest, MasksSharedByAllExamplesFailG8) {
  const auto own = own_subjects().evaluation;
  const auto shared = [&](Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options) {
    return own(denoiser, OneNumber(dataset), options);
  };
  EXPECT_FALSE(passed(coverage_gate(shared), "G8"));
}

// A network that stays in training mode whatever it is told.
class NeverEvaluates : public Denoiser {
 public:
  explicit NeverEvaluates(Denoiser& network) : Denoiser(network.options()), network_(network) {}

  [[nodiscard]] torch::Tensor logits(const DenoiserInput& input) override {
    network_.train();
    return network_.logits(input);
  }

 private:
  Denoiser& network_;
};

TEST(LikelihoodFaultsTest, DropoutDuringEvaluationFailsG1) {
  const Subjects own = own_subjects();
  const auto with_dropout = [&](Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options) {
    NeverEvaluates training(denoiser);
    return own.evaluation(training, dataset, options);
  };
  EXPECT_FALSE(passed(oracle_gate(own.masked_loss, with_dropout), "G1"));
}

}  // namespace
}  // namespace veil
