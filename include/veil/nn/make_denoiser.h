#pragma once

#include <memory>

#include "veil/nn/denoiser.h"

namespace veil {

/// Builds the network that `options` describes on `device`, its parameters allocated but not initialised (call
/// initialize, in initialization.h). On torch::kMeta nothing is allocated: for counting parameters. Throws
/// InvalidArgument, naming the field, what it is and what is allowed, if an option is out of range.
[[nodiscard]] std::shared_ptr<Denoiser> make_denoiser(const DenoiserOptions& options,
                                                      torch::Device device = torch::kCPU);

/// The check alone.
void check_options(const DenoiserOptions& options);

}  // namespace veil
