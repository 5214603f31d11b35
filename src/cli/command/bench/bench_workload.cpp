#include "cli/command/bench/bench_workload.h"

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/opening/memory_check.h"
#include "veil/base/random.h"
#include "veil/data/batch_stream.h"
#include "veil/evaluate/evaluator.h"
#include "veil/io/config/resolve.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"
#include "veil/nn/placement.h"
#include "veil/sample/sampler.h"
#include "veil/train/trainer.h"

namespace veil::cli {
namespace {

std::shared_ptr<Denoiser> new_network(const io::ResolvedRun& run, uint64_t seed, const Compute& compute,
                                      bool training) {
  auto network = make_denoiser(run.spec.network);
  initialize(*network, seed);
  place(*network, compute, training);
  return network;
}

Workload training(const io::RunConfig& config, const io::ResolvedRun& run, const Dataset& dataset,
                  const Compute& compute) {
  auto network = new_network(run, config.train.seed, compute, /*training=*/true);
  const int64_t parameters = count_parameters(*network);
  auto state = std::make_shared<TrainState>(make_train_state(network, config.optimizer, config.train.steps));
  require_memory_to_train(*state, run, compute);
  auto stream = std::make_shared<BatchStream>(dataset, run.stream);
  StepSettings settings = run.step;
  settings.compute = compute;
  const auto step = [state, stream, settings, setting = batch_setting(config.train)] {
    with_batch_advice(setting, [&] {
      (void)train_step(*state, stream->next(), settings).bits_per_dim.item<float>();  // sync: the end of what is timed
    });
  };
  return {.step = step, .images = config.train.batch_size, .parameters = parameters, .is_training = true};
}

Workload evaluation(const io::RunConfig& config, const io::ResolvedRun& run, const Dataset& dataset,
                    const Compute& compute) {
  auto network = new_network(run, config.train.seed, compute, /*training=*/false);
  EvaluationOptions options = run.evaluation;
  options.limit = std::min(options.batch_size, dataset.size());
  require_memory_to_evaluate(*network, options, options.limit, compute);
  const auto step = [network, options, &dataset, compute] {
    with_batch_advice(batch_setting(options), [&] { (void)evaluate(*network, dataset, options, compute); });
  };
  return {.step = step, .images = options.limit, .parameters = count_parameters(*network)};
}

Workload sampling(const io::RunConfig& config, const io::ResolvedRun& run, const Compute& compute) {
  auto network = new_network(run, config.train.seed, compute, /*training=*/false);
  const SampleOptions options = run.sample;
  require_memory_to_sample(*network, options, compute);
  const auto step = [network, options, compute] {
    with_batch_advice(batch_setting(options), [&] { (void)sample(*network, options, compute); });
  };
  return {.step = step, .images = options.count, .parameters = count_parameters(*network)};
}

}  // namespace

Workload make_workload(const std::string& name, const io::RunConfig& config, const Dataset& dataset,
                       const Compute& compute) {
  const io::ResolvedRun run = io::resolve(config, dataset.info());
  if (name == "train") {
    return training(config, run, dataset, compute);
  }
  if (name == "evaluate") {
    return evaluation(config, run, dataset, compute);
  }
  require<UsageError>(name == "sample", "veil bench got \"", shortened(name),
                      "\", want train, evaluate, sample, data or estimators");
  return sampling(config, run, compute);
}

std::unique_ptr<Dataset> synthetic_dataset() {
  constexpr int64_t kExamples = 256;
  const DatasetInfo info{.name = "synthetic", .split = "train", .shape = {32, 32, 3}, .class_names = {}};
  torch::Tensor tokens = torch::empty({kExamples, info.shape.length()}, torch::kUInt8);
  auto* values = tokens.data_ptr<uint8_t>();
  std::vector<uint32_t> words(static_cast<size_t>(info.shape.length()));
  for (int64_t example = 0; example < kExamples; ++example) {
    fill_words({.seed = 0, .purpose = NoisePurpose::kInitialize}, static_cast<uint64_t>(example), words.data(),
               info.shape.length());
    for (const uint32_t word : words) {
      *values++ = static_cast<uint8_t>(word >> 24);
    }
  }
  return std::make_unique<TensorDataset>(info, tokens);
}

}  // namespace veil::cli
