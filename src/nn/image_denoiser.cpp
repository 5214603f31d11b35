#include "veil/nn/image_denoiser.h"

#include <torch/torch.h>

#include "veil/base/error.h"

namespace veil {
namespace {

void check_vector(const std::optional<torch::Tensor>& vector, bool wanted, torch::ScalarType type, const char* name,
                  int64_t size) {
  require(vector.has_value() == wanted, name, wanted ? " are missing, want one an example"
                                                     : " were given to a network that has no use for them");
  require(!wanted || (vector->dim() == 1 && vector->size(0) == size && vector->scalar_type() == type), name,
          " have ", wanted ? vector->sizes() : torch::IntArrayRef(), " numbers of ",
          wanted ? vector->scalar_type() : type, ", want [", size, "] of ", type);
}

void check_input(const DenoiserOptions& options, const DenoiserInput& input) {
  const auto& z = input.z;
  require(z.defined() && z.dim() == 2 && z.size(1) == options.shape.length() && z.scalar_type() == torch::kInt64,
          "tokens z have shape ", z.defined() ? z.sizes() : torch::IntArrayRef(), ", want int64 [B, ",
          options.shape.length(), "]");
  check_vector(input.noise_level, options.condition != Condition::kNone, torch::kFloat32, "noise levels", z.size(0));
  check_vector(input.labels, options.classes > 0, torch::kInt64, "labels", z.size(0));
}

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
