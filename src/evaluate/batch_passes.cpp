#include "evaluate/batch_passes.h"

#include <cmath>

#include "base/torch.h"
#include "evaluate/dataset_check.h"
#include "veil/base/error.h"
#include "veil/nn/denoiser.h"

namespace veil {
namespace {

std::vector<torch::Tensor> trained_parameters(const Denoiser& denoiser) {
  std::vector<torch::Tensor> trained;
  for (const auto& parameter : denoiser.parameters()) {
    if (parameter.requires_grad()) {
      trained.push_back(parameter);
    }
  }
  return trained;
}

void require_finite(double nats, int64_t round) {
  if (!std::isfinite(nats)) {
    throw NumericalError(concat("pass ", round, " over a batch: the loss is ", nats), round);
  }
}

}  // namespace

std::vector<TokenBatch> BatchPasses::parts_of(const Dataset& dataset, const std::vector<int64_t>& indices) const {
  std::vector<TokenBatch> parts;
  for_each_batch_of(dataset, indices, options_.rows_per_call,
                    [&](const TokenBatch& part, int64_t /*first*/) { parts.push_back(part); });
  return parts;
}

torch::Tensor BatchPasses::loss(const TokenBatch& part, int64_t first, int64_t round) const {
  const NoiseContext noise{.seed = options_.seed, .step = round, .first = first, .global_size = options_.batch_size};
  return continuous_time_loss(denoiser_, part, objective_, noise, device_).total().sum();
}

double BatchPasses::bits(const std::vector<TokenBatch>& parts, int64_t round) const {
  double nats = 0;
  int64_t first = 0;
  for (const auto& part : parts) {
    nats += loss(part, first, round).item<double>();
    first += part.size();
  }
  require_finite(nats, round);
  return bits_per_dim(nats, denoiser_.options().shape.length()) / static_cast<double>(options_.batch_size);
}

torch::Tensor BatchPasses::gradient(const std::vector<TokenBatch>& parts, int64_t round) const {
  const auto parameters = trained_parameters(denoiser_);
  const double scale = 1.0 / static_cast<double>(options_.batch_size * denoiser_.options().shape.length());
  torch::Tensor sum;
  int64_t first = 0;
  for (const auto& part : parts) {
    const auto nats = loss(part, first, round);
    require_finite(nats.item<double>(), round);
    first += part.size();
    std::vector<torch::Tensor> flat;
    const auto gradients = torch::autograd::grad({nats * scale}, parameters, {}, {}, false, /*allow_unused=*/true);
    for (size_t i = 0; i < parameters.size(); ++i) {
      flat.push_back(gradients[i].defined() ? gradients[i].to(torch::kCPU, torch::kFloat64).flatten()
                                            : torch::zeros({parameters[i].numel()}, torch::kFloat64));
    }
    const auto part_gradient = torch::cat(flat);
    sum = sum.defined() ? sum.add_(part_gradient) : part_gradient;
  }
  return sum;
}

}  // namespace veil
