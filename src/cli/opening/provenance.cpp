#include "cli/opening/provenance.h"

#include <c10/core/CachingDeviceAllocator.h>
#include <torch/version.h>

#include "base/machine.h"

namespace veil::cli {

io::TrainingStretch conditions(const io::RunConfig& config, const DatasetInfo& training_data,
                               const DatasetInfo& evaluation_data, const Compute& compute) {
  io::TrainingStretch stretch;
  stretch.seed = config.train.seed;
  stretch.data = training_data.fingerprint;
  stretch.evaluation_data = evaluation_data.fingerprint;
  stretch.precision = precision_name(compute.precision);
  stretch.device = device_name(compute.device);
  stretch.processor = processor_name();
  stretch.veil_version = VEIL_VERSION;
  stretch.libtorch_version = TORCH_VERSION;
  return stretch;
}

void note_computation(EvaluationReport& report, int64_t step, const Compute& compute) {
  report.step = step;
  report.precision = precision_name(compute.precision);
  report.device = device_name(compute.device);
  report.veil_version = VEIL_VERSION;
  report.libtorch_version = TORCH_VERSION;
}

int64_t peak_bytes(torch::Device device) {
  if (device.is_cpu()) {
    return peak_memory_bytes();
  }
  const auto stats = c10::getDeviceAllocator(device.type())->getDeviceStats(device.index());
  return stats.allocated_bytes[0].peak;
}

}  // namespace veil::cli
