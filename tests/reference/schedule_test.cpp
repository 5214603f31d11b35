// Schedules, sampling grids, and the fixed tables of the networks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/torch.h"
#include "nn/embedding.h"
#include "nn/layers/rotary.h"
#include "reference/reference_file.h"
#include "sample/reference_numerics.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/nn/layers/initialization.h"

namespace veil {
namespace {

using test::ReferenceFile;

MaskScheduleOptions clipped(const std::string& name) {
  auto options = parse_schedule(name);
  options.clip = 1e-4;
  return options;
}

// A function of every number of t: float64.
torch::Tensor mapped(const torch::Tensor& t, const std::function<double(double)>& function) {
  auto result = t.to(torch::kFloat64).clone();
  double* values = result.mutable_data_ptr<double>();
  for (int64_t i = 0; i < result.numel(); ++i) {
    values[i] = function(values[i]);
  }
  return result;
}

class ScheduleParity : public testing::TestWithParam<const char*> {
 protected:
  // Compares with the reference in float32 and in float64.
  void expect_both(const std::string& quantity, const std::function<double(double)>& function) {
    const auto got = mapped(file_.input("t"), function);
    const auto name = std::string(GetParam()) + "/" + quantity;
    EXPECT_TRUE(file_.close(name, got));
    EXPECT_TRUE(file_.close(name + "_f64", got));
  }

  ReferenceFile file_{"schedules"};
  MaskScheduleOptions options_ = clipped(GetParam());
  MaskSchedule schedule_{options_};
};

TEST_P(ScheduleParity, EveryFunctionOfTimeAgrees) {
  expect_both("alpha", [&](double t) { return schedule_.alpha(t); });
  expect_both("dalpha", [&](double t) { return schedule_.alpha_derivative(t); });
  expect_both("dgamma_times_alpha", [&](double t) { return schedule_.loss_weight(t); });
  expect_both("logsnr", [&](double t) { return std::log(schedule_.alpha(t) / schedule_.masked_fraction(t)); });
}

TEST_P(ScheduleParity, Float32NumericsAgreeToo) {
  const auto name = std::string(GetParam());
  EXPECT_TRUE(file_.close(name + "/alpha", reference_alpha(options_, file_.input("t"))));
}

TEST_P(ScheduleParity, StepsOfBothGridsAgree) {
  for (const auto& [grid, kind] :
       {std::pair{"grid_uniform", TimeGridKind::kUniform}, std::pair{"grid_cosine", TimeGridKind::kCosine}}) {
    const auto steps = reference_grid(kind, 8);
    EXPECT_TRUE(file_.close(std::string(grid) + "/s", steps.s));
    EXPECT_TRUE(file_.close(std::string(grid) + "/t", steps.t));
    const auto name = std::string(GetParam()) + "/" + grid + "/";
    EXPECT_TRUE(file_.close(name + "alpha_s", reference_alpha(options_, steps.s)));
    EXPECT_TRUE(file_.close(name + "alpha_t", reference_alpha(options_, steps.t)));
    EXPECT_TRUE(file_.close(name + "unmask_prob", reference_unmask_probability(options_, steps.s, steps.t)));
  }
}

// What the sampler itself uses: float64, ends exactly 1 and 0, no cancellation. It agrees at the same tolerance.
TEST_P(ScheduleParity, TheExactStepsAgreeAsWell) {
  for (const auto& [grid, kind] :
       {std::pair{"grid_uniform", TimeGridKind::kUniform}, std::pair{"grid_cosine", TimeGridKind::kCosine}}) {
    const auto times = time_grid(kind, 8);
    std::vector<double> probabilities;
    for (size_t i = 0; i + 1 < times.size(); ++i) {
      probabilities.push_back(schedule_.unmask_probability(times[i + 1], times[i]));
    }
    EXPECT_TRUE(file_.close(std::string(GetParam()) + "/" + grid + "/unmask_prob",
                            torch::tensor(probabilities, torch::kFloat64)));
  }
}

INSTANTIATE_TEST_SUITE_P(Schedules, ScheduleParity,
                         testing::Values("linear", "cosine", "poly1", "poly2", "poly3", "poly5", "poly0.5", "poly1.5"),
                         [](const auto& item) {
                           std::string name = item.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

TEST(TableParity, TimeEmbeddingAgrees) {
  const ReferenceFile file("schedules");
  for (const int64_t width : {8, 9, 32}) {
    EXPECT_TRUE(file.close("temb/dim" + std::to_string(width), level_embedding(file.input("temb/t"), width)));
  }
}

TEST(TableParity, RotaryAnglesAgree) {
  const ReferenceFile file("schedules");
  const auto table = rotary_table(6, 8);
  EXPECT_TRUE(file.close("rope/cos", table.cosine));
  EXPECT_TRUE(file.close("rope/sin", table.sine));
}

TEST(TableParity, PatchPositionsAgree) {
  const ReferenceFile file("schedules");
  EXPECT_TRUE(file.close("dit/pos_embed_h24_g2", grid_sin_cos(2, 2, 24).flatten(0, 1)));
  EXPECT_TRUE(file.close("dit/pos_embed_h32_g4", grid_sin_cos(4, 4, 32).flatten(0, 1)));
}

}  // namespace
}  // namespace veil
