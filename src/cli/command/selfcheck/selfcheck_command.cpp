#include "cli/command/selfcheck/selfcheck_command.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/terminal/output.h"
#include "cli/terminal/plain_numbers.h"
#include "cli/terminal/progress.h"
#include "veil/base/error.h"
#include "veil/selfcheck/selfcheck.h"

namespace veil::cli {
namespace {

constexpr size_t kFigure = 14;  // width of a column of figures

std::string left(const std::string& text, size_t width) {
  return text.size() < width ? text + std::string(width - text.size(), ' ') : text;
}

std::string right(const std::string& text, size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string verdict(const GateRow& row) { return row.passed ? "pass" : "FAIL"; }

// The tolerance may be 1e-12, which six digits after the point would show as nothing.
std::string tolerance_text(double tolerance) {
  return tolerance > 0 && tolerance < 1e-6 ? concat(tolerance) : fixed(tolerance, 6);
}

std::string table_of(const std::vector<GateRow>& rows) {
  size_t widest = 0;
  for (const GateRow& row : rows) {
    widest = std::max(widest, row.what.size());
  }
  std::string text = concat(left("gate", 6), left("what", widest), right("measured", kFigure), "  ", left("want", 4),
                            right("truth", kFigure), right("tolerance", kFigure), "  verdict\n");
  for (const GateRow& row : rows) {
    text += concat(left(row.gate, 6), left(row.what, widest), right(fixed(row.measured, 6), kFigure), "  ",
                   left(row.is_bound ? ">=" : "=", 4), right(fixed(row.truth, 6), kFigure),
                   right(tolerance_text(row.tolerance), kFigure), "  ", verdict(row), "\n");
  }
  const auto failed = std::count_if(rows.begin(), rows.end(), [](const GateRow& row) { return !row.passed; });
  return concat(text, "\n", rows.size(), " figures, ", failed, " failed\n");
}

std::string json_of(const std::vector<GateRow>& rows) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const GateRow& row : rows) {
    list.push_back({{"gate", row.gate},
                    {"what", row.what},
                    {"truth", row.truth},
                    {"measured", row.measured},
                    {"tolerance", row.tolerance},
                    {"want", row.is_bound ? ">=" : "="},
                    {"verdict", row.passed ? "pass" : "fail"}});
  }
  return nlohmann::ordered_json{{"schema_version", 1}, {"passed", passed(rows)}, {"rows", list}}.dump() + "\n";
}

}  // namespace

int run_selfcheck(const Arguments& arguments) {
  std::vector<GateRow> rows;
  {
    ProgressReporter progress({.label = "selfcheck", .unit = "gates", .quiet = arguments.quiet});
    rows = selfcheck({.train = arguments.has("train")},
                     [&](int64_t done, int64_t all) { progress.advance_of(done, all); });
  }
  print(arguments.has("json") ? json_of(rows) : table_of(rows));
  return passed(rows) ? 0 : 1;
}

}  // namespace veil::cli
