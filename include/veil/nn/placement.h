#pragma once

#include "veil/base/device.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// Brings a network to where and how it is to compute: its parameters to compute.device, the layout of images inside it
/// to what is fastest there for training or for evaluation, its layers to veil's own kernels or away from them. The one
/// place where that is decided. Parameters that are on the device already keep their storage.
void place(Denoiser& denoiser, const Compute& compute, bool training);

}  // namespace veil
