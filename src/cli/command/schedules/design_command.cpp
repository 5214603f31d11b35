#include "cli/command/schedules/design_command.h"

#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/command/schedules/comparison_settings.h"
#include "cli/opening/data_opening.h"
#include "cli/opening/model_choice.h"
#include "cli/opening/outputs.h"
#include "cli/terminal/output.h"
#include "cli/terminal/plain_numbers.h"
#include "cli/terminal/watch.h"
#include "evaluate/step_bounds.h"
#include "io/config/count_grid_file.h"
#include "veil/base/error.h"
#include "veil/diffusion/count_grid.h"
#include "veil/evaluate/information_profile.h"
#include "veil/objective/loss_terms.h"

namespace veil::cli {
namespace {

constexpr int64_t kMostTokens = int64_t{1} << 20;

// A row for every doubling of the number of steps.
std::string table_of(const io::CountGridFile& grids, const std::vector<double>& profile) {
  const double limit = bits_per_dim(std::accumulate(profile.begin(), profile.end(), 0.0), grids.length);
  std::string text = concat("continuous bound ", fixed(limit, 4), " bits/dim; of the samplers' law with\n");
  int64_t next = 0;
  for (const auto& [steps, counts] : grids.grids) {
    if (steps >= next) {
      const double bits = bits_per_dim(count_grid_bound(profile, counts), grids.length);
      text += concat("  ", steps, " steps ", fixed(bits, 4), ", ", fixed(bits - limit, 4), " above it\n");
      next = 2 * steps;
    }
  }
  return text;
}

}  // namespace

int run_schedules_design(const Arguments& arguments) {
  const ModelChoice choice = open_model(arguments);
  const int64_t length = choice.model.spec.network.shape.length();
  require(length <= kMostTokens, "an example has ", length, " tokens, grids are for at most ", kMostTokens);
  io::DataOptions data = choice.config.data;
  data.source = arguments.text("data", data.source);
  const std::filesystem::path out = arguments.text("out", "grids.json");
  Outputs outputs(arguments);
  outputs.reads_model(arguments.text("model"));
  outputs.reads_data(data.source);
  outputs.writes("--out", out, OutputKind::kCountGrids);
  outputs.check();
  const std::string wanted =
      arguments.text("steps", concat(std::min<int64_t>(8, length), "..", std::min<int64_t>(256, length)));
  const auto steps = whole_numbers("steps", wanted, 1, length);
  const auto training = in_classes_of(choice.model.spec, open_data(data, data.split, arguments.quiet), arguments.quiet);
  EvaluationOptions options = choice.run.evaluation;
  options.form = ObjectiveForm::kCount;
  options.limit = arguments.integer("limit", 1000, 0, 1'000'000'000);
  options.seed = static_cast<uint64_t>(arguments.integer("seed", 0, 0, INT64_MAX));
  Watch watch({.label = "profile", .unit = "passes", .quiet = arguments.quiet});
  const auto passes = profile_passes(*choice.model.denoiser, *training, options, choice.compute, watch.callback());
  const auto profile = information_profile(profile_bins(passes, all_examples(passes)));
  const auto found = optimal_count_grids(profile, steps);
  io::CountGridFile grids{.length = length,
                          .origin = concat(training->info().name, ", ", training->info().split, ", ", passes.examples(),
                                           " examples, seed ", options.seed),
                          .grids = {}};
  for (size_t i = 0; i < steps.size(); ++i) {
    grids.grids[steps[i]] = found[i];
  }
  io::write_count_grids(out, grids);
  const nlohmann::ordered_json object{{"schema_version", 1}, {"grids", out.string()},
                                      {"length", length},    {"origin", grids.origin},
                                      {"steps", steps},      {"examples", passes.examples()}};
  print(arguments.has("json") ? object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"
                              : concat(table_of(grids, profile), "grids ", out.string(), "\n"));
  return 0;
}

}  // namespace veil::cli
