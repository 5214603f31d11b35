#include "cli/command/report/report_command.h"

#include <filesystem>
#include <string>
#include <vector>

#include "cli/arguments/usage_error.h"
#include "cli/opening/outputs.h"
#include "cli/terminal/output.h"
#include "cli/terminal/watch.h"
#include "io/file/files.h"
#include "io/report/report.h"
#include "io/report/runs_page.h"
#include "io/run/run_layout.h"

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

// A folder of runs stands for all of them.
Pages pages_of(const Arguments& arguments) {
  Pages pages;
  fs::path folder_of_runs;
  for (const std::string& word : arguments.positionals) {
    const auto below = io::is_run(word) ? std::vector<fs::path>() : io::runs_below(word);
    if (below.empty()) {
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
    outputs.writes("RUN", io::RunLayout(run).report, OutputKind::kReport);
  }
  outputs.writes("--out", pages.together, OutputKind::kReport);
  outputs.check();
  std::string text;
  {
    Watch watch({.label = "report", .unit = "pages", .quiet = arguments.quiet});
    const auto advance = watch.callback();
    const auto all = static_cast<int64_t>(pages.runs.size()) + (pages.together.empty() ? 0 : 1);
    for (size_t i = 0; i < pages.runs.size(); ++i) {
      text += concat("report ", io::write_report(pages.runs[i]).string(), "\n");
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
