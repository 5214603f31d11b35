#pragma once

#include <torch/nn/modules/dropout.h>
#include <torch/nn/modules/embedding.h>
#include <torch/nn/modules/linear.h>

#include <utility>
#include <vector>

#include "base/torch.h"
#include "veil/nn/denoiser.h"

namespace veil::testing {

/// Networks that tests look into; those that answer with the truth are in veil/toys.

inline DenoiserOptions toy_options(int64_t length, int64_t vocab, Condition condition = Condition::kNone) {
  DenoiserOptions options;
  options.shape = {.height = 1, .width = length, .channels = 1};
  options.vocab_size = vocab;
  options.condition = condition;
  return options;
}

/// What a toy network was called with.
struct ToyCall {
  int64_t rows = 0;
  std::vector<int64_t> masked;     ///< masked positions of each row
  std::vector<float> noise_level;  ///< of each row; empty if absent
  std::vector<int64_t> labels;     ///< of each row; empty if absent
  bool training = false;
  bool gradients = false;
};

/// A network that keeps a record of its calls.
class RecordingDenoiser : public Denoiser {
 public:
  using Denoiser::Denoiser;

  [[nodiscard]] torch::Tensor logits(const DenoiserInput& input) final {
    ToyCall call{.rows = input.z.size(0), .masked = {}, .noise_level = {}, .labels = {}};
    const auto masked = (input.z == options().vocab_size).sum(1);
    call.masked.assign(masked.data_ptr<int64_t>(), masked.data_ptr<int64_t>() + call.rows);
    if (input.noise_level) {
      call.noise_level.assign(input.noise_level->data_ptr<float>(), input.noise_level->data_ptr<float>() + call.rows);
    }
    if (input.labels) {
      call.labels.assign(input.labels->data_ptr<int64_t>(), input.labels->data_ptr<int64_t>() + call.rows);
    }
    call.training = is_training();
    call.gradients = torch::GradMode::is_enabled();
    calls.push_back(std::move(call));
    return compute(input);
  }

  std::vector<ToyCall> calls;

 private:
  [[nodiscard]] virtual torch::Tensor compute(const DenoiserInput& input) = 0;
};

/// The same logits everywhere.
class ConstantDenoiser : public RecordingDenoiser {
 public:
  ConstantDenoiser(DenoiserOptions network, torch::Tensor logits)
      : RecordingDenoiser(std::move(network)), logits_(std::move(logits)) {}

 private:
  [[nodiscard]] torch::Tensor compute(const DenoiserInput& input) override {
    return logits_.expand({input.z.size(0), input.z.size(1), options().vocab_size});
  }

  torch::Tensor logits_;  // [V]
};

/// A network with weights and dropout whose answer depends on all tokens of a row: a stand-in for real ones.
class MixingDenoiser : public RecordingDenoiser {
 public:
  MixingDenoiser(DenoiserOptions network, double dropout) : RecordingDenoiser(std::move(network)) {
    torch::manual_seed(3);
    const int64_t length = options().shape.length();
    const int64_t vocab = options().vocab_size;
    embedding_ = register_module("embedding", torch::nn::Embedding(vocab + 1, 8));
    mix_ = register_module("mix", torch::nn::Linear(length * 8, length * 8));
    dropout_ = register_module("dropout", torch::nn::Dropout(dropout));
    head_ = register_module("head", torch::nn::Linear(8, vocab));
  }

  torch::nn::Dropout& dropout() { return dropout_; }

 private:
  [[nodiscard]] torch::Tensor compute(const DenoiserInput& input) override {
    const auto hidden = torch::gelu(mix_(embedding_(input.z).flatten(1)));
    return 3 * head_(dropout_(hidden).view({input.z.size(0), -1, 8}));
  }

  torch::nn::Embedding embedding_{nullptr};
  torch::nn::Linear mix_{nullptr};
  torch::nn::Dropout dropout_{nullptr};
  torch::nn::Linear head_{nullptr};
};

}  // namespace veil::testing
