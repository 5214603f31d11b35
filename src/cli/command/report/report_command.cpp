#include "cli/command/report/report_command.h"

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "cli/arguments/usage_error.h"
#include "cli/opening/outputs.h"
#include "cli/terminal/messages.h"
#include "cli/terminal/output.h"
#include "cli/terminal/watch.h"
#include "io/file/files.h"
#include "io/report/report.h"
#include "io/report/runs_page.h"
#include "io/run/run_layout.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

// What is to be written.
struct Pages {
  std::vector<fs::path> runs;  // each with a page of its own
  fs::path together;           // of all of them; empty: none
  std::string kind;            // "index" or "comparison"
  std::string title;
};

void check_run(const fs::path& folder) {
  std::error_code ignored;
  require<DataError>(fs::is_directory(folder, ignored), folder.string(), ": not a folder, want that of a run");
  const io::RunLayout layout(folder);
  require<DataError>(io::is_run(folder), folder.string(), ": holds neither a run (", layout.config.filename().string(),
                     ", ", layout.log.filename().string(), " or ", layout.evaluation.filename().string(),
                     ") nor folders of runs");
}

// A folder of runs stands for all of them.
Pages pages_of(const Arguments& arguments) {
  Pages pages;
  fs::path folder_of_runs;
  for (const std::string& word : arguments.positionals) {
    const auto below = io::is_run(word) ? std::vector<fs::path>() : io::runs_below(word);
    if (below.empty()) {
      check_run(word);
      pages.runs.emplace_back(word);
    } else {
      pages.runs.insert(pages.runs.end(), below.begin(), below.end());
      folder_of_runs = word;
    }
  }
  const bool is_index = arguments.positionals.size() == 1 && !folder_of_runs.empty();
  const bool is_several = is_index || pages.runs.size() > 1;
  require<UsageError>(is_several || !arguments.has("out"),
                      "--out is the page of several runs; that of a single one is report.html in its folder");
  if (is_several) {
    pages.together = arguments.text("out", is_index ? (folder_of_runs / "index.html").string() : "comparison.html");
    pages.kind = is_index ? "index" : "comparison";
    pages.title = is_index ? "Runs in " + io::run_name(folder_of_runs) : "Runs side by side";
  }
  return pages;
}

}  // namespace

int run_report(const Arguments& arguments) {
  require<UsageError>(!arguments.positionals.empty(), "veil report wants the folder of a run, or a folder of runs");
  const Pages pages = pages_of(arguments);
  Outputs outputs(arguments);
  for (const auto& run : pages.runs) {
    outputs.reads_run(run);
    outputs.writes(kRun, io::RunLayout(run).report, OutputKind::kRunReport);
  }
  outputs.writes("--out", pages.together, OutputKind::kReport);
  outputs.check();
  std::string text;
  {
    Watch watch({.label = "report", .unit = "pages", .quiet = arguments.quiet});
    const auto advance = watch.callback();
    const auto all = static_cast<int64_t>(pages.runs.size()) + (pages.together.empty() ? 0 : 1);
    for (size_t i = 0; i < pages.runs.size(); ++i) {
      std::vector<std::string> damage;
      text += concat("report ", io::write_report(pages.runs[i], &damage).string(), "\n");
      for (const auto& each : damage) {
        warn(concat("veil: warning: ", pages.runs[i].string(), ": ", each));
      }
      advance(static_cast<int64_t>(i) + 1, all);
    }
    if (!pages.together.empty()) {
      io::write_file(pages.together, io::make_runs_page(pages.runs, pages.together, pages.title));
      text += concat(pages.kind, " ", pages.together.string(), "\n");
    }
  }
  print(text);
  return 0;
}

}  // namespace veil::cli
