// The time form of the loss and the loss in discrete steps, at the reference's recorded times and masks.
#include <gtest/gtest.h>

#include "base/torch.h"
#include "objective/bound.h"
#include "objective/discrete_steps.h"
#include "reference/recorded_masks.h"
#include "reference/reference_network.h"

namespace veil {
namespace {

using test::ReferenceFile;
using test::ReferenceNetwork;

struct LossCase {
  const char* file;
  const char* name;
};

class LossParity : public testing::TestWithParam<LossCase> {
 protected:
  [[nodiscard]] std::string path(const std::string& tensor) const { return name_ + "/" + tensor; }

  [[nodiscard]] TokenBatch batch() const {
    TokenBatch batch{.tokens = test::flat_tokens(file_.input("x")), .labels = {}, .example_ids = torch::arange(kBatch)};
    if (options_.classes > 0) {
      batch.labels = file_.input("label").to(torch::kInt64);
    }
    return batch;
  }

  [[nodiscard]] MaskSchedule schedule() const {
    auto options = parse_schedule(case_.at("noise_schedule").get<std::string>());
    options.clip = 1e-4;
    return MaskSchedule(options);
  }

  [[nodiscard]] Bound bound() {
    return {reference_.network(), {.form = ObjectiveForm::kTime, .schedule = schedule().options()}};
  }

  // Times and weights as our losses make them of the reference's one uniform number; its masks.
  struct Drawn {
    std::vector<double> times;
    Pass pass;
  };
  [[nodiscard]] Drawn draw() {
    auto times = spread_levels(file_.input(path("t0")).item<double>(), 0, kBatch, kBatch);
    EXPECT_TRUE(file_.close(path("t_sampled"), torch::tensor(times, torch::kFloat64)));
    std::vector<double> discrete;
    if (!case_.at("cont_time").get<bool>()) {
      discrete = discretise(times);
    }
    EXPECT_TRUE(file_.close(path("t"), torch::tensor(times, torch::kFloat64)));
    auto masked = test::recorded_masks(batch().tokens, file_.input(path("unmask")), options_.vocab_size);
    EXPECT_TRUE(torch::equal(masked.z, test::flat_tokens(file_.input(path("zt")))));
    auto pass = bound().pass_of_masks(std::move(masked), times);
    for (size_t b = 0; b < discrete.size(); ++b) {
      pass.weights[b] = pass.masked.counts[b] > 0 ? discrete[b] : 0.0;
    }
    return {times, pass};
  }

  // Moves the times to the grid; returns the weights of its steps.
  std::vector<double> discretise(std::vector<double>& times) const {
    const auto count = case_.at("timesteps").get<int64_t>();
    std::vector<double> grid;
    for (int64_t i = 0; i <= count; ++i) {
      grid.push_back(static_cast<double>(count - i) / static_cast<double>(count));
    }
    std::vector<double> weights;
    for (double& time : times) {
      const int64_t step = step_of_level(time, count);
      time = grid[static_cast<size_t>(step)];
      weights.push_back(step_weight(schedule(), grid, step));
    }
    return weights;
  }

  static constexpr int64_t kBatch = 4;
  ReferenceFile file_{GetParam().file};
  std::string name_ = GetParam().name;
  nlohmann::json case_ = file_.entry().at("cases").at(name_);
  DenoiserOptions options_ = test::options_of(file_.entry().at("config"));
  ReferenceNetwork reference_{file_, options_};
};

TEST_P(LossParity, VisibleProbabilitiesAndLogitsAgree) {
  const torch::NoGradGuard no_grad;
  const auto drawn = draw();
  std::vector<double> alphas;
  for (const double t : drawn.times) {
    alphas.push_back(schedule().alpha(t));
  }
  EXPECT_TRUE(file_.close(path("unmask_prob"), torch::tensor(alphas, torch::kFloat64)));
  const DenoiserInput input{.z = drawn.pass.masked.z,
                            .noise_level = torch::tensor(drawn.times, torch::kFloat64).to(torch::kFloat32),
                            .labels = batch().labels};
  const auto want = file_.result(path("logits"));
  EXPECT_TRUE(file_.close(path("logits"), reference_.network().logits(input).view(want.sizes())));
}

TEST_P(LossParity, TermsAndGradientsAgree) {
  auto terms = loss_terms(reference_.network(), batch(), draw().pass, bound().ends(), torch::kCPU);
  EXPECT_TRUE(file_.close(path("loss_diff_per_example"), terms.diffusion));
  EXPECT_TRUE(file_.close(path("loss_diff_per_example_f64"), terms.diffusion));
  // The reference leaves out the prior, which makes a clipped schedule a bound.
  terms.prior.zero_();
  const auto nats =
      torch::stack({terms.diffusion.mean(), terms.prior.mean(), terms.reconstruction.mean(), terms.total().mean()});
  EXPECT_TRUE(file_.close(path("nats"), nats));
  const auto bits = nats * bits_per_dim(1.0, options_.shape.length());
  EXPECT_TRUE(file_.close(path("bits_per_dim"), bits));
  bits[3].backward();
  EXPECT_GT(reference_.expect_gradients(path("grad/")) + reference_.expect_gradient_summaries(path("grad_summary/")),
            0);
}

INSTANTIATE_TEST_SUITE_P(Cases, LossParity,
                         testing::Values(LossCase{"losses_text", "linear_cont"}, LossCase{"losses_text", "cosine_cont"},
                                         LossCase{"losses_text", "poly2_cont"}, LossCase{"losses_text", "poly3_cont"},
                                         LossCase{"losses_text", "linear_T8"}, LossCase{"losses_text", "cosine_T8"},
                                         LossCase{"losses_text", "poly2_T1000"}, LossCase{"losses_text", "linear_T1"},
                                         LossCase{"losses_image_class", "linear_cont"},
                                         LossCase{"losses_image_class", "cosine_T8"},
                                         LossCase{"losses_image_uvit", "cosine_cont"}),
                         [](const auto& item) { return std::string(item.param.file) + "_" + item.param.name; });

}  // namespace
}  // namespace veil
