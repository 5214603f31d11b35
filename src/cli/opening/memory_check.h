#pragma once

#include <cstdint>

#include "cli/opening/batch_advice.h"
#include "cli/opening/memory_need.h"
#include "veil/io/config/resolve.h"

namespace veil::cli {

/// The setting that says how many examples a network call has.
[[nodiscard]] BatchSetting batch_setting(const TrainOptions& options);
[[nodiscard]] BatchSetting batch_setting(const EvaluationOptions& options);
[[nodiscard]] BatchSetting batch_setting(const SampleOptions& options);

/// Throws InvalidArgument that names the setting, what its calls take, what is available and a number that fits, if
/// `need` of the setting's rows is more than `device` has. Does nothing where the system does not say what it has.
void require_memory(const BatchSetting& setting, const MemoryNeed& need, torch::Device device);

/// The same for the work of a command, before it begins; what is needed is tried out (memory_need.h). groups: as
/// memory_to_evaluate. `examples`, of the part that is scored, bounds what evaluate.batch_size holds.
void require_memory_to_train(TrainState& state, const io::ResolvedRun& run, const Compute& compute);
void require_memory_to_evaluate(Denoiser& denoiser, const EvaluationOptions& options, int64_t examples,
                                const Compute& compute, int64_t groups = 0);
void require_memory_to_sample(Denoiser& denoiser, const SampleOptions& options, const Compute& compute);

}  // namespace veil::cli
