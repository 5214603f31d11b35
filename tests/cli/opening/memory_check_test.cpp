#include "cli/opening/memory_check.h"

#include <c10/util/Exception.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <fstream>
#include <functional>
#include <memory>
#include <new>
#include <numeric>
#include <ostream>
#include <string>
#include <vector>

#include "base/memory.h"
#include "base/torch.h"
#include "veil/base/error.h"
#include "veil/data/dataset.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"
#include "veil/nn/placement.h"

namespace veil::cli {
namespace {

constexpr int64_t kMiB = 1 << 20;

// A field of /proc/self/status in bytes.
int64_t status(const std::string& field) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field + ":")) {
      return std::stoll(line.substr(field.size() + 1)) * 1024;
    }
  }
  return 0;
}

// What `work` adds to the resident memory of this process at its peak, as the kernel counts it; -1 where the kernel
// does not let the mark be set back.
int64_t resident_peak(const std::function<void()>& work) {
  (void)malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
  const int64_t before = status("VmRSS");
  if (before == 0 || status("VmHWM") - before > kMiB) {
    return -1;
  }
  work();
  return status("VmHWM") - before;
}

DenoiserOptions grey_uvit() {
  DenoiserOptions options;
  options.network = NetworkKind::kUViT;
  options.shape = {28, 28, 1};
  options.width = 32;
  options.layers = 1;
  options.head = Head::kLogisticPrior;
  options.value_channels = true;
  options.uvit.width_multipliers = {1, 1, 2};
  options.uvit.dit_layers = 2;
  options.uvit.dit_patch = 1;
  options.uvit.dit_width = 128;
  options.uvit.dit_heads = 4;
  return options;
}

DenoiserOptions colour_unet() {
  DenoiserOptions options;
  options.width = 64;
  options.layers = 4;
  return options;
}

DenoiserOptions text_transformer() {
  DenoiserOptions options;
  options.network = NetworkKind::kTransformer;
  options.shape = {1, 256, 1};
  options.vocab_size = 27;
  options.width = 64;
  options.layers = 4;
  options.transformer.heads = 4;
  return options;
}

DenoiserOptions with_powers(DenoiserOptions options) {
  options.powers = Powers::kSmooth;
  options.condition = Condition::kTime;
  return options;
}

struct Case {
  std::string name;
  DenoiserOptions network;
  int64_t rows;
  Precision precision;
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.name << ", " << each.rows << " rows"; }

class MemoryNeedTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "the sanitizer takes memory of its own";
#endif
    apply_process_options({});
    compute_.precision = GetParam().precision;
    network_ = make_denoiser(GetParam().network);
    initialize(*network_, 0);
  }

  void expect_near(const MemoryNeed& need, const std::function<void()>& work) const {
    const int64_t measured = resident_peak(work);
    if (measured < 0) {
      GTEST_SKIP() << "the kernel does not say how much memory was resident";
    }
    const int64_t estimate = need.of(GetParam().rows);
    RecordProperty("estimate_mib", std::to_string(estimate / kMiB));
    RecordProperty("measured_mib", std::to_string(measured / kMiB));
    SCOPED_TRACE(concat(estimate / kMiB, " MiB are expected, ", measured / kMiB, " MiB were measured"));
    ASSERT_GT(measured, 24 * kMiB) << "too little to tell from noise";
    // The same call differs by a third from run to run and from machine to machine.
    EXPECT_GT(static_cast<double>(estimate), 0.55 * static_cast<double>(measured));
    EXPECT_LT(static_cast<double>(estimate), 1.6 * static_cast<double>(measured));
  }

  [[nodiscard]] TensorDataset examples(int64_t count) const {
    const auto& network = GetParam().network;
    DatasetInfo info{.name = "made up", .split = "test", .shape = network.shape, .vocab_size = network.vocab_size};
    return {info, torch::zeros({count, network.shape.length()}, torch::kUInt8)};
  }

  Compute compute_;
  std::shared_ptr<Denoiser> network_;
};

TEST_P(MemoryNeedTest, OfAnUpdate) {
  place(*network_, compute_, /*training=*/true);
  auto state = make_train_state(network_, {}, 10);
  StepSettings settings;
  settings.compute = compute_;
  settings.objective.form = GetParam().network.powers == Powers::kNone ? ObjectiveForm::kCount : ObjectiveForm::kTime;
  const auto before = state.optimizer.parameters().values().clone();
  const auto need = memory_to_train(state, settings, GetParam().rows);
  EXPECT_TRUE(state.optimizer.parameters().values().equal(before));
  EXPECT_EQ(state.optimizer.parameters().gradients().count_nonzero().item<int64_t>(), 0);
  const auto data = examples(GetParam().rows);
  std::vector<int64_t> all(static_cast<size_t>(GetParam().rows));
  std::iota(all.begin(), all.end(), 0);
  const auto batch = data.get(all);
  expect_near(need, [&] { (void)train_step(state, batch, settings); });
}

