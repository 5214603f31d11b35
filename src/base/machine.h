#pragma once

#include <torch/types.h>

#include <string>

namespace veil {

/// The CPU by its maker's name ("AMD EPYC 7B13"); "unknown CPU" where the system does not say.
[[nodiscard]] std::string processor_name();

/// What computes: processor_name(), or the GPU's name ("NVIDIA H100 80GB HBM3"; "cuda:0" where the driver gives none).
[[nodiscard]] std::string device_name(torch::Device device);

}  // namespace veil
