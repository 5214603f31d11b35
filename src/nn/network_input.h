#pragma once

#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <span>

#include "veil/diffusion/mask_schedule.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// What a network is told of an example with `count` of `length` positions masked: k/n for kMaskFraction, alpha^-1(1 -
/// k/n) for kTime; 0 for kNone, which network_input leaves out.
[[nodiscard]] double told_level(Condition condition, const MaskSchedule& schedule, int64_t count, int64_t length);

/// The one place where a network's input is put together: what `network` wants of it, on `device`. Does not wait for
/// it.
///   z: int64 [B, L] on the CPU; levels: [B], ignored for kNone; labels: int64 [B] on the CPU, ignored by a network
///   without classes.
[[nodiscard]] DenoiserInput network_input(const DenoiserOptions& network, const torch::Tensor& z,
                                          std::span<const double> levels, const std::optional<torch::Tensor>& labels,
                                          torch::Device device);

}  // namespace veil
