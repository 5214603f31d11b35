#include "cli/command/schedules/schedules_command.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/arguments/usage_error.h"
#include "cli/command/schedules/compare_command.h"
#include "cli/command/schedules/comparison_output.h"
#include "cli/command/schedules/design_command.h"
#include "cli/command/schedules/train_arms.h"
#include "cli/opening/outputs.h"
#include "cli/terminal/output.h"
#include "cli/terminal/plain_numbers.h"
#include "io/report/plot.h"
#include "veil/base/error.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/sample/sampler.h"

namespace veil::cli {
namespace {

// One denoising step from t to s.
struct Row {
  double t = 0.0;
  double alpha = 0.0;
  double weight = 0.0;
  double masks = 0.0;
  double unmask = 0.0;
};

std::vector<Row> rows_of(const MaskSchedule& schedule, int64_t steps, int64_t length) {
  const std::vector<double> times = time_grid(TimeGridKind::kUniform, steps);
  std::vector<Row> rows;
  for (size_t i = 0; i + 1 < times.size(); ++i) {
    const double t = times[i];
    const bool is_last = i + 2 == times.size();  // which reveals all that is left, as the sampler does
    rows.push_back({.t = t,
                    .alpha = schedule.alpha(t),
                    .weight = schedule.loss_weight(t) + 0.0,  // 0 in place of -0
                    .masks = static_cast<double>(length) * schedule.masked_fraction(t),
                    .unmask = is_last ? 1.0 : schedule.unmask_probability(times[i + 1], t)});
  }
  return rows;
}

using Cells = std::array<std::string, 5>;

// Columns are as wide as their widest cell asks for, and two blanks more.
std::string aligned(const std::vector<Cells>& lines) {
  std::array<size_t, 5> widths{10, 12, 14, 16, 12};
  for (const Cells& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], line[i].size() + 2);
    }
  }
  std::string text;
  for (const Cells& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      text.append(widths[i] - line[i].size(), ' ').append(line[i]);
    }
    text += '\n';
  }
  return text;
}

std::string table_of(std::string_view name, const std::vector<Row>& rows) {
  std::vector<Cells> lines{{"t", "alpha", "weight", "masked tokens", "P(unmask)"}};
  for (const Row& row : rows) {
    lines.push_back(
        {fixed(row.t, 4), fixed(row.alpha, 6), significant(row.weight, 6), fixed(row.masks, 1), fixed(row.unmask, 6)});
  }
  return concat(name, "\n", aligned(lines), "\n");
}

nlohmann::ordered_json json_of(std::string_view name, const std::vector<Row>& rows) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    list.push_back({{"t", row.t},
                    {"alpha", row.alpha},
                    {"loss_weight", row.weight},
                    {"expected_masks", row.masks},
                    {"unmask_probability", row.unmask}});
  }
  return {{"name", name}, {"rows", list}};
}

// The table without the word for it: flags of another action are a misunderstanding.
void require_flags_of_table(const Arguments& arguments) {
  constexpr std::array<std::string_view, 6> kFlags{"schedules", "steps", "length", "out", "force", "json"};
  for (const auto& [flag, value] : arguments.flags) {
    require<UsageError>(std::find(kFlags.begin(), kFlags.end(), flag) != kFlags.end(), "--", flag,
                        " is not of veil schedules alone, want veil schedules compare or design before it");
  }
  require<UsageError>(arguments.settings.empty(), "veil schedules alone takes no settings, want compare or design");
}

}  // namespace

int run_schedules(const Arguments& arguments) {
  const std::string what = arguments.positionals.empty() ? "table" : arguments.positionals.front();
  require<UsageError>(arguments.positionals.size() <= 1 && (what == "table" || what == "compare" || what == "design"),
                      "usage: veil schedules [table|compare|design]");
  if (what == "compare") {
    return arguments.has("train") ? run_schedules_train(arguments) : run_schedules_compare(arguments);
  }
  if (what == "design") {
    return run_schedules_design(arguments);
  }
  require_flags_of_table(arguments);
  const int64_t steps = arguments.integer("steps", 10, 1, 1000);
  const int64_t length = arguments.integer("length", 3072, 1, 1'000'000'000);
  const std::filesystem::path out = arguments.text("out");
  Outputs outputs(arguments);
  outputs.writes("--out", out, OutputKind::kPlot);
  outputs.check();
  const auto schedules = named_schedules(arguments);
  if (!out.empty()) {
    io::write_plot(out, alpha_curves(schedules),
                   {.title = "Probability that a token is visible", .x_label = "time t", .y_label = "alpha"});
  }
  std::string text = concat("Each row is a step of ", steps, " from t down, for ", length,
                            " tokens: weight is alpha'(t) / (1 - alpha(t)), "
                            "P(unmask) is that of a masked token\nin this step; the last step reveals all that is "
                            "left.\n\n");
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [name, options] : schedules) {
    const std::vector<Row> rows = rows_of(MaskSchedule(options), steps, length);
    text += table_of(name, rows);
    list.push_back(json_of(name, rows));
  }
  const nlohmann::ordered_json object{{"schema_version", 1}, {"steps", steps}, {"length", length}, {"schedules", list}};
  print(arguments.has("json") ? object.dump() + "\n" : text);
  return 0;
}

}  // namespace veil::cli
