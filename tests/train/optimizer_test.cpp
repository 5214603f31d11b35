#include "veil/train/optimizer.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/embedding.h>

#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/torch.h"
#include "veil/base/error.h"
#include "veil/nn/layers/layers.h"
#include "veil/nn/make_denoiser.h"

namespace veil {
namespace {

// Two parameters of different shapes with known values.
struct PairImpl : torch::nn::Module {
  PairImpl() {
    first = register_parameter("first", torch::tensor({{0.5F, -1.0F}, {2.0F, 0.25F}}));
    second = register_parameter("second", torch::tensor({-0.75F, 3.0F}));
  }
  torch::Tensor first;
  torch::Tensor second;
};
TORCH_MODULE(Pair);

// AdamW and the moving average as their definitions read, in float64.
struct Definition {
  std::vector<double> p, m, v, e;
  int count = 0;

  void step(const std::vector<double>& g, const OptimizerOptions& o, double rate, double decay) {
    ++count;
    for (size_t i = 0; i < p.size(); ++i) {
      m[i] = o.beta1 * m[i] + (1 - o.beta1) * g[i];
      v[i] = o.beta2 * v[i] + (1 - o.beta2) * g[i] * g[i];
      const double m_hat = m[i] / (1 - std::pow(o.beta1, count));
      const double v_hat = v[i] / (1 - std::pow(o.beta2, count));
      p[i] -= rate * (m_hat / (std::sqrt(v_hat) + o.epsilon) + o.weight_decay * p[i]);
      e[i] = decay * e[i] + (1 - decay) * p[i];
    }
  }
};

const std::vector<double> kStart{0.5, -1.0, 2.0, 0.25, -0.75, 3.0};

std::vector<double> gradient_of(int step) {
  std::vector<double> gradient;
  for (int i = 0; i < 6; ++i) {
    gradient.push_back(std::sin(1.7 * step + i) * std::pow(10.0, i - 3));
  }
  return gradient;
}

void expect_near(const torch::Tensor& got, const std::vector<double>& want) {
  ASSERT_EQ(got.numel(), static_cast<int64_t>(want.size()));
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(got.flatten()[static_cast<int64_t>(i)].item<double>(), want[i], 2e-6 * (1 + std::abs(want[i]))) << i;
  }
}

TEST(OptimizerTest, FollowsTheDefinitionOfAdamWAndOfTheMovingAverage) {
  Pair pair;
  const OptimizerOptions options{.learning_rate = 0.05, .warmup_steps = 3, .weight_decay = 0.1, .ema_decay = 0.6};
  Optimizer optimizer(ParameterVector(*pair), options, 20);
  Definition want{kStart, std::vector<double>(6), std::vector<double>(6), kStart};
  for (int step = 0; step < 8; ++step) {
    const auto gradient = gradient_of(step);
    optimizer.parameters().gradients().copy_(torch::tensor(gradient, torch::kFloat64));
    optimizer.step(step);
    want.step(gradient, options, learning_rate_at(options, step, 20), ema_decay_at(options, step));
  }
  expect_near(torch::cat({pair->first.detach().flatten(), pair->second.detach()}), want.p);
  expect_near(optimizer.first_moments(), want.m);
  expect_near(optimizer.second_moments(), want.v);
  expect_near(optimizer.average(), want.e);
  EXPECT_EQ(optimizer.update_count().item<float>(), 8);
}

// A table of its own, an embedding of each kind, a weight and a bias, in an order that mixes the two groups.
struct SixImpl : torch::nn::Module {
  SixImpl() {
    rows = register_module("rows", std::make_shared<Embedding>(2, 3, torch::kCPU));
    matrix = register_module("matrix",
                             std::make_shared<Linear>(LinearOptions{.in = 2, .out = 2, .weight = {}}, torch::kCPU));
    torch_rows = register_module("torch_rows", torch::nn::Embedding(2, 1));
    own = register_parameter("own", torch::zeros({2, 2}));
  }
  std::shared_ptr<Linear> matrix;
  std::shared_ptr<Embedding> rows;
  torch::nn::Embedding torch_rows{nullptr};
  torch::Tensor own;
};
TORCH_MODULE(Six);

// Which of the numbers are weights of products: `own` [4], matrix.weight [4]; not matrix.bias [2], rows [6],
// torch_rows [2].
const std::map<std::string, bool> kIsMatrix{{"own", true},
                                            {"matrix.weight", true},
                                            {"matrix.bias", false},
                                            {"rows.weight", false},
                                            {"torch_rows.weight", false}};

TEST(OptimizerTest, WeightDecayCanBeOfMatricesAlone) {
  for (const bool matrices : {false, true}) {
    Six six;
    torch::manual_seed(1);
    OptimizerOptions options;
    options.learning_rate = 0.05;
    options.warmup_steps = 0;
    options.weight_decay = 0.5;
    options.ema_decay = 0.6;
    options.decayed = matrices ? WeightDecayOf::kMatrices : WeightDecayOf::kAll;
    Optimizer optimizer(ParameterVector(*six), options, 20);
    auto& parameters = optimizer.parameters();
    parameters.values().copy_(torch::randn({18}));
    optimizer.average().copy_(parameters.values());
    std::map<std::string, Definition> want;
    for (const auto& [name, tensor] : parameters.named(parameters.values())) {
      const auto flat = tensor.flatten().to(torch::kFloat64);
      const std::vector<double> start(flat.const_data_ptr<double>(), flat.const_data_ptr<double>() + flat.numel());
      want[name] = {start, std::vector<double>(start.size()), std::vector<double>(start.size()), start};
    }
    for (int step = 0; step < 5; ++step) {
      parameters.gradients().copy_(torch::randn({18}));
      for (const auto& [name, tensor] : parameters.named(parameters.gradients())) {
        const auto flat = tensor.flatten().to(torch::kFloat64);
        auto own = options;
        own.weight_decay = matrices && !kIsMatrix.at(name) ? 0.0 : 0.5;
        want.at(name).step({flat.const_data_ptr<double>(), flat.const_data_ptr<double>() + flat.numel()}, own,
                           learning_rate_at(options, step, 20), ema_decay_at(options, step));
      }
      optimizer.step(step);
    }
    for (const auto& [name, tensor] : parameters.named(parameters.values())) {
      SCOPED_TRACE(name);
      expect_near(tensor, want.at(name).p);
    }
    for (const auto& [name, tensor] : parameters.named(optimizer.average())) {
      SCOPED_TRACE(name);
      expect_near(tensor, want.at(name).e);
    }
    EXPECT_EQ(optimizer.update_count().item<float>(), 5);
  }
}

TEST(OptimizerTest, TheNetworksOfVeilDecayTheWeightsOfTheirProducts) {
  DenoiserOptions options{.network = NetworkKind::kUViT, .shape = {4, 4, 1}, .vocab_size = 8, .width = 32, .layers = 1};
  options.classes = 3;
  options.uvit = {.width_multipliers = {1}, .dit_layers = 1, .dit_width = 16, .dit_heads = 2};
  const auto network = make_denoiser(options);
  std::set<std::string> left_out;
  for (const auto& module : network->named_modules()) {
    for (const auto& item : module.value()->named_parameters(/*recurse=*/false)) {
      if (item.value().dim() > 1 && !is_matrix(*module.value(), item.key(), item.value())) {
        left_out.insert(concat(module.key(), ".", item.key()));
      }
    }
  }
  EXPECT_EQ(left_out, (std::set<std::string>{"condition.label.weight", "core.position", "stem.embedding.weight"}));
}

TEST(OptimizerTest, ANonFiniteGradientChangesNothingAndIsCounted) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Pair pair;
    Optimizer optimizer(ParameterVector(*pair), {.learning_rate = 0.1, .warmup_steps = 0, .clip_norm = 1.0}, 10);
    optimizer.parameters().gradients().fill_(0.5);
    optimizer.step(0);
    const auto state = [&] {
      return std::vector<torch::Tensor>{optimizer.parameters().values().clone(), optimizer.average().clone(),
                                        optimizer.first_moments().clone(), optimizer.second_moments().clone(),
                                        optimizer.update_count().clone()};
    };
    const auto before = state();
    for (int step = 1; step <= 2; ++step) {
      optimizer.parameters().gradients()[3] = bad;
      optimizer.step(step);
      EXPECT_EQ(optimizer.skipped().item<float>(), 1);
    }
    const auto after = state();
    for (size_t i = 0; i < before.size(); ++i) {
      EXPECT_TRUE(before[i].equal(after[i])) << i;
    }
    EXPECT_EQ(optimizer.skipped_in_row().item<float>(), 2);
    optimizer.parameters().gradients().fill_(0.5);
    optimizer.step(3);
    EXPECT_EQ(optimizer.skipped_in_row().item<float>(), 0);
    EXPECT_EQ(optimizer.skipped_total().item<float>(), 2);
    EXPECT_FALSE(optimizer.parameters().values().equal(before[0]));
  }
}

