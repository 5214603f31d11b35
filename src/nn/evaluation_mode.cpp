#include "veil/nn/evaluation_mode.h"

namespace veil {

EvaluationMode::EvaluationMode(torch::nn::Module& network)
    : network_(network), was_training_(network.is_training()) {
  // Without the network itself: that needs a shared pointer to it, which a network on the stack does not have.
  for (const auto& part : network.modules(/*include_self=*/false)) {
    parts_.emplace_back(part, part->is_training());
  }
  network_.eval();
}

EvaluationMode::~EvaluationMode() {
  network_.train(was_training_);
  // Parts come before the parts they hold, so that each one's own mode is set last.
  for (const auto& [part, was_training] : parts_) {
    part->train(was_training);
  }
}

}  // namespace veil
