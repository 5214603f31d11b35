#include "quality/stages.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace veil {

Stages::Stages(const QualityProgress& progress, int64_t all, std::vector<double> shares)
    : progress_(progress),
      all_(all),
      shares_(std::move(shares)),
      whole_(std::accumulate(shares_.begin(), shares_.end(), 0.0)) {}

Tick Stages::next() {
  const double before = before_;
  const double share = shares_[piece_];
  before_ += share;
  const bool is_last = ++piece_ == shares_.size();
  return [this, before, share, is_last](double part) {
    if (progress_) {
      const bool is_done = is_last && part >= 1;
      const auto done = std::llround(static_cast<double>(all_) * (before + share * part) / whole_);
      progress_(is_done ? all_ : std::min<int64_t>(done, all_ - 1), all_);
    }
  };
}

}  // namespace veil