TEST(OptimizerTest, ClippingScalesTheWholeGradientToTheNorm) {
  Pair pair;
  Optimizer optimizer(ParameterVector(*pair), {.learning_rate = 1, .warmup_steps = 0, .beta1 = 0, .clip_norm = 1.5},
                      10);
  const std::vector<double> gradient{3, 0, 0, 4, 0, 0};
  optimizer.parameters().gradients().copy_(torch::tensor(gradient));
  optimizer.step(0);
  EXPECT_FLOAT_EQ(optimizer.gradient_norm().item<float>(), 5);
  expect_near(optimizer.first_moments(), {0.9, 0, 0, 1.2, 0, 0});  // beta1 = 0: the clipped gradient itself
}

TEST(OptimizerTest, LearningRateWarmsUpAndDecaysAsTheReferenceDoes) {
  const OptimizerOptions cosine{.learning_rate = 2.0, .warmup_steps = 10};
  EXPECT_EQ(learning_rate_at(cosine, 0, 110), 0.0);
  EXPECT_DOUBLE_EQ(learning_rate_at(cosine, 5, 110), 1.0);
  EXPECT_DOUBLE_EQ(learning_rate_at(cosine, 10, 110), 2.0);
  EXPECT_DOUBLE_EQ(learning_rate_at(cosine, 60, 110), 1.0);
  EXPECT_NEAR(learning_rate_at(cosine, 110, 110), 0.0, 1e-15);
  const OptimizerOptions constant{.learning_rate = 2.0, .decay = LearningRateDecay::kConstant, .warmup_steps = 0};
  EXPECT_EQ(learning_rate_at(constant, 0, 10), 2.0);
  EXPECT_EQ(learning_rate_at(constant, 9, 10), 2.0);
}

