#include "nn/embedding.h"

#include <cmath>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {

torch::Tensor level_embedding(const torch::Tensor& level, int64_t width) {
  require(width >= 4, "width of a level embedding is ", width, ", want at least 4");
  const int64_t half = width / 2;
  const auto steps = torch::arange(half, torch::TensorOptions(torch::kFloat32).device(level.device()));
  const auto frequency = (steps * (-std::log(10000.0) / static_cast<double>(half - 1))).exp();
  const auto angle = (level.to(torch::kFloat32) * 1000.0).unsqueeze(1) * frequency;
  const auto embedding = torch::cat({angle.sin(), angle.cos()}, 1);
  return width % 2 == 0 ? embedding : at::constant_pad_nd(embedding, {0, 1});
}

int64_t condition_width(const DenoiserOptions& options) {
  return options.condition != Condition::kNone || options.classes > 0 ? options.width : 0;
}

CondEmbedding::CondEmbedding(const DenoiserOptions& options, torch::Device device) : width_(options.width) {
  if (options.classes > 0) {
    const int64_t rows = options.classes + (options.null_class ? 1 : 0);
    label_ = register_module("label", std::make_shared<Embedding>(rows, width_, device));
  }
  if (options.condition != Condition::kNone) {
    const LinearOptions hidden{.in = label_ ? 2 * width_ : width_, .out = 4 * width_, .weight = {}};
    hidden_ = register_module("hidden", std::make_shared<Linear>(hidden, device));
    const LinearOptions out{.in = 4 * width_, .out = width_, .weight = {}};
    out_ = register_module("out", std::make_shared<Linear>(out, device));
  }
}

torch::Tensor CondEmbedding::forward(const DenoiserInput& input) const {
  const auto label = label_ ? label_->forward(*input.labels) : torch::Tensor();
  if (!hidden_) {
    return label;
  }
  auto x = level_embedding(*input.noise_level, width_);
  if (label.defined()) {
    x = torch::cat({x, label}, 1);
  }
  return out_->forward(at::silu(hidden_->forward(x)));
}

}  // namespace veil
