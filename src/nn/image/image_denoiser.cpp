#include "nn/image/image_denoiser.h"

#include "base/torch.h"
#include "nn/input_checks.h"

namespace veil {
namespace {

at::MemoryFormat format_of(bool channels_last) {
  return channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
}

}  // namespace

ImageDenoiser::ImageDenoiser(const DenoiserOptions& options, const HeadOptions& head, torch::Device device)
    : Denoiser(options, device),
      stem_(register_module("stem", std::make_shared<ImageStem>(options, device))),
      condition_(register_module("condition", std::make_shared<CondEmbedding>(options, device))),
      head_(register_module("head", std::make_shared<ImageHead>(options, head.channels, head.cond_width, device))) {}

torch::Tensor ImageDenoiser::in_layout(const torch::Tensor& image) const {
  return image.contiguous(format_of(channels_last_));
}

ImageDenoiser::Features ImageDenoiser::features(const DenoiserInput& input) {
  check_input(options(), input);
  const auto condition = condition_->forward(input);
  return {trunk(stem_->forward(input.z, channels_last_), condition), condition};
}

torch::Tensor ImageDenoiser::logits(const DenoiserInput& input) {
  const auto last = features(input);
  return head_->logits(last.image, last.condition);
}

torch::Tensor ImageDenoiser::logits_at(const DenoiserInput& input, const torch::Tensor& positions) {
  const auto last = features(input);
  return head_->logits_at(last.image, last.condition, positions);
}

// Weights keep their layout, because others hold views of them; a convolution converts them as it runs, at little cost.
void ImageDenoiser::set_channels_last(bool on) { channels_last_ = on; }

}  // namespace veil
