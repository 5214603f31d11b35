// The time form of the loss and the loss in discrete steps, at the reference's recorded times and masks.
#include <gtest/gtest.h>

#include "base/torch.h"
#include "objective/time_terms.h"
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

  // Times and weights as our losses make them of the reference's one uniform number; its masks.
  [[nodiscard]] TimeDraw draw() const {
    TimeDraw draw;
    draw.times = spread_times(file_.input(path("t0")).item<double>(), 0, kBatch, kBatch);
    EXPECT_TRUE(file_.close(path("t_sampled"), torch::tensor(draw.times, torch::kFloat64)));
    if (case_.at("cont_time").get<bool>()) {
      draw.weights = continuous_weights(schedule(), draw.times);
    } else {
      discretise(draw);
    }
    EXPECT_TRUE(file_.close(path("t"), torch::tensor(draw.times, torch::kFloat64)));
    draw.masked = test::recorded_masks(batch().tokens, file_.input(path("unmask")), options_.vocab_size);
    EXPECT_TRUE(torch::equal(draw.masked.z, test::flat_tokens(file_.input(path("zt")))));
    return draw;
  }

  void discretise(TimeDraw& draw) const {
    const auto count = case_.at("timesteps").get<int64_t>();
    std::vector<double> grid;
    for (int64_t i = 0; i <= count; ++i) {
      grid.push_back(static_cast<double>(count - i) / static_cast<double>(count));
    }
    std::vector<int64_t> steps;
    for (double& time : draw.times) {
      steps.push_back(step_of_level(time, count));
      time = grid[steps.back()];
    }
    draw.weights = discrete_weights(schedule(), grid, steps);
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
  const DenoiserInput input{.z = drawn.masked.z, .noise_level = float_tensor(drawn.times), .labels = batch().labels};
  const auto want = file_.result(path("logits"));
  EXPECT_TRUE(file_.close(path("logits"), reference_.network().logits(input).view(want.sizes())));
}

TEST_P(LossParity, TermsAndGradientsAgree) {
  auto terms = time_terms(reference_.network(), batch(), draw(), schedule(), torch::kCPU);
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
