#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "veil/base/option.h"

namespace veil {

enum class ScheduleKind { kLinear, kCosine, kPolynomial, kGeometric, kTable };

/// A place of a schedule that is given as a table.
struct SchedulePoint {
  double time = 0.0;   ///< in [0, 1]
  double alpha = 1.0;  ///< in [0, 1]

  bool operator==(const SchedulePoint&) const = default;
};

/// A masking schedule, as plain values.
struct MaskScheduleOptions {
  ScheduleKind kind = ScheduleKind::kLinear;
  double exponent = 1.0;   ///< kPolynomial: p in 1 - t^p
  double beta_min = 1e-5;  ///< kGeometric: > 0
  double beta_max = 20.0;  ///< kGeometric: > beta_min
  double clip = 0.0;       ///< alpha is mapped affinely into [clip, 1 - clip]; in [0, 0.5). 0 = exact ends;
                           ///< 1e-4 = what the reference trains with
  std::vector<SchedulePoint> points = {};  ///< kTable: 2 to 1000 from (0, 1) to (1, 0), times rising, alphas not;
                                           ///< alpha runs straight from each to the next

  bool operator==(const MaskScheduleOptions&) const = default;
};

/// What each number of MaskScheduleOptions may be. Beyond these exponents all is revealed in a sliver of time that no
/// grid and no noise level meets.
struct MaskScheduleRanges {
  static constexpr Range kExponent{.low = 0.01, .high = 100.0};
  static constexpr Range kBetaMin{.low = 0.0, .high = 1.0, .open_low = true};
  static constexpr Range kBetaMax{.low = 0.0, .high = 1000.0, .open_low = true};
  static constexpr Range kClip{.low = 0.0, .high = 0.5, .open_high = true};
};

/// Throws InvalidOption if a field is out of range, a geometric schedule has beta_min >= beta_max, or a table is none.
void check_options(const MaskScheduleOptions& options);

/// Probability alpha(t) that a token is still visible at time t in [0, 1], for one schedule shared by all tokens (MD4).
/// alpha falls from 1 (clip 0: exactly 1, except kGeometric, which starts at exp(-beta_min)) to 0 (kGeometric:
/// exp(-beta_max)). A value: cheap to copy, safe to share. Source: arXiv 2406.04329, table 4.
///
/// Everything is computed in float64, and 1 - alpha by its own closed form, so that nothing cancels near t = 0.
class MaskSchedule {
 public:
  /// Throws InvalidOption, as check_options.
  explicit MaskSchedule(const MaskScheduleOptions& options = {});

  [[nodiscard]] const MaskScheduleOptions& options() const { return options_; }

  [[nodiscard]] double alpha(double t) const;
  /// 1 - alpha(t): the expected masked fraction.
  [[nodiscard]] double masked_fraction(double t) const;
  /// d alpha / dt, <= 0. May be -infinity at t = 0 (exponent < 1). At a point of a table: that of the piece before it.
  [[nodiscard]] double alpha_derivative(double t) const;
  /// alpha'(t) / (1 - alpha(t)) <= 0: the weight of the cross-entropy sum in the continuous-time bound (equation 6).
  /// -infinity at t = 0 when clip is 0.
  [[nodiscard]] double loss_weight(double t) const;
  /// The t in [0, 1] with alpha(t) = alpha, the first one where a table stays level; the nearest end for an alpha
  /// outside the range.
  [[nodiscard]] double time_of_alpha(double alpha) const;
  /// Probability that a token masked at time t is revealed by the step to s <= t: (alpha_s - alpha_t) / (1 - alpha_t).
  /// Exactly 1 when s is 0 and clip is 0. In [0, 1].
  [[nodiscard]] double unmask_probability(double s, double t) const;

 private:
  MaskScheduleOptions options_;
};

/// "linear", "cosine", "poly3", "poly0.5", "geometric", "table(0:1 0.5:0.3 1:0)" (time:alpha) → options with the
/// defaults of that kind. Throws InvalidArgument that lists what is allowed.
[[nodiscard]] MaskScheduleOptions parse_schedule(std::string_view text);

/// The inverse of parse_schedule.
[[nodiscard]] std::string schedule_name(const MaskScheduleOptions& options);

}  // namespace veil