TEST_P(MemoryNeedTest, OfACallOfEvaluation) {
  place(*network_, compute_, /*training=*/false);
  EvaluationOptions options;
  options.form = GetParam().network.powers == Powers::kNone ? ObjectiveForm::kCount : ObjectiveForm::kTime;
  options.rows_per_call = GetParam().rows;
  options.passes = 8;
  const auto need = memory_to_evaluate(*network_, 0, compute_, options.rows_per_call);
  const auto data = examples((GetParam().rows + 7) / 8);
  expect_near(need, [&] { (void)evaluate(*network_, data, options, compute_); });
}

TEST_P(MemoryNeedTest, OfACallOfSampling) {
  place(*network_, compute_, /*training=*/false);
  SampleOptions options;
  options.rows_per_call = options.count = GetParam().rows;
  options.steps = 2;
  const auto need = memory_to_sample(*network_, options, compute_, options.rows_per_call);
  expect_near(need, [&] { (void)sample(*network_, options, compute_); });
}

INSTANTIATE_TEST_SUITE_P(Networks, MemoryNeedTest,
                         testing::Values(Case{"uvit", grey_uvit(), 64, Precision::kFloat32},
                                         Case{"uvit_bfloat16", grey_uvit(), 64, Precision::kBFloat16},
                                         Case{"uvit_few", grey_uvit(), 12, Precision::kFloat32},
                                         Case{"powers", with_powers(grey_uvit()), 32, Precision::kFloat32},
                                         Case{"unet", colour_unet(), 16, Precision::kFloat32},
                                         Case{"transformer", text_transformer(), 32, Precision::kFloat32}),
                         [](const auto& each) { return each.param.name; });

std::string refusal(const BatchSetting& setting, const MemoryNeed& need) {
  try {
    require_memory(setting, need, torch::kCPU);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

TEST(RequireMemoryTest, WhatFitsIsNotRefused) {
  EXPECT_EQ(refusal({.key = "a.b", .rows = 1'000'000, .part_of = 0, .remark = ""}, {}), "");
  EXPECT_EQ(refusal({.key = "a.b", .rows = 4, .part_of = 0, .remark = ""}, {.fixed = kMiB, .per_row = kMiB}), "");
}

TEST(RequireMemoryTest, TheAdviceFits) {
  const int64_t available = available_memory(torch::kCPU).value_or(0);
  ASSERT_GT(available, 64 * kMiB);
  const BatchSetting setting{.key = "train.micro_batch_size", .rows = 96, .part_of = 96, .remark = ": no matter"};
  const auto text = refusal(setting, {.fixed = 0, .per_row = available / 20});
  EXPECT_NE(text.find("train.micro_batch_size: 96 examples at once take about "), std::string::npos) << text;
  EXPECT_NE(text.find("; try train.micro_batch_size = 8: no matter"), std::string::npos) << text;  // at most half of 20
  EXPECT_NE(refusal(setting, {.fixed = 0, .per_row = available}).find("not even one example fits"), std::string::npos);
}

TEST(RequireMemoryTest, AnUpdateIsCutByItsMicroBatches) {
  TrainOptions options;
  options.batch_size = 100;
  EXPECT_EQ(batch_setting(options).rows, 100);
  options.micro_batch_size = 20;
  EXPECT_EQ(batch_setting(options).rows, 20);
  EXPECT_EQ(fitting_rows(batch_setting(options), 19), 10);
}

template <typename Error>
std::string advice_on(const Error& error) {
  try {
    with_batch_advice({.key = "sample.rows_per_call", .rows = 9, .part_of = 0, .remark = ""}, [&] { throw error; });
  } catch (const OutOfMemory& found) {
    return found.what();
  } catch (const std::exception& found) {
    return std::string("passed on: ") + found.what();
  }
  return "";
}

TEST(WithBatchAdviceTest, RunningOutOfMemoryNamesTheSetting) {
  const std::string wanted = "out of memory with 9 examples at once; try sample.rows_per_call = 4";
  EXPECT_EQ(advice_on(std::bad_alloc()), wanted);
  EXPECT_EQ(advice_on(c10::OutOfMemoryError({__func__, __FILE__, 1}, "CUDA out of memory. Tried to allocate 2 GiB")),
            wanted);
  EXPECT_EQ(advice_on(c10::Error({__func__, __FILE__, 1}, "DefaultCPUAllocator: can't allocate memory: you tried")),
            wanted);
  EXPECT_EQ(advice_on(std::runtime_error("CUDA error: out of memory")), wanted);
  EXPECT_EQ(advice_on(InvalidArgument("a batch of 9")), "passed on: a batch of 9");
  EXPECT_EQ(advice_on(OutOfMemory("as it was")), "as it was");
  EXPECT_EQ(with_batch_advice({.key = "", .rows = 1, .part_of = 0, .remark = ""}, [] { return 7; }), 7);
}

}  // namespace
}  // namespace veil::cli
