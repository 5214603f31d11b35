#include "io/report/report_machine.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "io/report/markup.h"
#include "io/report/page.h"
#include "io/report/report_plots.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kMostWarnings = 50;
constexpr size_t kMostText = 500;  // of one

double median_of(const StepCurve& curve) {
  std::vector<double> values;
  for (const auto& [step, value] : curve) {
    values.push_back(value);
  }
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// What stands in front of every line that veil says.
std::string without_name(const std::string& text) {
  for (const std::string start : {"veil: warning: ", "veil: "}) {
    if (text.starts_with(start)) {
      return text.substr(start.size());
    }
  }
  return text;
}

std::string at_step(const WarningLine& line) {
  return line.step == 0 ? "at the start" : concat("after ", line.step, " updates");
}

}  // namespace

std::string duration_text(double seconds) {
  return seconds < 5'400 ? fixed_number(seconds / 60, 1) + " minutes" : fixed_number(seconds / 3'600, 1) + " hours";
}

double training_seconds(const RunRecords& records) {
  double seconds = 0;
  for (const auto& [step, since_line_before] : records.seconds) {
    seconds += since_line_before;
  }
  return seconds;
}

std::string machine_section(const RunRecords& records) {
  if (records.seconds.empty()) {
    return "";
  }
  Rows rows;
  if (!records.history.empty()) {
    const auto& last = records.history.back();
    rows.add("computed on", concat(last.device, last.precision.empty() ? "" : ", ", last.precision));
  }
  rows.add("time of training", duration_text(training_seconds(records)));
  rows.add("examples per second, median", short_number(median_of(records.examples_per_second), 4));
  rows.add("examples seen in all", records.examples > 0 ? std::to_string(records.examples) : "");
  if (records.peak_memory_bytes > 0) {
    rows.add("most memory used", fixed_number(static_cast<double>(records.peak_memory_bytes) / (1 << 30), 2) + " GiB");
  }
  return rows.table() + plot_speed(records);
}

std::string warnings_section(const RunRecords& records) {
  std::vector<std::string> texts;
  std::vector<std::string> seen;
  for (const auto& line : records.warnings) {
    if (std::find(seen.begin(), seen.end(), line.text) == seen.end()) {
      seen.push_back(line.text);
      texts.push_back(concat(at_step(line), ": ", without_name(line.text).substr(0, kMostText)));
    }
  }
  if (records.skipped > 0) {
    texts.push_back(concat(records.skipped, records.skipped == 1 ? " update was" : " updates were",
                           " skipped because a gradient was not finite."));
  }
  std::string html;
  for (size_t i = 0; i < std::min(texts.size(), kMostWarnings); ++i) {
    html += concat("<li>", escape_markup(texts[i]), "</li>\n");
  }
  if (texts.size() > kMostWarnings) {
    html += concat("<li>", texts.size() - kMostWarnings, " more, in timing.jsonl</li>\n");
  }
  return html.empty() ? plain_paragraph("None are recorded.") : concat("<ul class=\"notes\">\n", html, "</ul>\n");
}

}  // namespace veil::io
