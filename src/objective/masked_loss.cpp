#include "objective/masked_loss.h"

#include "base/torch.h"
#include "nn/network_input.h"
#include "veil/base/device.h"
#include "veil/base/error.h"
#include "veil/nn/token_powers.h"

namespace veil {
namespace {

// What the network says at the masked positions.
struct Prediction {
  torch::Tensor target;  // int64 [M]: the values of x0 there
  torch::Tensor log_p;   // [M, V]
};

Prediction predict(Denoiser& denoiser, const torch::Tensor& x0, const MaskedTokens& masked,
                   std::span<const double> levels, const std::optional<torch::Tensor>& labels, torch::Device device) {
  const auto target = to_device(x0.reshape(-1).index_select(0, masked.positions), device);
  const auto input = network_input(denoiser.options(), masked.z, levels, labels, device);
  const auto logits = denoiser.logits_at(input, masked.positions);
  const auto type = torch::GradMode::is_enabled() ? torch::kFloat32 : torch::kFloat64;
  return {target, torch::log_softmax(logits.to(torch::promoteTypes(logits.scalar_type(), type)), 1)};
}

torch::Tensor cross_entropy(const Prediction& prediction) {
  return -prediction.log_p.gather(1, prediction.target.unsqueeze(1)).squeeze(1);
}

}  // namespace

torch::Tensor masked_cross_entropy(Denoiser& denoiser, const torch::Tensor& x0, const MaskedTokens& masked,
                                   std::span<const double> levels, const std::optional<torch::Tensor>& labels,
                                   torch::Device device) {
  return cross_entropy(predict(denoiser, x0, masked, levels, labels, device));
}

torch::Tensor masked_jump_loss(Denoiser& denoiser, const torch::Tensor& x0, const MaskedTokens& masked,
                               std::span<const double> levels, const std::optional<torch::Tensor>& labels,
                               const torch::Tensor& powers, torch::Device device) {
  const auto prediction = predict(denoiser, x0, masked, levels, labels, device);
  const auto w = powers.to(prediction.log_p.scalar_type());
  return w.index_select(0, prediction.target) * (cross_entropy(prediction) - 1) + torch::mv(prediction.log_p.exp(), w);
}

torch::Tensor masked_loss(Denoiser& denoiser, const torch::Tensor& x0, const MaskedTokens& masked,
                          std::span<const double> levels, const std::optional<torch::Tensor>& labels,
                          torch::Device device) {
  const auto* powers = denoiser.powers();
  return powers != nullptr ? masked_jump_loss(denoiser, x0, masked, levels, labels, powers->values(), device)
                           : masked_cross_entropy(denoiser, x0, masked, levels, labels, device);
}

torch::Tensor sum_by_example(const torch::Tensor& values, const torch::Tensor& positions, int64_t batch,
                             int64_t length) {
  require(values.dim() == 1 && values.sizes() == positions.sizes(), "values have shape ", values.sizes(),
          " and positions ", positions.sizes(), ", want one [M] each");
  const auto dense = torch::zeros({batch * length}, values.options());
  return dense.index_copy(0, to_device(positions, values.device()), values).view({batch, length}).sum(1);
}

}  // namespace veil
