#include "veil/train/trainer.h"

#include <c10/util/Type.h>

#include <algorithm>
#include <typeinfo>
#include <utility>

#include "train/label_dropout.h"
#include "veil/base/error.h"
#include "veil/base/random.h"
#include "veil/nn/make_denoiser.h"

namespace veil {
namespace {

TokenBatch rows(const TokenBatch& batch, int64_t first, int64_t last) {
  return {.tokens = batch.tokens.slice(0, first, last),
          .labels = batch.labels ? std::optional(batch.labels->slice(0, first, last)) : std::nullopt,
          .example_ids = batch.example_ids.slice(0, first, last)};
}

void seed_dropout(uint64_t seed, int64_t step) {
  const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kDropout, .round = static_cast<uint64_t>(step)};
  const auto words = philox_block(key, 0, 0);
  torch::manual_seed(static_cast<uint64_t>(words[0]) << 32 | words[1]);
}

// The batch as training sees it.
TokenBatch with_dropped_labels(const TokenBatch& batch, const DenoiserOptions& network, const StepSettings& settings,
                               int64_t step) {
  TokenBatch seen = batch;
  if (settings.label_dropout > 0) {
    require(network.null_class && batch.labels.has_value(), "label_dropout is ", settings.label_dropout,
            ", want 0 for ", network.null_class ? "data without labels" : "a network without null_class");
    const NoiseKey key{settings.seed, NoisePurpose::kLabelDropout, static_cast<uint64_t>(step)};
    seen.labels = drop_labels(*batch.labels, batch.example_ids, settings.label_dropout, network.classes, key);
  }
  return seen;
}

// Every forward pass of the average sees what training has made of the buffers, running statistics for example.
void share_buffers(const Denoiser& from, Denoiser& to) {
  const auto buffers = from.named_buffers();
  auto twins = to.named_buffers();
  require(buffers.size() == twins.size(), "the twin has ", twins.size(), " buffers, want ", buffers.size(),
          ", as the network");
  for (const auto& item : buffers) {
    auto* twin = twins.find(item.key());
    require(twin != nullptr && twin->sizes() == item.value().sizes() && twin->dtype() == item.value().dtype(),
            "buffer ", item.key(), " of the network has no like in the twin");
    twin->set_data(item.value());
  }
}

}  // namespace

TrainState make_train_state(std::shared_ptr<Denoiser> denoiser, const OptimizerOptions& optimizer,
                            int64_t total_steps) {
  const Denoiser& given = *denoiser;
  require(is_built_in(given), "the network is of a class of its own, ", c10::demangle(typeid(given).name()),
          ": give make_train_state(network, twin, …) a second one, built alike, for the moving average");
  auto twin = make_denoiser(given.options(), given.parameters().front().device());
  return make_train_state(std::move(denoiser), std::move(twin), optimizer, total_steps);
}

TrainState make_train_state(std::shared_ptr<Denoiser> denoiser, std::shared_ptr<Denoiser> twin,
                            const OptimizerOptions& optimizer, int64_t total_steps) {
  require(denoiser != twin, "the twin is the network itself, want a second one, built alike");
  const Denoiser& other = *twin;
  const Denoiser& given = *denoiser;
  require(typeid(other) == typeid(given), "the twin is of class ", c10::demangle(typeid(other).name()), ", want ",
          c10::demangle(typeid(given).name()), ", the network's");
  TrainState state{.denoiser = denoiser,
                   .average = twin,
                   .optimizer = Optimizer(ParameterVector(*denoiser), optimizer, total_steps)};
  state.optimizer.parameters().bind(*twin, state.optimizer.average());
  share_buffers(*denoiser, *twin);
  twin->eval();
  denoiser->train();
  return state;
}

StepReport train_step(TrainState& state, const TokenBatch& batch, const StepSettings& settings) {
  const int64_t size = batch.size();
  const int64_t micro = settings.micro_batch_size > 0 ? settings.micro_batch_size : size;
  const double scale = bits_per_dim(1.0, batch.tokens.size(1)) / static_cast<double>(size);
  const auto seen = with_dropped_labels(batch, state.denoiser->options(), settings, state.step);
  seed_dropout(settings.seed, state.step);
  StepReport report{.bits_per_dim = torch::zeros({}, torch::TensorOptions(settings.compute.device))};
  for (int64_t first = 0; first < size; first += micro) {
    const auto part = rows(seen, first, std::min(size, first + micro));
    const NoiseContext noise{.seed = settings.seed, .step = state.step, .first = first, .global_size = size};
    torch::Tensor loss;
    {
      const ScopedPrecision autocast(settings.compute);
      const auto terms =
          continuous_time_loss(*state.denoiser, part, settings.objective, noise, settings.compute.device);
      loss = terms.total().sum() * scale;
    }
    loss.backward();
    report.bits_per_dim += loss.detach();
  }
  state.optimizer.step(state.step);
  ++state.step;
  return report;
}

bool train(TrainState& state, BatchStream& stream, int64_t steps, const StepSettings& settings,
           const std::vector<TrainObserver*>& observers) {
  stream.seek(state.step);
  bool go_on = true;
  while (go_on && state.step < steps) {
    const auto report = train_step(state, stream.next(), settings);
    for (auto* observer : observers) {
      go_on = observer->on_step(state, report) && go_on;
    }
  }
  return state.step >= steps;
}

}  // namespace veil
