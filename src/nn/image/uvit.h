#pragma once

#include <memory>
#include <vector>

#include "nn/image/dit.h"
#include "nn/image/image_denoiser.h"
#include "nn/image/uvit_block.h"

namespace veil {

/// Residual blocks at one or several resolutions around a transformer over 2x2 patches (arXiv 2406.04329, appendix;
/// Hoogeboom et al. 2023). Level l has options.layers blocks of width * width_multipliers[l] channels on the way down
/// and one more on the way up; between levels height and width halve.
class UViT : public ImageDenoiser {
 public:
  UViT(const DenoiserOptions& options, torch::Device device);

 private:
  [[nodiscard]] torch::Tensor trunk(const torch::Tensor& x, const torch::Tensor& condition) override;

  // Appends the channels of every kept map to `kept`; returns those of the last one.
  int64_t build_down(std::vector<int64_t>& kept, torch::Device device);
  void build_up(int64_t channels, std::vector<int64_t> kept, torch::Device device);
  [[nodiscard]] std::shared_ptr<UViTBlock> make_block(int64_t in, int64_t out, Resample resample, torch::Device device);

  std::vector<std::shared_ptr<UViTBlock>> down_;
  std::shared_ptr<Dit> core_;
  std::vector<std::shared_ptr<UViTBlock>> up_;
};

}  // namespace veil
