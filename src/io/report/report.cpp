#include "io/report/report.h"

#include <cmath>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "base/words.h"
#include "io/file/file_mark.h"
#include "io/file/files.h"
#include "io/report/markup.h"
#include "io/report/report_history.h"
#include "io/report/report_plots.h"
#include "io/run/evaluation_file.h"
#include "io/run/run_layout.h"
#include "io/run/run_records.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxImageText = 3'000'000;  // bytes of base64 in all: the page stays below 5 MB
constexpr int64_t kMaxImageBytes = 2'500'000;
constexpr size_t kMostGrids = 6;
constexpr size_t kMostConfig = 100'000;
constexpr size_t kMostText = 2'000;  // of one value

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>
:root { color-scheme: light dark; --text: #1d2330; --soft: #5d6675; --back: #ffffff; --panel: #f4f6f9;
  --line: #d9dee6; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8ef; --soft: #9aa4b4; --back: #14171d; --panel: #1d222b; --line: #353c48; }
}
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 47rem; color: var(--text); background: var(--back);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
p.lead { color: var(--soft); margin: 0 0 1.5rem; }
p.figure { font-size: 2rem; font-weight: 600; margin: .5rem 0 0; font-variant-numeric: tabular-nums; }
p.figure small { font-size: 1rem; font-weight: 400; color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; }
th { font-weight: 400; color: var(--soft); width: 40%; }
svg { display: block; width: 100%; height: auto; margin: 1.25rem 0; }
figure { margin: 1rem 0; }
figure img { max-width: 100%; height: auto; image-rendering: pixelated; }
figcaption { color: var(--soft); font-size: .875rem; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem;
  overflow-x: auto;
  font: 13px/1.5 ui-monospace, monospace; }
ul.notes { color: var(--soft); }
</style>
)";

std::string section(const std::string& title, const std::string& content) {
  return content.empty() ? "" : concat("<h2>", title, "</h2>\n", content);
}

/// The rows of a table; what is not known is left out.
class Rows {
 public:
  void add(const std::string& name, const std::string& value) {
    if (!value.empty()) {
      html_ += concat("<tr><th scope=\"row\">", escape_markup(name), "</th><td>",
                      escape_markup(value.substr(0, kMostText)), "</td></tr>\n");
    }
  }
  void add(const std::string& name, double value) {
    if (std::isfinite(value)) {
      add(name, short_number(value, 7));
    }
  }
  void add(const std::string& name, int64_t value) {
    if (value > 0) {
      add(name, std::to_string(value));
    }
  }

  [[nodiscard]] std::string table() const { return "<table>\n" + html_ + "</table>\n"; }

 private:
  std::string html_;
};

/// First what a reader looks for.
std::string result_table(const EvaluationReport& report) {
  Rows rows;
  rows.add("dataset", report.dataset);
  rows.add("split", report.split);
  rows.add("examples", report.examples);
  rows.add("dataset size", report.dataset_size);
  rows.add("bits per dim", report.bits_per_dim);
  rows.add("standard error", report.standard_error);
  rows.add("mask standard error", report.mask_standard_error);
  rows.add("confidence low", report.confidence_low);
  rows.add("confidence high", report.confidence_high);
  rows.add("estimator", report.estimator);
  rows.add("control", report.control);
  rows.add("passes", report.passes);
  rows.add("replicates", report.replicates);
  rows.add("weights", report.weights);
  rows.add("updates", report.step);
  rows.add("precision", report.precision);
  rows.add("device", report.device);
  rows.add("veil", report.veil_version);
  rows.add("LibTorch", report.libtorch_version);
  rows.add("seed", std::to_string(report.seed));
  rows.add("length", report.length);
  if (report.classes > 0) {
    rows.add("classes that the model is told", report.classes);
    rows.add("bits per dim for telling them, not added", label_bits_per_dim(report));
  }
  return rows.table();
}

std::string make_result(const EvaluationReport& report) {
  const bool has_interval = std::isfinite(report.confidence_low) && std::isfinite(report.confidence_high);
  const bool is_part = report.examples < report.dataset_size;
  return concat(
      "<p class=\"figure\">", fixed_number(report.bits_per_dim, 4),
      has_interval ? concat(" ± ", fixed_number((report.confidence_high - report.confidence_low) / 2, 4)) : "",
      " <small>bits per dimension", has_interval ? ", 95 % interval" : "",
      is_part ? concat(", on ", report.examples, " of ", report.dataset_size, " examples") : std::string(),
      "</small></p>\n", result_table(report));
}

