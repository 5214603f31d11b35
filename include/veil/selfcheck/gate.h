#pragma once

#include <span>
#include <string>
#include <string_view>

namespace veil {

/// One figure held to the truth. Figures are nats of a whole example unless `what` says otherwise.
struct GateRow {
  std::string gate;  ///< "G1" to "G8"
  std::string what;
  double truth = 0.0;  ///< known from elsewhere: an enumeration, a closed form, a published table
  double measured = 0.0;
  double tolerance = 0.0;
  bool is_bound = false;  ///< measured is held to be at least truth - tolerance; else to be within it
  bool passed = false;
};

/// Passes if |measured - truth| <= tolerance; never where one of them is not a number.
[[nodiscard]] GateRow within(std::string gate, std::string what, double truth, double measured, double tolerance);

/// Passes if measured >= truth - tolerance.
[[nodiscard]] GateRow at_least(std::string gate, std::string what, double truth, double measured, double tolerance);

/// Whether every row passed; with a name, every row of that gate, of which there must be one.
[[nodiscard]] bool passed(std::span<const GateRow> rows);
[[nodiscard]] bool passed(std::span<const GateRow> rows, std::string_view gate);

}  // namespace veil
