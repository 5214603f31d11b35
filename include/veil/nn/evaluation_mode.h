#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <utility>
#include <vector>

namespace veil {

/// Puts a network in evaluation mode (no dropout) and switches gradients off while it lives; afterwards every part of
/// the network is in the mode it was in, also when an exception is thrown. Keeps a reference to the network.
class EvaluationMode {
 public:
  explicit EvaluationMode(torch::nn::Module& network);
  ~EvaluationMode();
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;
  EvaluationMode(EvaluationMode&&) = delete;
  EvaluationMode& operator=(EvaluationMode&&) = delete;

 private:
  torch::nn::Module& network_;
  bool was_training_;
  std::vector<std::pair<std::shared_ptr<torch::nn::Module>, bool>> parts_;
  torch::NoGradGuard no_grad_;
};

}  // namespace veil
