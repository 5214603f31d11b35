#include "nn/image/unet.h"

#include <torch/nn/modules/container/modulelist.h>

#include "base/torch.h"

namespace veil {

UNet::UNet(const DenoiserOptions& options, torch::Device device)
    : ImageDenoiser(options, {.channels = options.width, .cond_width = 0}, device) {
  const auto add_blocks = [&](const std::string& name, int64_t count, int64_t in) {
    const BlockOptions block{
        .in = in, .out = options.width, .cond_width = condition_width(options), .dropout = options.dropout};
    const auto list = register_module(name, std::make_shared<torch::nn::ModuleListImpl>());
    std::vector<std::shared_ptr<UNetBlock>> blocks;
    for (int64_t i = 0; i < count; ++i) {
      blocks.push_back(std::make_shared<UNetBlock>(block, device));
      list->push_back(blocks.back());
    }
    return blocks;
  };
  down_ = add_blocks("down", options.layers, options.width);
  middle_ = add_blocks("middle", 2, options.width);
  attention_ = register_module("attention", std::make_shared<SpatialAttention>(options.width, device));
  up_ = add_blocks("up", options.layers + 1, 2 * options.width);
}

torch::Tensor UNet::trunk(const torch::Tensor& x, const torch::Tensor& condition) {
  std::vector<torch::Tensor> kept{x};
  for (const auto& block : down_) {
    kept.push_back(block->forward(kept.back(), condition));
  }
  auto h = middle_[0]->forward(kept.back(), condition);
  h = middle_[1]->forward(in_layout(attention_->forward(h)), condition);
  for (const auto& block : up_) {
    h = block->forward(torch::cat({h, kept.back()}, 1), condition);
    kept.pop_back();
  }
  return h;
}

}  // namespace veil
