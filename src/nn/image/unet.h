#pragma once

#include <memory>
#include <vector>

#include "nn/image/image_denoiser.h"
#include "nn/image/unet_block.h"
#include "nn/layers/attention.h"

namespace veil {

/// The U-Net of one resolution and one width for CIFAR-10 (Kingma et al. 2021; arXiv 2406.04329): options.layers
/// blocks, whose outputs are kept; block, attention, block; options.layers + 1 blocks, each of which takes one kept
/// map.
class UNet : public ImageDenoiser {
 public:
  UNet(const DenoiserOptions& options, torch::Device device);

 private:
  [[nodiscard]] torch::Tensor trunk(const torch::Tensor& x, const torch::Tensor& condition) override;

  std::vector<std::shared_ptr<UNetBlock>> down_;
  std::vector<std::shared_ptr<UNetBlock>> middle_;
  std::shared_ptr<SpatialAttention> attention_;
  std::vector<std::shared_ptr<UNetBlock>> up_;
};

}  // namespace veil
