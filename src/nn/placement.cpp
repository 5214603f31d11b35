#include "veil/nn/placement.h"

#include "base/torch.h"
#include "veil/nn/layers/layers.h"

namespace veil {

void place(Denoiser& denoiser, const Compute& compute, bool training) {
  denoiser.to(compute.device);
  denoiser.set_channels_last(compute.is_channels_last(training));
  for (const auto& module : denoiser.modules(/*include_self=*/false)) {
    if (auto* layer = dynamic_cast<Layer*>(module.get())) {
      layer->set_fused(compute.fused);
    }
  }
}

}  // namespace veil
