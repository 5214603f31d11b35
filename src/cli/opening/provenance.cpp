#include "cli/opening/provenance.h"

#include <c10/core/CachingDeviceAllocator.h>
#include <torch/version.h>

#include "base/machine.h"
#include "io/model/weights_digest.h"

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

void note_sources(EvaluationReport& report, const std::filesystem::path& model, const io::RunConfig& config,
                  const Compute& compute) {
  report.model = std::filesystem::weakly_canonical(std::filesystem::absolute(model)).string();
  report.model_sha256 = io::weights_sha256(model);
  report.settings.clear();
  for (const auto& key : io::config_keys()) {
    const bool is_of_scoring = key.name.starts_with("evaluate.") && key.name != "evaluate.batch_size";
    const bool is_of_network = key.name == "device.channels_last" || key.name == "device.fused";
    if (key.name.starts_with("data.") || is_of_scoring || is_of_network) {
      report.settings[key.name] = key.get(config);
    }
  }
  report.settings["data.evaluation_split"] = report.split;  // whatever was asked for, "" for one
  report.settings["device.precision"] = precision_name(compute.precision);
}

}  // namespace veil::cli
