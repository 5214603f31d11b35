#include "nn/image/uvit.h"

#include <torch/nn/modules/container/modulelist.h>

#include "base/torch.h"

namespace veil {
namespace {

int64_t level_width(const DenoiserOptions& options, int64_t level) {
  return options.width * options.uvit.width_multipliers[level];
}

DitOptions core_options(const DenoiserOptions& options, int64_t channels) {
  const int64_t shrink = int64_t{1} << (options.uvit.width_multipliers.size() - 1);
  return {.channels = channels,
          .height = options.shape.height / shrink,
          .width = options.shape.width / shrink,
          .patch = options.uvit.dit_patch,
          .model_width = options.uvit.dit_width,
          .layers = options.uvit.dit_layers,
          .heads = options.uvit.dit_heads,
          .cond_width = condition_width(options),
          .dropout = options.dropout};
}

}  // namespace

UViT::UViT(const DenoiserOptions& options, torch::Device device)
    : ImageDenoiser(options, {.channels = level_width(options, 0), .cond_width = condition_width(options)}, device) {
  std::vector<int64_t> kept{options.width};
  const int64_t channels = build_down(kept, device);
  core_ = register_module("core", std::make_shared<Dit>(core_options(options, channels), device));
  build_up(channels, std::move(kept), device);
}

std::shared_ptr<UViTBlock> UViT::make_block(int64_t in, int64_t out, Resample resample, torch::Device device) {
  const BlockOptions block{
      .in = in, .out = out, .cond_width = condition_width(options()), .dropout = options().dropout};
  return std::make_shared<UViTBlock>(block, resample, device);
}

int64_t UViT::build_down(std::vector<int64_t>& kept, torch::Device device) {
  const auto levels = static_cast<int64_t>(options().uvit.width_multipliers.size());
  for (int64_t level = 0; level < levels; ++level) {
    const int64_t width = level_width(options(), level);
    for (int64_t i = 0; i < options().layers; ++i) {
      down_.push_back(make_block(kept.back(), width, Resample::kNone, device));
      kept.push_back(width);
    }
    if (level + 1 < levels) {
      down_.push_back(make_block(kept.back(), kept.back(), Resample::kDown, device));
      kept.push_back(kept.back());
    }
  }
  const auto list = register_module("down", std::make_shared<torch::nn::ModuleListImpl>());
  for (const auto& block : down_) {
    list->push_back(block);
  }
  return kept.back();
}

void UViT::build_up(int64_t channels, std::vector<int64_t> kept, torch::Device device) {
  for (auto level = static_cast<int64_t>(options().uvit.width_multipliers.size()) - 1; level >= 0; --level) {
    const int64_t width = level_width(options(), level);
    for (int64_t i = 0; i <= options().layers; ++i) {
      up_.push_back(make_block(channels + kept.back(), width, Resample::kNone, device));
      kept.pop_back();
      channels = width;
    }
    if (level > 0) {
      up_.push_back(make_block(channels, channels, Resample::kUp, device));
    }
  }
  const auto list = register_module("up", std::make_shared<torch::nn::ModuleListImpl>());
  for (const auto& block : up_) {
    list->push_back(block);
  }
}

torch::Tensor UViT::trunk(const torch::Tensor& x, const torch::Tensor& condition) {
  std::vector<torch::Tensor> kept{x};
  for (const auto& block : down_) {
    kept.push_back(block->forward(kept.back(), condition));
  }
  auto h = in_layout(core_->forward(kept.back(), condition));
  for (const auto& block : up_) {
    if (block->resample() == Resample::kNone) {
      h = torch::cat({h, kept.back()}, 1);
      kept.pop_back();
    }
    h = block->forward(h, condition);
  }
  return h;
}

}  // namespace veil
