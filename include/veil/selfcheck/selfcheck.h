#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "veil/selfcheck/gate.h"

namespace veil {

struct SelfcheckOptions {
  bool train = false;  ///< also G4, which trains a network for minutes
};

/// Called with (parts done, parts in all); a training step is a part.
using SelfcheckProgress = std::function<void(int64_t, int64_t)>;

/// Holds what this program computes to distributions about which everything is known: the gates G1, G2, G3, G6, G7 and
/// G8, and G4. There is no G5: it is of a codec, and there is none. On the CPU, with fixed seeds, so that it gives the
/// same rows every time (but for rounding).
[[nodiscard]] std::vector<GateRow> selfcheck(const SelfcheckOptions& options, const SelfcheckProgress& progress = {});

}  // namespace veil
