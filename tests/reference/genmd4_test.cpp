// GenMD4: schedules by value, both losses, the leave-one-out term, reconstruction, gradients, and four training steps.
#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "objective/masked_loss.h"
#include "objective/value_schedule.h"
#include "reference/recorded_masks.h"
#include "reference/reference_network.h"
#include "reference/reference_optimizer.h"
#include "veil/diffusion/power_schedule.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"
#include "veil/nn/token_powers.h"
#include "veil/train/trainer.h"

namespace veil {
namespace {

using test::ReferenceFile;
using test::ReferenceNetwork;

constexpr double kClip = 1e-4;
constexpr double kFirstTime = 1e-3;
const ObjectiveOptions kObjective{.form = ObjectiveForm::kTime,
                                  .schedule = {.clip = kClip},
                                  .power_gradient = PowerGradient::kLeaveOneOut,
                                  .first_time = kFirstTime};

// What the reference recorded under `path`, as ours takes it.
struct Recorded {
  TokenBatch batch;
  TwoMasks draw;
};

Recorded recorded(const ReferenceFile& file, const std::string& path, int64_t mask_id) {
  const auto x0 = file.input(path + "x").to(torch::kInt64);
  auto times = spread_levels(file.input(path + "t0").item<double>(), 0, x0.size(0), x0.size(0));
  for (double& t : times) {
    t = kFirstTime + (1 - kFirstTime) * t;
  }
  return {.batch = {.tokens = x0, .labels = {}, .example_ids = torch::arange(x0.size(0))},
          .draw = {.times = times,
                   .first = test::recorded_masks(x0, file.input(path + "unmask_1"), mask_id),
                   .second = test::recorded_masks(x0, file.input(path + "unmask_2"), mask_id)}};
}

torch::Tensor float_tensor(const std::vector<double>& values) {
  return torch::tensor(values, torch::kFloat64).to(torch::kFloat32);
}

// The loss [B] of one of the two masks, nats.
torch::Tensor loss_of(Denoiser& network, const Recorded& from, const MaskedTokens& masked) {
  const auto times = float_tensor(from.draw.times);
  const auto jump = masked_jump_loss(network, from.batch.tokens, masked, from.draw.times, std::nullopt,
                                     network.powers()->values(), torch::kCPU);
  return sum_by_example(jump, masked.positions, times.numel(), from.batch.tokens.size(1)) / times;
}

// 1/2 (L_1 - L_2) (log q_1 - log q_2), [B].
torch::Tensor leave_one_out(Denoiser& network, const Recorded& from) {
  const auto& x0 = from.batch.tokens;
  const auto w = network.powers()->values().index_select(0, x0.flatten()).view_as(x0);
  const auto is_masked = [&](const MaskedTokens& masked) {
    return masked.z.eq(network.options().vocab_size).to(torch::kFloat32);
  };
  const MaskPair masks{.log_fraction = w * float_tensor(from.draw.times).log().unsqueeze(1) + std::log1p(-kClip),
                       .first = is_masked(from.draw.first),
                       .second = is_masked(from.draw.second)};
  return leave_one_out_surrogate(masks, loss_of(network, from, from.draw.first),
                                 loss_of(network, from, from.draw.second));
}

torch::Tensor reconstruction(Denoiser& network, const Recorded& from) {
  return value_reconstruction(from.batch.tokens, network.powers()->values(), kFirstTime, kClip);
}

// Means over the batch in bits per dimension, as the reference has them: it leaves out the factor 1 - t_1 of the
// integral from t_1 to 1, and the prior, and reports a loss that holds the leave-one-out term.
struct Bits {
  torch::Tensor loss;  // the only one whose gradient counts
  torch::Tensor bound;
  torch::Tensor diffusion;
  torch::Tensor reconstruction;
};

Bits bits_of(Denoiser& network, const Recorded& from) {
  const auto terms = value_terms(network, from.batch, from.draw, kObjective, torch::kCPU);
  const double scale = bits_per_dim(1.0, from.batch.tokens.size(1));
  const auto diffusion = terms.diffusion.mean() / (1 - kFirstTime) * scale;
  const auto rest = terms.reconstruction.mean() * scale;
  // The diffusion term's gradient already holds this term's, its value does not.
  const auto surrogate = leave_one_out(network, from).mean().detach() * scale;
  return {diffusion + rest + surrogate, diffusion + rest, diffusion, rest};
}

class GenMd4Parity : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] std::string path(const std::string& tensor) const { return std::string(GetParam()) + "/" + tensor; }

