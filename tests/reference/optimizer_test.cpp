// AdamW, learning rates and the moving average, from recorded gradients.
#include "veil/train/optimizer.h"

#include <gtest/gtest.h>

#include "base/torch.h"
#include "reference/reference_file.h"
#include "reference/reference_optimizer.h"
#include "veil/base/error.h"

namespace veil {
namespace {

using test::ReferenceFile;

// The two parameters of the file.
struct Pair : torch::nn::Module {
  explicit Pair(const ReferenceFile& file)
      : bias(register_parameter("bias", file.input("p0/bias").clone())),
        kernel(register_parameter("kernel", file.input("p0/kernel").clone())) {}
  torch::Tensor bias;
  torch::Tensor kernel;
};

class OptimizerState : public testing::Test {
 protected:
  void expect_state(Optimizer& optimizer, const std::string& path) {
    const auto average = optimizer.parameters().named(optimizer.average());
    EXPECT_TRUE(file_.close(path + "/param/bias", pair_.bias));
    EXPECT_TRUE(file_.close(path + "/param/kernel", pair_.kernel));
    EXPECT_TRUE(file_.close(path + "/ema/bias", average[0].second));
    EXPECT_TRUE(file_.close(path + "/ema/kernel", average[1].second));
  }

  // The mean of p g over the recorded gradients first .. last - 1, as the reference's test loss has it.
  [[nodiscard]] torch::Tensor mean_product(int64_t first, int64_t last) const {
    auto sum = torch::zeros({});
    for (int64_t b = first; b < last; ++b) {
      const std::string g = concat("g", b);
      sum = sum + (pair_.bias * file_.input(g + "/bias")).sum() + (pair_.kernel * file_.input(g + "/kernel")).sum();
    }
    return sum / static_cast<double>(last - first);
  }

  ReferenceFile file_{"optimiser"};
  Pair pair_{file_};
};

class OptimizerParity : public OptimizerState, public testing::WithParamInterface<const char*> {};

TEST_P(OptimizerParity, FiveUpdatesAgree) {
  const auto& entry = file_.entry().at("cases").at(GetParam());
  const auto options = test::optimizer_options(entry);
  const auto total = entry.at("num_train_steps").get<int64_t>();
  // The reference clips every number by itself, which the optimiser here does not do: the test does.
  const double clip = entry.at("clip");
  Optimizer optimizer(ParameterVector(pair_), options, total);
  std::vector<double> rates;
  for (int64_t step = 0; step < 5; ++step) {
    const std::string g = concat("g", step);
    auto gradient = torch::cat({file_.input(g + "/bias").flatten(), file_.input(g + "/kernel").flatten()});
    if (clip > 0) {
      gradient = gradient.clamp(-clip, clip);
    }
    optimizer.parameters().gradients().copy_(gradient);
    optimizer.step(step);
    rates.push_back(learning_rate_at(options, step, total));
    expect_state(optimizer, std::string(GetParam()) + "/step" + std::to_string(step + 1));
  }
  EXPECT_TRUE(file_.close(std::string(GetParam()) + "/lr", torch::tensor(rates, torch::kFloat64)));
}

INSTANTIATE_TEST_SUITE_P(Cases, OptimizerParity, testing::Values("cosine", "constant_noclip", "clip", "nodecay"),
                         [](const auto& item) { return std::string(item.param); });

// The reference adds the gradients of micro-batches where veil adds gradients of parts of one mean: Adam does not see
// the factor of two, but for epsilon. Given its sums, the updates are its own.
TEST_F(OptimizerState, MicroBatchesAgree) {
  const auto& entry = file_.entry().at("cases").at("cosine");
  Optimizer optimizer(ParameterVector(pair_), test::optimizer_options(entry), entry.at("num_train_steps"));
  torch::Tensor loss;
  for (int64_t step = 0; step < 2; ++step) {
    loss = (mean_product(0, 2) + mean_product(2, 4)) / 2;
    (mean_product(0, 2) + mean_product(2, 4)).backward();
    optimizer.step(step);
  }
  EXPECT_TRUE(file_.close("microbatch/loss_step2", loss));
  EXPECT_TRUE(file_.close("microbatch/step2/param/bias", pair_.bias));
  EXPECT_TRUE(file_.close("microbatch/step2/param/kernel", pair_.kernel));
}

TEST(LearningRateParity, CurvesAgree) {
  const ReferenceFile file("optimiser");
  const auto steps = file.input("lr_curve/step").to(torch::kInt64);
  for (const auto& [name, decay] :
       {std::pair{"cosine", LearningRateDecay::kCosine}, std::pair{"constant", LearningRateDecay::kConstant}}) {
    const OptimizerOptions options{.learning_rate = 2e-4, .decay = decay, .warmup_steps = 100};
    std::vector<double> rates;
    for (int64_t i = 0; i < steps.numel(); ++i) {
      rates.push_back(learning_rate_at(options, steps[i].item<int64_t>(), 20000));
    }
    EXPECT_TRUE(file.close(std::string("lr_curve/") + name, torch::tensor(rates, torch::kFloat64)));
  }
}

}  // namespace
}  // namespace veil
