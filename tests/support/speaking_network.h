#pragma once

#include <memory>

#include "base/torch.h"
#include "veil/nn/denoiser.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"

namespace veil::test {

/// Initialised, and zeros replaced by noise of deviation `strength` so that every branch speaks.
inline std::shared_ptr<Denoiser> speaking(const DenoiserOptions& options, double strength) {
  const torch::NoGradGuard no_grad;
  auto network = make_denoiser(options);
  initialize(*network, 3);
  torch::manual_seed(1);
  for (auto& parameter : network->parameters()) {
    parameter.add_(torch::randn_like(parameter) * strength);
  }
  return network;
}

/// `rows` rows of random tokens, some masked, with all that the network wants to be told.
inline DenoiserInput random_input(const DenoiserOptions& options, int64_t rows) {
  torch::manual_seed(2);
  DenoiserInput input{
      .z = torch::randint(options.vocab_size + 1, {rows, options.shape.length()}), .noise_level = {}, .labels = {}};
  if (options.condition != Condition::kNone) {
    input.noise_level = torch::rand({rows});
  }
  if (options.classes > 0) {
    input.labels = torch::randint(options.classes, {rows});
  }
  return input;
}

}  // namespace veil::test
