#pragma once

#include <memory>

#include "veil/nn/denoiser.h"

namespace veil {

/// Builds the network that `options` describes on `device`, its parameters allocated but not initialised (call
/// initialize, in initialization.h). On torch::kMeta nothing is allocated: for counting parameters. Throws
/// InvalidOption, as check_options.
[[nodiscard]] std::shared_ptr<Denoiser> make_denoiser(const DenoiserOptions& options,
                                                      torch::Device device = torch::kCPU);

/// Whether `denoiser` is of a class that make_denoiser makes, so that make_denoiser(denoiser.options()) is another like
/// it; false for every class that was derived elsewhere.
[[nodiscard]] bool is_built_in(const Denoiser& denoiser);

/// Throws InvalidOption unless the fields of `options` are in range and go together, but for those that come from the
/// data: shape, vocab_size, classes and null_class, which may hold anything.
void check_architecture(const DenoiserOptions& options);

/// check_architecture, and that those of the data are in range and suit the network.
void check_options(const DenoiserOptions& options);

}  // namespace veil
