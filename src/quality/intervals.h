#pragma once

#include <cstdint>
#include <vector>

#include "base/statistics.h"
#include "veil/quality/measured.h"

namespace veil {

/// The share of `hits` in `trials` with the exact interval of Clopper and Pearson (1934). trials >= 1.
[[nodiscard]] Measured share_of(int64_t hits, int64_t trials);

/// The median with the interval between two order statistics, which needs no assumption. values: not empty.
[[nodiscard]] Measured median_of(std::vector<double> values);

/// Probability of at least `hits` heads in `tosses` of a fair coin.
[[nodiscard]] double coin_tail(int64_t hits, int64_t tosses);

/// p values adjusted so that, whatever depends on what, the smallest is below x with probability at most x if all
/// hypotheses hold: Holm, "A simple sequentially rejective multiple test procedure" (1979). NaN stays and is no test.
[[nodiscard]] std::vector<double> holm_adjusted(const std::vector<double>& p_values);

}  // namespace veil
