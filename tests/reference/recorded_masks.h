#pragma once

#include "veil/diffusion/forward_process.h"

#include "base/torch.h"

namespace veil::test {

/// Masks that the reference drew. x0: int64 [B, L]; unmask: uint8, 1 = kept, as many as x0 has.
inline MaskedTokens recorded_masks(const torch::Tensor& x0, const torch::Tensor& unmask, int64_t mask_id) {
  const auto is_masked = unmask.view(x0.sizes()).eq(0);
  const auto counts = is_masked.sum(1);
  return {.z = torch::where(is_masked, torch::full_like(x0, mask_id), x0),
          .positions = is_masked.flatten().nonzero().squeeze(1),
          .counts = {counts.const_data_ptr<int64_t>(), counts.const_data_ptr<int64_t>() + counts.numel()}};
}

}  // namespace veil::test
