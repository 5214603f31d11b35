#include "io/report/runs_page.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include "base/words.h"
#include "io/file/file_mark.h"
#include "io/report/listed_run.h"
#include "io/report/markup.h"
#include "io/report/page.h"
#include "io/report/paired_difference.h"
#include "io/report/report_machine.h"
#include "io/report/report_plots.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostCurves = 6;  // the colours that there are
constexpr size_t kMostColumns = 6;
constexpr size_t kMostValue = 60;

std::string linked(const ListedRun& run) {
  return concat("<a href=\"", escape_markup(run.link), "\">", escape_markup(run.name), "</a>");
}

std::string figure(const EvaluationReport& report, size_t number) {
  const double half = (report.confidence_high - report.confidence_low) / 2;
  return exact_number(concat("runs.", number, ".bits_per_dim"), report.bits_per_dim, 4) + plus_minus(half, 4);
}

// How much worse than the best, on the same examples.
std::string difference_to(const EvaluationReport& best, const EvaluationReport& report) {
  if (&best == &report) {
    return "best";
  }
  const auto found = paired_difference(report, best);
  if (!found) {
    return "no common examples";
  }
  const auto& [mean, half] = found->difference;
  const bool is_clear = std::abs(mean) > half;
  return concat(signed_number(mean, 4), plus_minus(half, 4), is_clear ? "" : " (not clear)", " on ", found->examples);
}

std::string examples_of(const EvaluationReport& report) {
  return concat(report.examples,
                report.examples < report.dataset_size ? concat(" of ", report.dataset_size) : std::string());
}

std::string evaluated_table(const RunGroup& group) {
  const auto& best = *group.runs.front()->records.evaluation;
  HeadedTable table{.head = {"run", "bits per dim, 95 %", "worse than the best by", "examples", "updates", "training"},
                    .rows = {}};
  for (size_t i = 0; i < group.runs.size(); ++i) {
    const auto& run = *group.runs[i];
    const auto& report = *run.records.evaluation;
    table.rows.push_back({linked(run) + (report.classes > 0 ? " (told the class)" : ""), figure(report, i),
                          difference_to(best, report), examples_of(report), std::to_string(report.step),
                          run.records.seconds.empty() ? "" : duration_text(training_seconds(run.records))});
  }
  return concat(table.html(),
                remark("The third column is a mean over the examples that both runs scored, with its 95 % "
                       "interval: what is common to them falls out, so it is surer than the second tells. "
                       "“Not clear”: the interval holds 0."));
}

std::string unevaluated_table(const RunGroup& group) {
  HeadedTable table{.head = {"run", "updates logged", "last figure on training batches"}, .rows = {}};
  for (const auto* run : group.runs) {
    const auto& curve = run->records.train_bits;
    table.rows.push_back({linked(*run), curve.empty() ? "0" : std::to_string(curve.rbegin()->first),
                          curve.empty() ? "" : fixed_number(curve.rbegin()->second, 3)});
  }
  return table.html();
}

// Keys whose values are not the same in all of them.
std::string settings_table(const RunGroup& group) {
  std::vector<const ListedRun*> runs;
  for (const auto* run : group.runs) {
    if (run->config && runs.size() < kMostColumns) {
      runs.push_back(run);
    }
  }
  HeadedTable table{.head = {"setting"}, .rows = {}};
  for (const auto* run : runs) {
    table.head.push_back(run->name);
  }
  for (const auto& key : config_keys()) {
    std::vector<std::string> row{escape_markup(key.name)};
    for (const auto* run : runs) {
      row.push_back(escape_markup(shortened(key.get(*run->config), kMostValue)));
    }
    if (std::adjacent_find(row.begin() + 1, row.end(), std::not_equal_to<>()) != row.end()) {
      table.rows.push_back(std::move(row));
    }
  }
  if (runs.size() < 2) {
    return "";
  }
  const std::string part = runs.size() < group.runs.size() ? concat(", of the first ", runs.size(), " runs") : "";
  return concat("<h3>Settings that differ", part, "</h3>\n",
                table.rows.empty() ? plain_paragraph("None.") : table.html());
}

std::string curves_of(const RunGroup& group) {
  std::vector<std::pair<std::string, const RunRecords*>> named;
  for (const auto* run : group.runs) {
    if (named.size() < kMostCurves) {
      named.emplace_back(run->name, &run->records);
    }
  }
  const std::string part = named.size() < group.runs.size() ? concat("Of the first ", named.size(), " runs.") : "";
  const std::string curves = plot_curves_together(named);
  return curves.empty() ? "" : curves + remark(part);
}

std::string group_section(const RunGroup& group, size_t number) {
  const bool is_evaluated = !group.data.empty();
  const std::string content =
      concat(is_evaluated ? evaluated_table(group) : unevaluated_table(group), curves_of(group), settings_table(group));
  return section(concat("group-", number).c_str(), is_evaluated ? escape_markup(group.data) : "Not evaluated yet",
                 content);
}

}  // namespace

std::string make_runs_page(const std::vector<fs::path>& runs, const fs::path& page, const std::string& title) {
  std::vector<ListedRun> listed;
  for (const auto& run : runs) {
    listed.push_back(read_listed_run(run, page.parent_path()));
  }
  const auto groups = grouped(listed);
  std::string html = page_begin(title, kReportMark);
  html += concat("<p class=\"lead\">", listed.size(), listed.size() == 1 ? " run" : " runs",
                 ", sorted by bits per dimension: fewer are better. Figures of different data cannot be compared, so "
                 "each data set has a table of its own.</p>\n");
  for (size_t i = 0; i < groups.size(); ++i) {
    html += group_section(groups[i], i + 1);
  }
  return html + page_end();
}

bool is_run(const fs::path& folder) {
  const RunLayout layout(folder);
  std::error_code ignored;
  return fs::exists(layout.config, ignored) || fs::exists(layout.log, ignored) ||
         fs::exists(layout.evaluation, ignored);
}

std::vector<fs::path> runs_below(const fs::path& folder) {
  std::vector<fs::path> runs;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (fs::is_directory(entry->path(), ignored) && is_run(entry->path())) {
      runs.push_back(entry->path());
    }
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

}  // namespace veil::io