  [[nodiscard]] Denoiser& network() { return reference_.network(); }

  void expect_logits(const std::string& which, const MaskedTokens& masked) {
    EXPECT_TRUE(torch::equal(masked.z, file_.input(path("zt_" + which)).to(torch::kInt64)));
    const DenoiserInput input{.z = masked.z, .noise_level = float_tensor(recorded_.draw.times), .labels = {}};
    EXPECT_TRUE(file_.close(path("logits_" + which), network().logits(input)));
  }

  // The gradient of the batch's mean in the powers' parameters.
  void expect_power_gradient(const std::string& name, const torch::Tensor& nats) {
    const auto raw = network().named_parameters()["powers.raw"];
    EXPECT_TRUE(file_.close(path("grad_w/" + name), torch::autograd::grad({nats.mean()}, {raw})[0]));
  }

  ReferenceFile file_{"genmd4"};
  DenoiserOptions options_ = test::options_of(file_.entry().at("config"));
  ReferenceNetwork reference_{file_, options_};
  Recorded recorded_ = recorded(file_, path(""), options_.vocab_size);
};

TEST_P(GenMd4Parity, TimesProbabilitiesAndLogitsAgree) {
  const torch::NoGradGuard no_grad;
  EXPECT_TRUE(file_.close(path("t"), torch::tensor(recorded_.draw.times, torch::kFloat64)));
  const auto schedule = *power_schedule(network(), kClip);
  const auto x0 = recorded_.batch.tokens;
  auto visible = torch::empty(x0.sizes(), torch::kFloat64);
  for (int64_t b = 0; b < x0.size(0); ++b) {
    for (int64_t i = 0; i < x0.size(1); ++i) {
      visible[b][i] = 1 - schedule.masked_fraction(recorded_.draw.times[b], x0[b][i].item<int64_t>());
    }
  }
  EXPECT_TRUE(file_.close(path("unmask_prob"), visible));
  expect_logits("1", recorded_.draw.first);
  expect_logits("2", recorded_.draw.second);
  const auto powers = network().powers()->values();
  EXPECT_TRUE(file_.close(path("power_stats"), torch::stack({powers.max(), powers.min(), powers.mean()})));
}

TEST_P(GenMd4Parity, PartsOfTheLossAgree) {
  const auto first = loss_of(network(), recorded_, recorded_.draw.first);
  const auto second = loss_of(network(), recorded_, recorded_.draw.second);
  EXPECT_TRUE(file_.close(path("loss_diff_1"), first));
  EXPECT_TRUE(file_.close(path("loss_diff_2"), second));
  EXPECT_TRUE(file_.close(path("rloo"), leave_one_out(network(), recorded_)));
  EXPECT_TRUE(file_.close(path("loss_recon"), reconstruction(network(), recorded_)));
  expect_power_gradient("loss_diff", 0.5 * (first + second));
  expect_power_gradient("rloo", leave_one_out(network(), recorded_));
  expect_power_gradient("loss_recon", reconstruction(network(), recorded_));
}

TEST_P(GenMd4Parity, TheLeaveOneOutTermHasNoGradientInTheNetwork) {
  auto largest = torch::zeros({});
  leave_one_out(network(), recorded_).mean().backward();
  for (const auto& item : network().named_parameters()) {
    if (item.key() != "powers.raw" && item.value().grad().defined()) {
      largest = torch::maximum(largest, item.value().grad().abs().max());
    }
  }
  EXPECT_TRUE(file_.close(path("rloo_network_grad_max"), largest));
}

