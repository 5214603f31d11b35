#pragma once

#include "veil/train/trainer.h"

namespace veil::testing {

/// What a checkpoint carries from one state of training to a fresh one, carried by hand.
inline void carry_over(TrainState& first, TrainState& second) {
  auto& from = first.optimizer;
  auto& to = second.optimizer;
  to.parameters().values().copy_(from.parameters().values());
  to.average().copy_(from.average());
  to.first_moments().copy_(from.first_moments());
  to.second_moments().copy_(from.second_moments());
  to.update_count().copy_(from.update_count());
  second.step = first.step;
}

}  // namespace veil::testing
