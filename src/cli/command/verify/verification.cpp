#include "cli/command/verify/verification.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/words.h"
#include "cli/terminal/plain_numbers.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostNamed = 100;  // in the text

// The probability that a part without a changed value is drawn, where so many of all are changed.
double pass_probability(const Verification& v, int64_t changed) {
  double probability = 1;
  for (int64_t i = 0; i < v.examples; ++i) {
    probability *= std::max(0.0, static_cast<double>(v.of - changed - i) / static_cast<double>(v.of - i));
  }
  return probability;
}

// The least number of changed examples that would have passed with 5 % at most.
int64_t surely_found(const Verification& v) {
  int64_t changed = 1;
  while (changed < v.of && pass_probability(v, changed) > 0.05) {
    ++changed;
  }
  return changed;
}

std::string percent(double share) { return significant(100 * share, 2) + " %"; }

std::string proof(const Verification& v) {
  const std::string start = concat(
      v.examples, " of ", v.of, " examples were scored again with the model and the data that the result names, ",
      "seed ", v.seed, " of their choice: none differs by more than ", number_text(v.tolerance), " bits/dim (at most ",
      significant(v.largest, 2), "). All figures follow from the bits of the examples.\n");
  if (v.examples == v.of) {
    return start + "Every example was scored, so no value was changed by more than that.\n";
  }
  const auto one_percent = std::max<int64_t>(v.of / 100, 1);
  return concat(start, "A result in which ", one_percent, one_percent == 1 ? " example was" : " examples were",
                " changed by more would have passed with probability ", percent(pass_probability(v, one_percent)),
                "; one with ", surely_found(v), " (",
                percent(static_cast<double>(surely_found(v)) / static_cast<double>(v.of)),
                ") with 5 % at most. The profile is held to the examples only where all are scored again.\n");
}

}  // namespace

std::string verification_text(const Verification& v) {
  if (v.changes.empty()) {
    return concat("verified ", printable(v.result.string()), "\n", proof(v));
  }
  std::string text =
      concat("not verified ", printable(v.result.string()), ": ", v.changes.size(),
             v.changes.size() == 1 ? " value is not what it must be\n" : " values are not what they must be\n");
  for (size_t i = 0; i < std::min(v.changes.size(), kMostNamed); ++i) {
    const auto& change = v.changes[i];
    text += concat("  ", change.field, " is ", change.found, ", want ", change.wanted, " (", change.why, ")\n");
  }
  if (v.changes.size() > kMostNamed) {
    text += concat("  and ", v.changes.size() - kMostNamed, " more; --json has all\n");
  }
  return text + (v.examples > 0
                     ? concat(v.examples, " of ", v.of, " examples were scored again, seed ", v.seed, "\n")
                     : std::string("no example was scored again: it would not have been the same question\n"));
}

std::string verification_json(const Verification& v) {
  auto changed = Json::array();
  for (const auto& change : v.changes) {
    changed.push_back(
        {{"field", change.field}, {"found", change.found}, {"wanted", change.wanted}, {"why", change.why}});
  }
  Json object{{"schema_version", 1},
              {"verified", v.changes.empty()},
              {"result", v.result.string()},
              {"model", v.model.string()},
              {"examples", v.examples},
              {"of", v.of},
              {"seed", v.seed},
              {"tolerance", v.tolerance},
              {"largest_difference", v.examples > 0 ? Json(v.largest) : Json()},
              {"changed", changed}};
  if (v.examples > 0) {
    object["surely_found"] = surely_found(v);
  }
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace veil::cli