TEST_P(GenMd4Parity, TheWholeLossAndItsGradientAgree) {
  const auto bits = bits_of(network(), recorded_);
  EXPECT_TRUE(file_.close(path("bits_per_dim"), torch::stack({bits.loss, bits.bound, bits.diffusion, torch::zeros({}),
                                                              bits.reconstruction})));
  bits.loss.backward();
  EXPECT_EQ(reference_.expect_gradients(path("grad/")), static_cast<int64_t>(reference_.names().size()));
}

INSTANTIATE_TEST_SUITE_P(Cases, GenMd4Parity, testing::Values("case0", "case1"),
                         [](const auto& item) { return std::string(item.param); });

TEST(PowerScheduleParity, EveryFunctionOfTimeAgrees) {
  const ReferenceFile file("genmd4");
  ReferenceNetwork reference(file, test::options_of(file.entry().at("config")));
  const auto powers = reference.network().powers()->values().detach();
  EXPECT_TRUE(file.close("schedule/power", powers));
  const auto schedule = *power_schedule(reference.network(), kClip);
  const auto time = file.input("schedule/t").to(torch::kFloat64);
  auto masked = torch::empty({time.numel(), powers.numel()}, torch::kFloat64);
  for (int64_t i = 0; i < time.numel(); ++i) {
    for (int64_t v = 0; v < powers.numel(); ++v) {
      masked[i][v] = schedule.masked_fraction(time[i].item<double>(), v);
    }
  }
  // The loss weighs with -w / t, the closed form of alpha' / (1 - alpha).
  const auto weight = -powers.to(torch::kFloat64) / time.unsqueeze(1);
  EXPECT_TRUE(file.close("schedule/alpha", 1 - masked));
  EXPECT_TRUE(file.close("schedule/dgamma_times_alpha", weight));
  EXPECT_TRUE(file.close("schedule/dalpha", weight * masked));
  EXPECT_TRUE(file.close("schedule/logsnr", ((1 - masked) / masked).log()));
}

TEST(PowerScheduleParity, PowersStartAtOne) {
  const ReferenceFile file("genmd4");
  auto options = test::options_of(file.entry().at("config"));
  options.vocab_size = 3;
  const auto network = make_denoiser(options);
  initialize(*network, 1);
  EXPECT_TRUE(file.close("schedule/w_init_power1.0", network->named_parameters()["powers.raw"]));
}

TEST(GenMd4TrainRunParity, LossesParametersAndAveragesAgree) {
  const ReferenceFile file("train_run_genmd4");
  const auto options = test::options_of(file.entry().at("config"));
  const auto& optimizer = file.entry().at("optimiser");
  const auto total = optimizer.at("num_train_steps").get<int64_t>();
  ReferenceNetwork reference(file, options);
  auto state = make_train_state(reference.shared(), test::optimizer_options(optimizer), total);
  const auto expect_parameters = [&](const std::string& path, const Denoiser& network) {
    for (const auto& entry : reference.names()) {
      EXPECT_TRUE(file.close(path + entry.reference, reference.parameter(entry, network)));
    }
  };
  for (int64_t step = 0; step < 4; ++step) {
    const auto path = "step" + std::to_string(step + 1) + "/";
    const auto bits = bits_of(*state.denoiser, recorded(file, path, options.vocab_size)).loss;
    EXPECT_TRUE(file.close(path + "loss", bits));
    const double rate = learning_rate_at(state.optimizer.options(), step, total);
    EXPECT_TRUE(file.close(path + "lr", torch::tensor(rate, torch::kFloat64)));
    bits.backward();
    state.optimizer.step(step);
    if (step % 2 == 1) {
      expect_parameters(path + "param/", *state.denoiser);
    }
  }
  expect_parameters("step4/ema/", *state.average);
}

}  // namespace
}  // namespace veil
