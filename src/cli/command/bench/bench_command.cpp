#include "cli/command/bench/bench_command.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/arguments/configuration.h"
#include "cli/arguments/usage_error.h"
#include "cli/command/bench/bench_data.h"
#include "cli/command/bench/bench_estimators.h"
#include "cli/command/bench/bench_figures.h"
#include "cli/command/bench/bench_workload.h"
#include "cli/opening/data_opening.h"
#include "cli/opening/provenance.h"
#include "cli/terminal/progress.h"

namespace veil::cli {
namespace {

// Small enough that a laptop answers within a minute; a configuration file replaces it.
io::RunConfig small_run() {
  io::RunConfig config;
  config.model.layers = 4;
  config.model.width = 64;
  config.train.batch_size = 16;
  config.evaluate.batch_size = 8;
  config.evaluate.passes = 2;
  config.sample.count = 8;
  config.sample.steps = 16;
  return config;
}

bool names_data(const Arguments& arguments) {
  return arguments.has("config") || std::any_of(arguments.settings.begin(), arguments.settings.end(),
                                                [](const auto& setting) { return setting.first.starts_with("data."); });
}

std::vector<double> time_steps(const Workload& workload, const Arguments& arguments) {
  const int64_t warmup = arguments.integer("warmup", 3, 0, 1'000'000);
  const int64_t steps = arguments.integer("steps", 10, 1, 1'000'000);
  ProgressReporter progress(
      {.label = "bench", .total = warmup + steps, .examples_per_step = workload.images, .quiet = arguments.quiet});
  std::vector<double> seconds;
  for (int64_t i = 0; i < warmup + steps; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    workload.step();
    if (i >= warmup) {
      seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    progress.advance(i + 1);
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds;
}

double median_of(const std::vector<double>& sorted) {
  const size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

}  // namespace

int run_bench(const Arguments& arguments) {
  require<UsageError>(arguments.positionals.size() == 1,
                      "veil bench wants one of train, evaluate, sample, data and estimators");
  if (arguments.positionals.front() == "estimators") {
    return run_bench_estimators(arguments);
  }
  if (arguments.positionals.front() == "data") {
    return run_bench_data(arguments);
  }
  const bool is_configured = names_data(arguments);
  const io::RunConfig config = configuration(arguments, arguments.has("config") ? io::RunConfig{} : small_run());
  const Compute compute = resolve_compute(config.device);
  apply_process_options(config.device);
  const auto dataset = is_configured ? open_data(config.data, config.data.split, arguments.quiet) : synthetic_dataset();
  const Workload workload = make_workload(arguments.positionals.front(), config, *dataset, compute);
  const std::vector<double> seconds = time_steps(workload, arguments);
  const auto images = static_cast<double>(workload.images);
  const nlohmann::ordered_json figures{{"schema_version", 1},
                                       {"workload", arguments.positionals.front()},
                                       {"images_per_second", images / median_of(seconds)},
                                       {"images_per_second_best", images / seconds.front()},
                                       {"images_per_step", workload.images},
                                       {"timed_steps", seconds.size()},
                                       {"peak_memory_bytes", peak_bytes(compute.device)},
                                       {"parameters", workload.parameters},
                                       {"dataset", dataset->info().name},
                                       {"device", compute.device.str()},
                                       {"precision", precision_name(compute.precision)},
                                       {"channels_last", compute.is_channels_last(workload.is_training)},
                                       {"fused", config.device.fused},
                                       {"threads", at::get_num_threads()}};
  print_figures(figures, arguments.has("json"));
  return 0;
}

}  // namespace veil::cli
