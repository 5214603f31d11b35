#pragma once

#include <cstdint>
#include <vector>

#include "quality/tick.h"
#include "veil/quality/quality.h"

namespace veil {

/// Pieces of work, one after the other, as one.
class Stages {
 public:
  /// shares: of the work, in the order of the pieces, in any unit. all: what `progress` is told as the whole.
  Stages(const QualityProgress& progress, int64_t all, std::vector<double> shares);

  /// To be called by the next piece. There are as many as shares.
  [[nodiscard]] Tick next();

 private:
  QualityProgress progress_;
  int64_t all_;
  std::vector<double> shares_;
  double whole_ = 0.0;
  double before_ = 0.0;
  size_t piece_ = 0;
};

}  // namespace veil
