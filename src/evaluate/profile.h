#pragma once

#include <cstdint>
#include <vector>

#include "veil/evaluate/evaluator.h"

namespace veil {

/// Collects S/k in bins of k.
class Profile {
 public:
  /// Bins are logarithmic towards both ends, 32 each, for the profile is steep where little is masked and where little
  /// is visible: with m = ceil(length / 2) bin b of the first ends at floor(m^((b + 1) / 32)), and those of the counts
  /// above m are laid out by length + 1 - k in the same way. Bins that hold no whole number are left out.
  explicit Profile(int64_t length);

  /// count: k in 1..length; nats_per_token: S/k.
  void add(int64_t count, double nats_per_token);

  [[nodiscard]] const std::vector<ProfileBin>& bins() const { return bins_; }

 private:
  std::vector<ProfileBin> bins_;
};

}  // namespace veil
