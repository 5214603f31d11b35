#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/run/run_records.h"

namespace veil::io {

/// The straight line through the last points of a curve, by least squares.
struct Trend {
  int64_t first_step = 0;  ///< of the points, and the last of them
  int64_t last_step = 0;
  int64_t points = 0;
  double change = 0.0;  ///< of the line from the first of these steps to the last
  double half = 0.0;    ///< of its 95 % interval, from the points' distances to the line (Student's t, points - 2)

  [[nodiscard]] bool falls() const { return change + half < 0; }
  [[nodiscard]] bool rises() const { return change - half > 0; }
};

/// Of the last third of the points, of at least 5, or of all where there are fewer; nothing below 3, of which no error
/// can be told.
[[nodiscard]] std::optional<Trend> trend_of(const StepCurve& curve);

/// Whether a run was still getting better at its end, in plain words: by its evaluations, or where these are too few by
/// the estimates on the training batches.
[[nodiscard]] std::string trend_words(const RunRecords& records);

}  // namespace veil::io