/// The newest grids that fit, the newest first: names sort by step.
std::string make_samples(RunRecords& records) {
  std::string html;
  size_t used = 0;
  size_t left_out = 0;
  for (auto path = records.pictures.rbegin(); path != records.pictures.rend(); ++path) {
    const std::string name = path->filename().string();
    if (static_cast<size_t>(path - records.pictures.rbegin()) >= kMostGrids) {
      ++left_out;
      continue;
    }
    try {
      const auto bytes = read_file(*path, kMaxImageBytes);
      require<DataError>(
          bytes.size() > 8 && bytes[0] == 0x89 && bytes[1] == 'P' && used + bytes.size() * 4 / 3 < kMaxImageText, name);
      const std::string encoded = base64(bytes);
      used += encoded.size();
      html += concat("<figure><img alt=\"Samples ", escape_markup(name), "\" src=\"data:image/png;base64,", encoded,
                     "\"><figcaption>", escape_markup(name), "</figcaption></figure>\n");
    } catch (const DataError&) {
      ++left_out;
    }
  }
  if (left_out > 0) {
    records.notes.push_back(
        concat(left_out, " of ", records.pictures.size(), " sample grids are left out, to keep this page small."));
  }
  return html;
}

std::string make_configuration(RunRecords& records, const std::string& name) {
  if (records.config.empty()) {
    return "";
  }
  if (records.config.size() > kMostConfig) {
    records.config.resize(kMostConfig);
    records.notes.emplace_back("The configuration is cut.");
  }
  return concat("<p>The run again, from the resolved configuration in its folder:</p>\n<pre>veil train --config ",
                escape_markup(in_shell_quotes(RunLayout(name).config.string())), " --run ",
                escape_markup(in_shell_quotes(name + "-again")), "</pre>\n<pre>", escape_markup(records.config),
                "</pre>\n");
}

std::string make_lead(const RunRecords& records) {
  std::string text = "A masked diffusion model trained by veil";
  if (!records.train_bits.empty()) {
    text += concat(", ", records.train_bits.rbegin()->first, " steps logged");
  }
  if (!records.seconds.empty()) {
    double seconds = 0;
    for (const auto& [step, since_line_before] : records.seconds) {
      seconds += since_line_before;
    }
    text += concat(", ", fixed_number(seconds / 60, 1), " minutes of training");
  }
  return "<p class=\"lead\">" + text + ".</p>\n";
}

std::string make_notes(const std::vector<std::string>& notes) {
  std::string html;
  for (const auto& note : notes) {
    html += "<li>" + escape_markup(note) + "</li>\n";
  }
  return html.empty() ? "" : "<ul class=\"notes\">\n" + html + "</ul>\n";
}

/// The folder's own name, for a path as "results/run/" or "." too.
std::string run_name(const fs::path& folder) {
  std::error_code ignored;
  const auto path = fs::weakly_canonical(folder, ignored);
  return path.has_filename() ? path.filename().string() : folder.string();
}

}  // namespace

std::string make_report(const fs::path& run_folder) {
  std::error_code error;
  require<DataError>(fs::is_directory(run_folder, error), run_folder.string(), ": not a folder, want that of a run");
  RunRecords records = read_run_records(RunLayout(run_folder));
  const std::string name = run_name(run_folder);
  const std::string samples = make_samples(records);
  const std::string configuration = make_configuration(records, name);
  std::string html(kHead);
  html += html_mark(kReportMark);
  html +=
      concat("<title>", escape_markup(name), " – veil</title>\n</head>\n<body>\n<h1>", escape_markup(name), "</h1>\n");
  html += make_lead(records);
  html += section("Result", records.evaluation ? make_result(*records.evaluation) : "");
  html += section("Curves", plot_curves(records));
  html += section("Learned masking schedules", plot_powers(records));
  html +=
      section("Information by masked positions", records.evaluation ? plot_profile(records.evaluation->profile) : "");
  html += section("Samples", samples);
  html += section("What was done", history_table(records.history));
  html += section("Configuration", configuration);
  html += section("What this page leaves out", make_notes(records.notes));
  return html + "</body>\n</html>\n";
}

fs::path write_report(const fs::path& run_folder) {
  const RunLayout layout(run_folder);
  write_file(layout.report, make_report(run_folder));
  return layout.report;
}

}  // namespace veil::io
