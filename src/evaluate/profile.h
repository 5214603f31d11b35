#pragma once

#include <cstdint>
#include <vector>

#include "veil/evaluate/evaluator.h"

namespace veil {

/// Collects S/k in logarithmic bins of k.
class Profile {
 public:
  /// Bin b of the 64 ends at floor(length^((b + 1) / 64)); bins that hold no whole number are left out.
  explicit Profile(int64_t length);

  /// count: k in 1..length; nats_per_token: S/k.
  void add(int64_t count, double nats_per_token);

  [[nodiscard]] const std::vector<ProfileBin>& bins() const { return bins_; }

 private:
  std::vector<ProfileBin> bins_;
};

}  // namespace veil
