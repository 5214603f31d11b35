#include "evaluate/profile.h"

#include <algorithm>
#include <cmath>

namespace veil {

Profile::Profile(int64_t length) {
  constexpr int kBins = 64;
  int64_t first = 1;
  for (int b = 0; b < kBins; ++b) {
    const int64_t last =
        b + 1 == kBins
            ? length
            : static_cast<int64_t>(std::pow(static_cast<double>(length), static_cast<double>(b + 1) / kBins));
    if (last >= first) {
      bins_.push_back({.first_count = first, .last_count = last});
      first = last + 1;
    }
  }
}

void Profile::add(int64_t count, double nats_per_token) {
  const auto bin = std::partition_point(bins_.begin(), bins_.end(),
                                        [count](const ProfileBin& b) { return b.last_count < count; });
  ++bin->samples;
  bin->sum += nats_per_token;
  bin->sum_squares += nats_per_token * nats_per_token;
}

}  // namespace veil
