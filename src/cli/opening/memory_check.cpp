#include "cli/opening/memory_check.h"

#include <algorithm>
#include <optional>

#include "base/memory.h"
#include "base/torch.h"
#include "veil/base/error.h"

namespace veil::cli {
BatchSetting batch_setting(const TrainOptions& options) {
  return {.key = "train.micro_batch_size",
          .rows = options.micro_batch_size > 0 ? options.micro_batch_size : options.batch_size,
          .part_of = options.batch_size,
          .remark = concat(": an update is still of ", options.batch_size, " examples")};
}

BatchSetting batch_setting(const EvaluationOptions& options) {
  return {.key = "evaluate.rows_per_call", .rows = options.rows_per_call, .part_of = 0, .remark = ""};
}

BatchSetting batch_setting(const SampleOptions& options) {
  return {.key = "sample.rows_per_call", .rows = options.rows_per_call, .part_of = 0, .remark = ""};
}

void require_memory(const BatchSetting& setting, const MemoryNeed& need, torch::Device device) {
  if (need.of(setting.rows) <= 0) {
    return;
  }
  const auto available = available_memory(device);
  if (!available || need.of(setting.rows) <= *available) {
    return;
  }
  // The work may take more than is expected of it: what is advised fits all the same.
  const int64_t usable = *available / 2 - need.fixed;
  const int64_t rows = fitting_rows(setting, usable / std::max<int64_t>(1, need.per_row));
  throw InvalidArgument(concat(setting.key, ": ", setting.rows, " examples at once take about ",
                               memory_text(need.of(setting.rows)), " of memory, but ", memory_text(*available),
                               device.is_cuda() ? " are free on the GPU; " : " are available; ",
                               batch_advice(setting, rows)));
}

void require_memory_to_train(TrainState& state, const io::ResolvedRun& run, const Compute& compute) {
  StepSettings settings = run.step;
  settings.compute = compute;
  TrainOptions sizes;
  sizes.batch_size = run.stream.batch_size;
  sizes.micro_batch_size = run.step.micro_batch_size;
  const BatchSetting setting = batch_setting(sizes);
  require_memory(setting, memory_to_train(state, settings, setting.rows), compute.device);
}

void require_memory_to_evaluate(Denoiser& denoiser, const EvaluationOptions& options, int64_t examples,
                                const Compute& compute, int64_t groups) {
  const int64_t bytes = denoiser.options().shape.length() * static_cast<int64_t>(sizeof(int64_t));
  require_memory({.key = "evaluate.batch_size",
                  .rows = std::min(options.batch_size, examples),
                  .part_of = 0,
                  .remark = ": the figure is the same"},
                 {.fixed = 0, .per_row = bytes}, torch::kCPU);
  const BatchSetting setting = batch_setting(options);
  require_memory(setting, memory_to_evaluate(denoiser, groups, compute, setting.rows), compute.device);
}

void require_memory_to_sample(Denoiser& denoiser, const SampleOptions& options, const Compute& compute) {
  // Groups of rows, all of them, and what was asked for of them.
  const int64_t bytes = 3 * denoiser.options().shape.length() * static_cast<int64_t>(sizeof(int64_t));
  require_memory({.key = "sample.count",
                  .rows = options.count,
                  .part_of = 0,
                  .remark = " and go on with sample.first: the samples are the same"},
                 {.fixed = 0, .per_row = bytes}, torch::kCPU);
  const BatchSetting setting = batch_setting(options);
  require_memory(setting, memory_to_sample(denoiser, options, compute, setting.rows), compute.device);
}

}  // namespace veil::cli
