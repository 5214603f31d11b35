#include "cli/opening/model_choice.h"

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "cli/arguments/configuration.h"
#include "cli/arguments/usage_error.h"
#include "cli/terminal/messages.h"
#include "io/model/checkpoint_state.h"
#include "io/model/model_files.h"
#include "io/run/run_layout.h"
#include "veil/io/model/checkpoint.h"
#include "veil/nn/placement.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

void tell(const std::vector<std::string>& damages) {
  for (const std::string& damage : damages) {
    warn(concat("veil: ", damage));
  }
}

// A model of a checkpoint's folder, whose digests are known to be right.
io::LoadedModel load_from_checkpoint(const fs::path& checkpoint, const std::string& weights) {
  io::LoadedModel model = io::load_model(checkpoint / (weights == "raw" ? io::kModelName : io::kAverageName));
  if (!model.info.history.empty()) {
    model.info.evaluation_fingerprint = model.info.history.back().evaluation_data;
  }
  return model;
}

// Of a run: its model if that is what is asked for and there is one, else its newest sound checkpoint, which is said.
io::LoadedModel load_from_run(const fs::path& folder, const std::string& weights) {
  const io::RunLayout run(folder);
  const bool has_model = fs::exists(run.model);
  if (has_model && weights != "raw") {
    return io::load_model(run.model);
  }
  const auto newest = io::find_newest_checkpoint(run.checkpoints);
  require<DataError>(newest.has_value(), has_model ? run.checkpoints.string() : folder.string(), ": ",
                     has_model
                         ? "no checkpoint, want one that holds the raw weights"
                         : "holds no model.safetensors and no checkpoint, want the folder of a run that has saved one");
  tell(newest->skipped);
  if (!has_model) {
    std::cerr << "veil: " << folder.string() << ": this run is not finished: taken is its newest checkpoint, step "
              << newest->step << " of " << newest->config.train.steps << ", "
              << (weights == "raw" ? "raw weights" : "moving average (ema)") << '\n';
  }
  return load_from_checkpoint(newest->path, weights);
}

io::LoadedModel load_weights(const Arguments& arguments) {
  const fs::path path = arguments.required("model");
  const std::string weights = arguments.text("weights");
  require<UsageError>(weights.empty() || weights == "ema" || weights == "raw", "--weights is ", weights,
                      ", want ema or raw");
  if (fs::exists(path / io::kStateName)) {
    (void)io::read_state(path);
    return load_from_checkpoint(path, weights);
  }
  io::LoadedModel model = fs::is_directory(path) ? load_from_run(path, weights) : io::load_model(path);
  require<UsageError>(weights.empty() || weights == model.info.weights, "--weights is ", weights, ", but ",
                      path.string(), " holds ", model.info.weights, " weights only");
  return model;
}

}  // namespace

ModelChoice open_model(const Arguments& arguments) {
  return open_model(arguments, [](io::RunConfig& /*config*/) {});
}

ModelChoice open_model(const Arguments& arguments, const std::function<void(io::RunConfig&)>& adjust) {
  io::LoadedModel model = load_weights(arguments);
  io::RunConfig base = model.config;
  base.device = {};
  adjust(base);
  io::RunConfig config = configuration(arguments, base);
  io::ResolvedRun run = resolve(config, model.spec.data);
  const Compute compute = resolve_compute(config.device);
  apply_process_options(config.device);
  place(*model.denoiser, compute, /*training=*/false);
  return {.model = std::move(model), .config = std::move(config), .run = std::move(run), .compute = compute};
}

}  // namespace veil::cli