TEST(OptimizerTest, ATrapezoidRisesStaysAndFallsOverItsLastSteps) {
  OptimizerOptions options;
  options.learning_rate = 2.0;
  options.decay = LearningRateDecay::kTrapezoid;
  options.warmup_steps = 10;
  options.decay_steps = 20;
  const std::pair<int64_t, double> wanted[] = {{0, 0.0},  {5, 1.0},  {10, 2.0}, {50, 2.0},
                                               {80, 2.0}, {90, 1.0}, {99, 0.1}, {100, 0.0}};
  for (const auto& [step, rate] : wanted) {
    EXPECT_DOUBLE_EQ(learning_rate_at(options, step, 100), rate) << step;
  }
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 99, 200), 2.0);  // of a run that was extended
  options.decay_steps = 95;                                   // they overlap: the lower of the two
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 5, 100), 1.0);
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 8, 100), 1.6);
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 43, 100), 1.2);
  options.decay_steps = 0;
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 99, 100), 2.0);
}

TEST(OptimizerTest, AverageDecayWarmsUp) {
  EXPECT_DOUBLE_EQ(ema_decay_at({}, 0), 0.1);
  EXPECT_DOUBLE_EQ(ema_decay_at({}, 90), 0.91);
  EXPECT_DOUBLE_EQ(ema_decay_at({}, 10'000'000), 0.9999);
  EXPECT_DOUBLE_EQ(ema_decay_at({.ema_warmup = false}, 0), 0.9999);
}

TEST(OptimizerTest, NamedTensorsAreViewsAndRoundTrip) {
  Pair pair;
  ParameterVector parameters(*pair);
  const auto named = parameters.named(parameters.values());
  ASSERT_EQ(named.size(), 2U);
  EXPECT_EQ(named[0].first, "first");
  EXPECT_EQ(named[1].second.sizes(), (std::vector<int64_t>{2}));
  EXPECT_EQ(named[0].second.data_ptr(), pair->first.data_ptr());
  const auto copy = torch::zeros_like(parameters.values());
  parameters.assign(copy, named);
  EXPECT_TRUE(copy.equal(parameters.values()));
  EXPECT_THROW(parameters.assign(copy, {named[1], named[0]}), InvalidArgument);
}

TEST(OptimizerTest, RefusesOptionsOutOfRange) {
  for (const auto& options : {OptimizerOptions{.learning_rate = 0}, OptimizerOptions{.beta1 = 1},
                              OptimizerOptions{.epsilon = 0}, OptimizerOptions{.ema_decay = 1}}) {
    Pair pair;
    EXPECT_THROW(Optimizer(ParameterVector(*pair), options, 10), InvalidArgument);
  }
  try {
    Pair pair;
    const Optimizer optimizer(ParameterVector(*pair), {.learning_rate = 0}, 10);
    FAIL() << "a learning rate of 0 was accepted";
  } catch (const InvalidOption& error) {
    EXPECT_STREQ(error.what(), "learning_rate is 0, want a number in (0, 10]");
  }
}

}  // namespace
}  // namespace veil
