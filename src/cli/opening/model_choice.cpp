#include "cli/opening/model_choice.h"

#include <filesystem>
#include <iostream>

#include "base/words.h"
#include "cli/arguments/configuration.h"
#include "cli/arguments/usage_error.h"
#include "io/run/run_layout.h"
#include "veil/io/model/checkpoint.h"
#include "veil/nn/placement.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

void take_raw_weights(io::LoadedModel& model, const fs::path& folder) {
  const fs::path checkpoints = io::RunLayout(folder).checkpoints;
  const auto newest = io::load_newest_checkpoint(checkpoints);
  require<DataError>(newest.has_value(), checkpoints.string(), ": no checkpoint, want one that holds the raw weights");
  for (const std::string& damage : newest->skipped) {
    std::cerr << "veil: " << printable(damage) << '\n';
  }
  io::assign_weights(*model.denoiser, newest->checkpoint.weights, newest->path.string());
  model.info.step = newest->checkpoint.step;
  model.info.weights = "raw";
}

io::LoadedModel load_weights(const Arguments& arguments) {
  const fs::path path = arguments.required("model");
  const std::string weights = arguments.text("weights");
  require<UsageError>(weights.empty() || weights == "ema" || weights == "raw", "--weights is ", weights,
                      ", want ema or raw");
  io::LoadedModel model = io::load_model(path);
  if (weights == "raw" && model.info.weights != "raw" && fs::is_directory(path)) {
    take_raw_weights(model, path);
  }
  require<UsageError>(weights.empty() || weights == model.info.weights, "--weights is ", weights, ", but ",
                      path.string(), " holds ", model.info.weights, " weights only");
  return model;
}

}  // namespace

ModelChoice open_model(const Arguments& arguments) {
  io::LoadedModel model = load_weights(arguments);
  io::RunConfig base = model.config;
  base.device = {};
  io::RunConfig config = configuration(arguments, base);
  io::ResolvedRun run = resolve(config, model.spec.data);
  const Compute compute = resolve_compute(config.device);
  apply_process_options(config.device);
  place(*model.denoiser, compute, /*training=*/false);
  return {.model = std::move(model), .config = std::move(config), .run = std::move(run), .compute = compute};
}

}  // namespace veil::cli
