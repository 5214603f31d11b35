#pragma once

#include "veil/data/dataset_info.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// What a model is, as plain values: all that, beside its weights, is needed to build it, to evaluate it and to sample
/// from it. What the run did that trained it is no part of it.
struct ModelSpec {
  DenoiserOptions network;       ///< its shape, vocab_size and classes are those of `data`, or classes is 0
  MaskScheduleOptions schedule;  ///< the one it was trained with; where network.powers are learned, they replace it
  DatasetInfo data;              ///< what it was made for: the meaning of its tokens and classes
};

}  // namespace veil
