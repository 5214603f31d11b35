#include "veil/nn/denoiser.h"

#include "base/torch.h"
#include "veil/nn/token_powers.h"

namespace veil {

Denoiser::Denoiser(DenoiserOptions options, torch::Device device) : options_(std::move(options)) {
  if (options_.powers != Powers::kNone) {
    powers_ = register_module("powers", std::make_shared<TokenPowers>(options_.powers, options_.vocab_size, device));
  }
}

torch::Tensor Denoiser::logits_at(const DenoiserInput& input, const torch::Tensor& positions) {
  const auto all = logits(input).flatten(0, 1);
  return all.index_select(0, to_device(positions, all.device()));
}

int64_t count_parameters(const torch::nn::Module& module) {
  int64_t count = 0;
  for (const auto& parameter : module.parameters()) {
    count += parameter.numel();
  }
  return count;
}

}  // namespace veil
