#include "cli/command/train/train_command.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "base/words.h"
#include "cli/arguments/configuration.h"
#include "cli/arguments/usage_error.h"
#include "cli/command/train/training_run.h"
#include "cli/opening/outputs.h"
#include "io/run/run_folder.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

// results/NAME for --config some/where/NAME.cfg.
fs::path run_folder(const Arguments& arguments) {
  return arguments.has("run") ? fs::path(arguments.required("run"))
                              : fs::path("results") / fs::path(arguments.text("config", "run")).stem();
}

std::optional<io::RunConfig> earlier_config(const fs::path& folder) {
  const io::RunLayout layout(folder);
  std::error_code ignored;
  return fs::exists(layout.config, ignored) ? std::optional(io::read_run_config(layout)) : std::nullopt;
}

// Configurations that lie where the program is called.
std::string example_configs() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (fs::directory_iterator entry("configs", ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    if (entry->path().extension() == ".cfg") {
      names.push_back(printable(entry->path().string()));
    }
  }
  std::sort(names.begin(), names.end());
  return names.empty() ? "" : concat(" (here are ", joined(names), ")");
}

// Days of work are not begun on defaults that nobody chose.
void require_configuration(const Arguments& arguments, const fs::path& folder, bool is_run) {
  const bool is_given = arguments.has("config") || !arguments.settings.empty() || (arguments.has("run") && is_run);
  require<UsageError>(is_given, arguments.has("run") ? concat(folder.string(), ": holds no run to go on with; ") : "",
                      "veil train needs --config FILE", example_configs(),
                      ", --run DIR of an earlier run, or settings such as --data.source=PATH");
}

// The total that --extend asks for.
void extend(io::RunConfig& config, const Arguments& arguments, const std::optional<io::RunConfig>& earlier,
            const fs::path& folder) {
  const int64_t more = arguments.integer("extend", 0, 1, TrainRanges::kSteps.high);
  require<UsageError>(earlier.has_value(), "--extend is ", more, ", but ", folder.string(),
                      " holds no run to extend; train.steps is the total of a new one");
  require<UsageError>(std::none_of(arguments.settings.begin(), arguments.settings.end(),
                                   [](const auto& setting) { return setting.first == "train.steps"; }),
                      "--extend and --train.steps are both given; want one of them");
  io::set(config, "train.steps", std::to_string(earlier->train.steps + more));
}

}  // namespace

int run_train(const Arguments& arguments) {
  const fs::path folder = run_folder(arguments);
  const auto earlier = earlier_config(folder);
  require_configuration(arguments, folder, earlier.has_value());
  const bool is_own = !arguments.has("config") && arguments.has("run") && earlier;
  auto config = configuration(arguments, is_own ? *earlier : io::RunConfig());
  if (arguments.has("extend")) {
    extend(config, arguments, earlier, folder);
  }
  Outputs outputs(/*force=*/false);
  outputs.reads_data(config.data.source);
  outputs.writes("--run", folder, OutputKind::kRunFolder);
  outputs.check();
  return run_training(config, {.folder = folder,
                               .command = arguments.command_line,
                               .fresh = arguments.has("fresh"),
                               .quiet = arguments.quiet,
                               .allow_changed_data = arguments.has("allow-changed-data"),
                               .is_extended = arguments.has("extend")});
}

}  // namespace veil::cli
