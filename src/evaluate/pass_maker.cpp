#include "evaluate/pass_maker.h"

#include <utility>

#include "base/torch.h"
#include "evaluate/dataset_check.h"
#include "objective/value_schedule.h"
#include "veil/base/random.h"
#include "veil/nn/token_powers.h"

namespace veil {
namespace {

// Makes the passes of one example after the other.
class PassMaker {
 public:
  PassMaker(const Denoiser& denoiser, const EvaluationOptions& options, const Bound& bound)
      : options_(options), bound_(bound), ends_(bound.ends()) {
    if (bound.schedule().is_by_value()) {
      const auto values = torch::arange(denoiser.options().vocab_size).unsqueeze(1);  // as examples of one token
      const auto powers = denoiser.powers()->values().detach().to(torch::kCPU, torch::kFloat64);
      reconstruction_ = value_reconstruction(values, powers, options.first_time, /*clip=*/0.0);
    }
  }

  // Pass `pass` of example `row` of `batch`; its index is left to the caller.
  [[nodiscard]] PassRow make(const TokenBatch& batch, int64_t row, int64_t pass) const {
    const auto id = batch.example_ids.narrow(0, row, 1).contiguous();
    PassRow made = row_of(batch, row);
    const double level = level_of(id.const_data_ptr<int64_t>()[0], pass);
    auto one = bound_.pass(made.x0, id, std::span(&level, 1),
                           {options_.seed, NoisePurpose::kEvaluationMask, static_cast<uint64_t>(pass)});
    made.masked = std::move(one.masked);
    made.level = one.levels.front();
    made.scale = one.scales.front();
    made.constant = constant_of(made.x0);
    return made;
  }

 private:
  // Count form: stratified within the replicate; time form: one offset for all its passes.
  [[nodiscard]] double level_of(int64_t id, int64_t pass) const {
    const int64_t size = options_.passes / options_.replicates;
    const NoiseKey key{options_.seed, NoisePurpose::kEvaluationLevel, static_cast<uint64_t>(pass / size)};
    return options_.form == ObjectiveForm::kCount ? stratified_level(key, id, pass % size, size)
                                                  : shifted_level(key, id, pass % size, size);
  }

  [[nodiscard]] double constant_of(const torch::Tensor& x0) const {
    const double reconstruction = bound_.schedule().is_by_value()
                                      ? reconstruction_.index_select(0, x0.flatten()).sum().item<double>()
                                      : ends_.reconstruction;
    return reconstruction + ends_.prior;
  }

  const EvaluationOptions& options_;
  const Bound& bound_;
  Ends ends_;
  torch::Tensor reconstruction_;  // schedules by value: float64 [V], nats of a token of each value
};

}  // namespace

Bound bound_of(const Denoiser& denoiser, const EvaluationOptions& options) {
  BoundOptions bound{.form = options.form, .schedule = options.schedule, .first_time = options.first_time};
  if (denoiser.powers() != nullptr) {
    bound.schedule.clip = 0.0;
  }
  return {denoiser, bound};
}

void run_rows(Denoiser& denoiser, const Dataset& dataset, std::span<const int64_t> indices, int64_t passes,
              const EvaluationOptions& options, const Compute& compute, const MakePass& make,
              const PassQueue::Sink& sink, const std::function<void(int64_t)>& tell) {
  PassQueue queue(denoiser, options.rows_per_call, compute.device, sink);
  for_each_batch_of(dataset, indices, options.batch_size, [&](const TokenBatch& batch, int64_t first) {
    for (int64_t i = 0; i < batch.size() * passes; ++i) {
      PassRow row = make(batch, i / passes, i % passes, first + i / passes);
      row.index = first * passes + i;
      if (queue.add(std::move(row))) {
        tell(first * passes + i + 1);
      }
    }
  });
  if (queue.flush()) {
    tell(std::ssize(indices) * passes);
  }
}

void run_passes(Denoiser& denoiser, const Dataset& dataset, std::span<const int64_t> indices,
                const EvaluationOptions& options, const Compute& compute, const Bound& bound,
                const PassQueue::Sink& sink, const EvaluationProgress& progress) {
  const PassMaker maker(denoiser, options, bound);
  run_rows(
      denoiser, dataset, indices, options.passes, options, compute,
      [&](const TokenBatch& batch, int64_t row, int64_t pass, int64_t /*example*/) {
        return maker.make(batch, row, pass);
      }, sink,
      [&](int64_t passes) {
        if (progress) {
          progress(passes / options.passes, std::ssize(indices));
        }
      });
}

}  // namespace veil
