#include "evaluate/control_variate.h"

#include <algorithm>
#include <numeric>

namespace veil {

ControlVariate::ControlVariate(int64_t length, int64_t passes, double beta)
    : group_(passes), beta_(beta), sums_(static_cast<size_t>(length)), counts_(static_cast<size_t>(length)) {}

void ControlVariate::add(std::span<const int64_t> positions, std::span<const double> nats) {
  passes_.push_back({{positions.begin(), positions.end()}, {nats.begin(), nats.end()}});
  for (size_t i = 0; i < positions.size(); ++i) {
    sums_[static_cast<size_t>(positions[i])] += nats[i];
    ++counts_[static_cast<size_t>(positions[i])];
  }
}

double ControlVariate::value_of(const Pass& pass) const {
  const auto masked = static_cast<double>(pass.nats.size());
  const double plain = std::accumulate(pass.nats.begin(), pass.nats.end(), 0.0) / masked;
  // What the other passes say: without this one.
  auto sums = sums_;
  auto counts = counts_;
  for (size_t i = 0; i < pass.positions.size(); ++i) {
    sums[static_cast<size_t>(pass.positions[i])] -= pass.nats[i];
    --counts[static_cast<size_t>(pass.positions[i])];
  }
  double known_sum = 0.0;
  int64_t known = 0;
  for (size_t i = 0; i < sums.size(); ++i) {
    if (counts[i] > 0) {
      sums[i] /= static_cast<double>(counts[i]);
      known_sum += sums[i];
      ++known;
    }
  }
  if (known == 0) {
    return plain;
  }
  const double filler = known_sum / static_cast<double>(known);
  double over_mask = 0.0;
  for (const auto position : pass.positions) {
    over_mask += counts[static_cast<size_t>(position)] > 0 ? sums[static_cast<size_t>(position)] : filler;
  }
  // The mean over all positions, the unknown ones at the mean of the known, is the filler itself.
  return plain - beta_ * (over_mask / masked - filler);
}

std::vector<double> ControlVariate::take() {
  std::vector<double> values;
  values.reserve(passes_.size());
  for (const auto& pass : passes_) {
    values.push_back(pass.nats.empty() ? 0.0 : value_of(pass));
  }
  passes_.clear();
  std::fill(sums_.begin(), sums_.end(), 0.0);
  std::fill(counts_.begin(), counts_.end(), int64_t{0});
  return values;
}

}  // namespace veil
