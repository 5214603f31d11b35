// Four real training steps of a small text model, at the reference's recorded batches, times and masks.
#include <gtest/gtest.h>

#include "base/torch.h"
#include "objective/bound.h"
#include "reference/recorded_masks.h"
#include "reference/reference_network.h"
#include "reference/reference_optimizer.h"
#include "veil/train/trainer.h"

namespace veil {
namespace {

using test::ReferenceFile;
using test::ReferenceNetwork;

class TrainRunParity : public testing::Test {
 protected:
  TrainRunParity() : state_(make_train_state(reference_.shared(), rates_, total_)) {}

  // The loss in bits per dimension at what step `path` recorded, without the prior, which the reference leaves out.
  torch::Tensor loss(const std::string& path) {
    const auto x0 = file_.input(path + "x").to(torch::kInt64);
    const TokenBatch batch{.tokens = x0, .labels = {}, .example_ids = torch::arange(x0.size(0))};
    const Bound bound(*state_.denoiser, {.form = ObjectiveForm::kTime, .schedule = {.clip = 1e-4}});
    const auto times = spread_levels(file_.input(path + "t0").item<double>(), 0, x0.size(0), x0.size(0));
    const auto masked = test::recorded_masks(x0, file_.input(path + "unmask_1"), options_.vocab_size);
    const auto terms =
        loss_terms(*state_.denoiser, batch, bound.pass_of_masks(masked, times), bound.ends(), torch::kCPU);
    return (terms.diffusion + terms.reconstruction).mean() * bits_per_dim(1.0, x0.size(1));
  }

  void expect_parameters(const std::string& path, const Denoiser& network) {
    for (const auto& entry : reference_.names()) {
      EXPECT_TRUE(file_.close(path + entry.reference, reference_.parameter(entry, network)));
    }
  }

  ReferenceFile file_{"train_run_md4"};
  DenoiserOptions options_ = test::options_of(file_.entry().at("config"));
  OptimizerOptions rates_ = test::optimizer_options(file_.entry().at("optimiser"));
  int64_t total_ = file_.entry().at("optimiser").at("num_train_steps");
  ReferenceNetwork reference_{file_, options_};
  TrainState state_;
};

TEST_F(TrainRunParity, LossesParametersAndAveragesAgree) {
  for (int64_t step = 0; step < 4; ++step) {
    const auto path = "step" + std::to_string(step + 1) + "/";
    const auto bits = loss(path);
    EXPECT_TRUE(file_.close(path + "loss", bits));
    EXPECT_TRUE(file_.close(path + "lr", torch::tensor(learning_rate_at(rates_, step, total_), torch::kFloat64)));
    bits.backward();
    state_.optimizer.step(step);
    if (step % 2 == 1) {
      expect_parameters(path + "param/", *state_.denoiser);
    }
  }
  expect_parameters("step4/ema/", *state_.average);
}

}  // namespace
}  // namespace veil
