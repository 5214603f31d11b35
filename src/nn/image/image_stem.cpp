#include "nn/image/image_stem.h"

#include "base/torch.h"

namespace veil {
namespace {

// [..., 2]: value in [-1, 1] (0 if masked) and mask flag of every token.
torch::Tensor real_channels(const torch::Tensor& z, int64_t vocab_size) {
  const auto masked = z.eq(vocab_size);
  const double step = 2.0 / static_cast<double>(vocab_size - 1);
  const auto value = (z.to(torch::kFloat32) * step - 1.0).masked_fill(masked, 0.0);
  return torch::stack({value, masked.to(torch::kFloat32)}, -1);
}

}  // namespace

ImageStem::ImageStem(const DenoiserOptions& options, torch::Device device)
    : shape_(options.shape), vocab_size_(options.vocab_size), value_channels_(options.value_channels) {
  embedding_ = register_module("embedding", std::make_shared<Embedding>(vocab_size_ + 1, options.width, device));
  const int64_t per_token = options.width + (value_channels_ ? 2 : 0);
  const ConvOptions conv{.in = shape_.channels * per_token, .out = options.width, .weight = {}};
  conv_ = register_module("conv", std::make_shared<Conv2d>(conv, device));
}

torch::Tensor ImageStem::forward(const torch::Tensor& z, bool channels_last) const {
  const auto tokens = z.reshape({z.size(0), shape_.height, shape_.width, shape_.channels});
  auto pixels = embedding_->forward(tokens).flatten(3);
  if (value_channels_) {
    pixels = torch::cat({pixels, real_channels(tokens, vocab_size_).flatten(3)}, 3);
  }
  const auto image = pixels.permute({0, 3, 1, 2});
  return conv_->forward(
      image.contiguous(channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous));
}

}  // namespace veil
