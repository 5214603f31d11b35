#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/command/schedules/child_run.h"
#include "cli/command/schedules/comparison_settings.h"
#include "cli/command/schedules/train_arms.h"
#include "cli/command/schedules/training_output.h"
#include "cli/opening/outputs.h"
#include "cli/opening/own_output.h"
#include "cli/terminal/output.h"
#include "io/file/files.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Trains what is not trained yet; each run goes on where it was.
void train_all(const std::vector<PlannedRun>& runs, bool quiet) {
  const StopSignal signal;
  for (size_t i = 0; i < runs.size(); ++i) {
    const auto& arm = runs[i].arm;
    std::vector<std::string> words = runs[i].words;
    if (quiet) {
      words.emplace_back("--quiet");
    } else {
      std::cerr << "veil: run " << i + 1 << " of " << runs.size() << ": " << arm.name << ", seed " << arm.seed << '\n';
    }
    const int code = signal.received() == 0 ? run_child(words, signal) : kStoppedBySignal;
    if (code == kStoppedBySignal || signal.received() != 0) {
      throw Stopped(concat("stopped in run ", i + 1, " of ", runs.size(), "; the same command goes on from there"));
    }
    if (code != 0) {
      throw DataError(concat(arm.run.string(), ": training ended with ", code, "; what it said stands above"));
    }
  }
}

}  // namespace

int run_schedules_train(const Arguments& arguments) {
  const auto settings = training_settings(arguments);
  const fs::path folder = arguments.text("out", "schedules-training");
  Outputs outputs(arguments);
  outputs.reads_file(settings.base, "the configuration of the runs");
  outputs.writes("--out", folder, OutputKind::kComparison);
  outputs.check();
  const auto runs = planned_runs(settings.base, settings.arms, settings.seeds, folder);
  fs::create_directories(folder / kComparisonParts);
  fs::create_directories(folder / "runs");
  train_all(runs, arguments.quiet);
  const auto results = arm_results(runs);
  const auto object = training_json(results, settings.base, arguments.command_line);
  const std::string json = object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  const auto plots = training_plots(results);
  io::write_file(folder / "training.json", json);
  io::write_file(folder / "training.csv", training_table(results));
  write_plots(folder, plots);
  io::write_file(folder / "report.html", training_page(object, results, plots, folder));
  print(arguments.has("json") ? json
                              : concat(training_text(results), "\nreport ", (folder / "report.html").string(), "\n"));
  return 0;
}

}  // namespace veil::cli
