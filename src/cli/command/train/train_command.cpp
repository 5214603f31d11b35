#include "cli/command/train/train_command.h"

#include <filesystem>

#include "cli/arguments/configuration.h"
#include "cli/command/train/training_run.h"
#include "cli/opening/outputs.h"

namespace veil::cli {
namespace {

// results/NAME for --config some/where/NAME.cfg.
std::filesystem::path default_folder(const Arguments& arguments) {
  return std::filesystem::path("results") / std::filesystem::path(arguments.text("config", "run")).stem();
}

}  // namespace

int run_train(const Arguments& arguments) {
  const auto config = configuration(arguments);
  const std::filesystem::path folder =
      arguments.has("run") ? std::filesystem::path(arguments.required("run")) : default_folder(arguments);
  Outputs outputs(/*force=*/false);
  outputs.reads_data(config.data.source);
  outputs.writes("--run", folder, OutputKind::kRunFolder);
  outputs.check();
  return run_training(config, {.folder = folder, .fresh = arguments.has("fresh"), .quiet = arguments.quiet});
}

}  // namespace veil::cli
