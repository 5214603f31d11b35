#include "veil/nn/layers/layers.h"

#include "base/torch.h"

namespace veil {

torch::Tensor Layer::add_parameter(const std::string& name, torch::IntArrayRef sizes, Initializer initializer,
                                   torch::Device device) {
  initializers_.emplace_back(name, initializer);
  return register_parameter(name, torch::empty(sizes, torch::TensorOptions(torch::kFloat32).device(device)));
}

Linear::Linear(const LinearOptions& options, torch::Device device)
    : weight_(add_parameter("weight", {options.out, options.in}, options.weight, device)) {
  if (options.bias) {
    bias_ = add_parameter("bias", {options.out}, {.value = InitialValue::kZeros}, device);
  }
}

torch::Tensor Linear::forward(const torch::Tensor& x) const { return at::linear(x, weight_, bias_); }

Conv2d::Conv2d(const ConvOptions& options, torch::Device device)
    : stride_(options.stride),
      padding_(options.stride == 1 ? options.kernel / 2 : 0),
      weight_(
          add_parameter("weight", {options.out, options.in, options.kernel, options.kernel}, options.weight, device)),
      bias_(add_parameter("bias", {options.out}, {.value = InitialValue::kZeros}, device)) {}

torch::Tensor Conv2d::forward(const torch::Tensor& x) const {
  return at::conv2d(x, weight_, bias_, {stride_, stride_}, {padding_, padding_});
}

Embedding::Embedding(int64_t entries, int64_t width, torch::Device device)
    : weight_(add_parameter("weight", {entries, width}, {.value = InitialValue::kEmbedding}, device)) {}

torch::Tensor Embedding::forward(const torch::Tensor& indices) const { return at::embedding(weight_, indices); }

}  // namespace veil
