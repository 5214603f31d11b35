#include "veil/selfcheck/gate.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace veil {

GateRow within(std::string gate, std::string what, double truth, double measured, double tolerance) {
  return {.gate = std::move(gate),
          .what = std::move(what),
          .truth = truth,
          .measured = measured,
          .tolerance = tolerance,
          .passed = std::abs(measured - truth) <= tolerance};
}

GateRow at_least(std::string gate, std::string what, double truth, double measured, double tolerance) {
  return {.gate = std::move(gate),
          .what = std::move(what),
          .truth = truth,
          .measured = measured,
          .tolerance = tolerance,
          .is_bound = true,
          .passed = measured >= truth - tolerance};
}

bool passed(std::span<const GateRow> rows) {
  return std::all_of(rows.begin(), rows.end(), [](const GateRow& row) { return row.passed; });
}

bool passed(std::span<const GateRow> rows, std::string_view gate) {
  const auto of_gate = [gate](const GateRow& row) { return row.gate == gate; };
  return std::any_of(rows.begin(), rows.end(), of_gate) &&
         std::all_of(rows.begin(), rows.end(), [&](const GateRow& row) { return row.passed || !of_gate(row); });
}

}  // namespace veil
