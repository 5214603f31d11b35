#pragma once

#include <memory>

#include "nn/embedding.h"
#include "nn/image/image_head.h"
#include "nn/image/image_stem.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// What the image networks share: stem, condition, head. Between them lies `trunk`.
class ImageDenoiser : public Denoiser {
 public:
  [[nodiscard]] torch::Tensor logits(const DenoiserInput& input) final;

  /// Runs the head at `positions` only.
  [[nodiscard]] torch::Tensor logits_at(const DenoiserInput& input, const torch::Tensor& positions) final;

  /// Images only: the convolutions' weights keep their layout, because others hold views of them, and are converted as
  /// they are used.
  void set_channels_last(bool on) final;

 protected:
  /// head_channels: of what trunk() returns. head_cond_width: 0, or the condition's width if the last norm uses it.
  struct HeadOptions {
    int64_t channels = 0;
    int64_t cond_width = 0;
  };

  ImageDenoiser(const DenoiserOptions& options, const HeadOptions& head, torch::Device device);

  /// x: [B, width, H, W]; condition: [B, width] or undefined. Returns [B, head channels, H, W].
  [[nodiscard]] virtual torch::Tensor trunk(const torch::Tensor& x, const torch::Tensor& condition) = 0;

  [[nodiscard]] torch::Tensor in_layout(const torch::Tensor& image) const;

 private:
  struct Features {
    torch::Tensor image;
    torch::Tensor condition;
  };
  [[nodiscard]] Features features(const DenoiserInput& input);

  bool channels_last_ = true;
  std::shared_ptr<ImageStem> stem_;
  std::shared_ptr<CondEmbedding> condition_;
  std::shared_ptr<ImageHead> head_;
};

}  // namespace veil
