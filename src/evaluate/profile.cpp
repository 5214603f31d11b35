#include "evaluate/profile.h"

#include <algorithm>
#include <cmath>

namespace veil {

namespace {

// Ends of logarithmic bins over 1..length, ascending: floor(length^(b / bins)), each once.
std::vector<int64_t> logarithmic_ends(int64_t length, int bins) {
  std::vector<int64_t> ends;
  for (int b = 1; b <= bins && length > 0; ++b) {
    const int64_t end =
        b == bins ? length : static_cast<int64_t>(std::pow(static_cast<double>(length), static_cast<double>(b) / bins));
    if (ends.empty() || end > ends.back()) {
      ends.push_back(end);
    }
  }
  return ends;
}

}  // namespace

Profile::Profile(int64_t length) {
  constexpr int kBins = 32;  // towards each end
  const int64_t lower = (length + 1) / 2;
  int64_t first = 1;
  for (const int64_t last : logarithmic_ends(lower, kBins)) {
    bins_.push_back({.first_count = first, .last_count = last});
    first = last + 1;
  }
  auto visible = logarithmic_ends(length - lower, kBins);  // the same of what is not masked, and one more
  std::reverse(visible.begin(), visible.end());
  for (size_t i = 0; i < visible.size(); ++i) {
    const int64_t last = i + 1 < visible.size() ? length - visible[i + 1] : length;
    bins_.push_back({.first_count = first, .last_count = last});
    first = last + 1;
  }
}

void Profile::add(int64_t count, double nats_per_token) {
  const auto bin =
      std::partition_point(bins_.begin(), bins_.end(), [count](const ProfileBin& b) { return b.last_count < count; });
  ++bin->samples;
  bin->sum += nats_per_token;
  bin->sum_squares += nats_per_token * nats_per_token;
}

}  // namespace veil
