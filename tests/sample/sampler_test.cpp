#include "veil/sample/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/toy_denoiser.h"
#include "veil/base/error.h"
#include "veil/sample/sample_trace.h"

namespace veil {
namespace {

using testing::ConstantDenoiser;
using testing::MixingDenoiser;
using testing::toy_options;

torch::Tensor run(Denoiser& network, const SampleOptions& options) { return sample(network, options); }

TEST(SamplerTest, NeverReturnsTheMask) {
  MixingDenoiser network(toy_options(12, 5), 0.0);
  std::vector<MaskScheduleOptions> schedules(3);
  schedules[1].kind = ScheduleKind::kGeometric;
  schedules[2].clip = 0.3;
  for (const auto& schedule : schedules) {
    for (const auto grid : {TimeGridKind::kUniform, TimeGridKind::kCosine}) {
      for (const int64_t steps : {1, 2, 3}) {
        const auto tokens = run(network, {.count = 40, .steps = steps, .grid = grid, .schedule = schedule});
        EXPECT_EQ(tokens.sizes(), (torch::IntArrayRef{40, 12}));
        EXPECT_GE(tokens.min().item<int64_t>(), 0);
        EXPECT_LT(tokens.max().item<int64_t>(), 5);
      }
    }
  }
}

TEST(SamplerTest, ImpossibleValuesDoNotOccur) {
  const float never = -std::numeric_limits<float>::infinity();
  ConstantDenoiser network(toy_options(16, 4), torch::tensor({never, 0.0F, never, 1.0F}));
  const auto tokens = run(network, {.count = 64, .steps = 3});
  EXPECT_TRUE(((tokens == 1) | (tokens == 3)).all().item<bool>());
}

TEST(SamplerTest, SampleKIsTheSameForAnyCountAndFirst) {
  MixingDenoiser network(toy_options(12, 5), 0.0);
  const auto all = run(network, {.count = 64, .steps = 6});
  EXPECT_TRUE(torch::equal(run(network, {.count = 1, .steps = 6}), all.narrow(0, 0, 1)));
  EXPECT_TRUE(torch::equal(run(network, {.count = 16, .steps = 6}), all.narrow(0, 0, 16)));
  for (const int64_t first : {1, 7, 8, 9, 31}) {
    EXPECT_TRUE(torch::equal(run(network, {.count = 11, .first = first, .steps = 6}), all.narrow(0, first, 11)))
        << first;
  }
  // Samples differ from one another, and seeds from one another.
  EXPECT_FALSE(torch::equal(all.narrow(0, 0, 8), all.narrow(0, 8, 8)));
  EXPECT_FALSE(torch::equal(all, run(network, {.count = 64, .steps = 6, .seed = 1})));
}

TEST(SamplerTest, ATraceSeesEverySampleFromAllMaskedToItsEnd) {
  MixingDenoiser network(toy_options(12, 5), 0.0);
  const SampleOptions options{.count = 11, .first = 7, .steps = 6};
  const auto plain = run(network, options);
  auto seen = torch::full({7, 24, 12}, -1, torch::kInt64);  // of samples 0 .. 23, the groups that hold 7 .. 17
  const auto traced = sample(network, options, {}, {}, [&](const SampleMoment& moment) {
    ASSERT_EQ(moment.tokens.sizes(), (torch::IntArrayRef{8, 12}));
    seen[moment.steps_done].narrow(0, moment.first, 8).copy_(moment.tokens);
  });
  EXPECT_TRUE(torch::equal(traced, plain));
  EXPECT_TRUE((seen[0] == 5).all().item<bool>());
  EXPECT_TRUE(torch::equal(seen[6].narrow(0, 7, 11), plain));
  for (int64_t step = 1; step <= 6; ++step) {  // what is revealed stays
    EXPECT_TRUE(((seen[step - 1] == 5) | (seen[step - 1] == seen[step])).all().item<bool>()) << step;
    EXPECT_LT((seen[step] == 5).sum().item<int64_t>(), (seen[step - 1] == 5).sum().item<int64_t>()) << step;
  }
}

// Each masked position is revealed with the probability of its step, so after it a fraction 1 - alpha(s) of all is
// masked.
TEST(SamplerTest, RevealsAsManyPositionsAsTheScheduleSays) {
  constexpr int64_t kLength = 50;
  constexpr int64_t kRows = 400;
  ConstantDenoiser network(toy_options(kLength, 4), torch::zeros({4}));
  const MaskScheduleOptions cosine{.kind = ScheduleKind::kCosine};
  const SampleOptions options{.count = kRows, .steps = 8, .schedule = cosine, .rows_per_call = kRows};
  (void)run(network, options);
  ASSERT_EQ(network.calls.size(), 8U);
  const auto times = time_grid(options.grid, 8);
  for (size_t step = 0; step < 8; ++step) {
    const double masked = MaskSchedule(options.schedule).masked_fraction(times[step]);
    double mean = 0;
    for (const int64_t count : network.calls[step].masked) {
      mean += static_cast<double>(count) / (kLength * kRows);
    }
    EXPECT_NEAR(mean, masked, 4 * std::sqrt(masked * (1 - masked) / (kLength * kRows)) + 1e-12) << "step " << step;
  }
}

TEST(SamplerTest, CallsTheNetworkWithWholeGroupsAndOnlyWhereItReveals) {
  ConstantDenoiser network(toy_options(3, 4), torch::zeros({4}));
  int64_t reported = 0;
  const auto progress = [&](int64_t done, int64_t all) {
    EXPECT_EQ(done, ++reported);
    EXPECT_EQ(all, 200);
  };
  (void)sample(network, {.count = 3, .first = 3, .steps = 100, .rows_per_call = 4}, Compute{}, progress);
  EXPECT_EQ(reported, 200);  // samples 3, 4, 5 lie in two groups of 4
  EXPECT_LE(network.calls.size(), 24U);
  for (const auto& call : network.calls) {
    EXPECT_EQ(call.rows, 4);
    EXPECT_FALSE(call.gradients);
  }
}

TEST(SamplerTest, TellsTheNetworkTheMaskedFractionOrTheTime) {
  ConstantDenoiser fraction(toy_options(10, 4, Condition::kMaskFraction), torch::zeros({4}));
  (void)run(fraction, {.count = 4, .steps = 3, .rows_per_call = 4});
  for (const auto& call : fraction.calls) {
    for (size_t row = 0; row < 4; ++row) {
      EXPECT_FLOAT_EQ(call.noise_level[row], static_cast<float>(call.masked[row]) / 10);
    }
  }
  ConstantDenoiser time(toy_options(10, 4, Condition::kTime), torch::zeros({4}));
  (void)run(time, {.count = 4, .steps = 2, .rows_per_call = 4});
  EXPECT_EQ(time.calls.at(0).noise_level, std::vector<float>(4, 1.0F));
  EXPECT_EQ(time.calls.at(1).noise_level, std::vector<float>(4, 0.5F));
}

TEST(SamplerTest, ClassesComeInTurnUnlessOneIsAskedFor) {
  auto options = toy_options(3, 4);
  options.classes = 3;
  ConstantDenoiser network(options, torch::zeros({4}));
  (void)run(network, {.count = 4, .first = 4, .steps = 1, .rows_per_call = 4});
  EXPECT_EQ(network.calls.at(0).labels, (std::vector<int64_t>{1, 2, 0, 1}));
  (void)run(network, {.count = 4, .steps = 1, .label = 2, .rows_per_call = 4});
  EXPECT_EQ(network.calls.at(1).labels, std::vector<int64_t>(4, 2));
  EXPECT_THROW((void)run(network, {.label = 3}), InvalidArgument);
  ConstantDenoiser without(toy_options(3, 4), torch::zeros({4}));
  EXPECT_THROW((void)run(without, {.label = 0}), InvalidArgument);
}

TEST(SamplerTest, NoClassIsOneMoreLabelOfANetworkThatHasIt) {
  auto options = toy_options(3, 4);
  options.classes = 3;
  options.null_class = true;
  ConstantDenoiser network(options, torch::zeros({4}));
  (void)run(network, {.count = 2, .steps = 1, .label = 3, .rows_per_call = 2});
  EXPECT_EQ(network.calls.at(0).labels, std::vector<int64_t>(2, 3));
  (void)run(network, {.count = 5, .steps = 1, .rows_per_call = 5});
  EXPECT_EQ(network.calls.at(1).labels, (std::vector<int64_t>{0, 1, 2, 0, 1})) << "it has no turn of its own";
  EXPECT_THROW((void)run(network, {.label = 4}), InvalidArgument);
}

TEST(SamplerTest, RunsWithoutDropoutAndRestoresEveryMode) {
  MixingDenoiser network(toy_options(6, 4), 0.5);
  network.train();
  network.dropout()->eval();
  (void)run(network, {.count = 8, .steps = 2});
  EXPECT_FALSE(network.calls.at(0).training);
  EXPECT_TRUE(network.is_training());
  EXPECT_FALSE(network.dropout()->is_training());
  EXPECT_TRUE(torch::GradMode::is_enabled());
}

TEST(SamplerTest, StopsAtLogitsThatAreNotNumbers) {
  ConstantDenoiser network(toy_options(6, 2), torch::tensor({0.0F, std::nanf("")}));
  network.train();
  EXPECT_THROW((void)run(network, {.steps = 2}), NumericalError);
  EXPECT_TRUE(network.is_training());
}

TEST(SamplerTest, StopsWhereNoValueIsPossible) {
  const float never = -std::numeric_limits<float>::infinity();
  ConstantDenoiser network(toy_options(6, 2), torch::tensor({never, never}));
  EXPECT_THROW((void)run(network, {.steps = 2}), NumericalError);
  ConstantDenoiser one(toy_options(6, 2), torch::tensor({never, 0.0F}));
  EXPECT_TRUE(run(one, {.steps = 2}).eq(1).all().item<bool>());
}

TEST(SamplerTest, RefusesOptionsOutOfRange) {
  ConstantDenoiser network(toy_options(6, 2), torch::zeros({2}));
  EXPECT_THROW((void)run(network, {.count = 0}), InvalidArgument);
  EXPECT_THROW((void)run(network, {.first = -1}), InvalidArgument);
  EXPECT_THROW((void)run(network, {.steps = 0}), InvalidArgument);
  EXPECT_THROW((void)run(network, {.temperature = 0.0}), InvalidArgument);
  EXPECT_THROW((void)run(network, {.temperature = std::nan("")}), InvalidArgument);
  EXPECT_THROW((void)run(network, {.rows_per_call = 0}), InvalidArgument);
  EXPECT_THROW((void)run(network, {.label = -2}), InvalidArgument);
}

}  // namespace
}  // namespace veil
