#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/command/schedules/child_run.h"
#include "cli/command/schedules/comparison_output.h"
#include "cli/command/schedules/comparison_settings.h"
#include "cli/command/schedules/train_arms.h"
#include "cli/opening/outputs.h"
#include "cli/opening/own_output.h"
#include "cli/terminal/output.h"
#include "cli/terminal/plain_numbers.h"
#include "io/file/files.h"
#include "io/report/plot.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json json_of(const ArmResult& result) {
  Json curve = Json::array();
  for (const CurvePoint& point : result.curve) {
    curve.push_back({{"step", point.step},
                     {"bits_per_dim", figure_json(point.bits)},
                     {"difference", figure_json(point.difference)}});
  }
  return {{"arm", result.arm.name},
          {"seed", result.arm.seed},
          {"run", result.arm.run.string()},
          {"forward_passes_per_example", result.arm.passes_per_example},
          {"bits_per_dim", figure_json(result.bits)},
          {"difference", figure_json(result.difference)},
          {"curve", curve}};
}

std::string csv_of(const std::vector<ArmResult>& results) {
  std::string text = "arm,seed,forward_passes_per_example,step,bits_per_dim,+-,difference,+-\r\n";
  const auto cell = [](double value) { return std::isfinite(value) ? number_text(value) : std::string(); };
  for (const ArmResult& result : results) {
    for (const CurvePoint& point : result.curve) {
      text += concat(result.arm.name, ",", result.arm.seed, ",", result.arm.passes_per_example, ",", point.step, ",",
                     cell(point.bits.value), ",", cell(point.bits.half_width), ",", cell(point.difference.value), ",",
                     cell(point.difference.half_width), "\r\n");
    }
  }
  return text;
}

std::string with_error(const SpreadFigure& figure) {
  return std::isfinite(figure.value)
             ? concat(figure.value < 0 ? "" : "+", fixed(figure.value, 4), " +- ", fixed(figure.half_width, 4))
             : std::string("not on the same examples");
}

std::string text_of(const std::vector<ArmResult>& results) {
  std::string text =
      "arm (seed), forward passes an example: bits/dim of the finished model; difference to the first arm\n";
  for (const ArmResult& result : results) {
    text += concat("  ", result.arm.name, " (", result.arm.seed, "), ", result.arm.passes_per_example, ": ",
                   fixed(result.bits.value, 4), " +- ", fixed(result.bits.half_width, 4), "; ",
                   with_error(result.difference), "\n");
  }
  return concat(
      text,
      "  Arms of one seed have the same initial weights, data order, masks' noise and number of updates; +- is half "
      "of\n"
      "  a 95 % interval over images, the same ones in all arms. It does not hold what another seed would change:\n"
      "  compare the differences of the seeds with each other before you conclude that an arm is better.\n");
}

void write_curves(const fs::path& folder, const std::vector<ArmResult>& results) {
  std::vector<io::PlotSeries> bits;
  std::vector<io::PlotSeries> differences;
  for (const ArmResult& result : results) {
    const std::string label = concat(result.arm.name, ", seed ", result.arm.seed);
    io::PlotSeries curve{.label = label, .markers = true};
    io::PlotSeries difference{.label = label, .markers = true};
    for (const CurvePoint& point : result.curve) {
      const auto x = static_cast<double>(point.step * result.arm.passes_per_example);
      curve.x.push_back(x);
      curve.y.push_back(point.bits.value);
      difference.x.push_back(x);
      difference.y.push_back(point.difference.value);
      difference.low.push_back(point.difference.value - point.difference.half_width);
      difference.high.push_back(point.difference.value + point.difference.half_width);
    }
    bits.push_back(std::move(curve));
    if (result.arm.name != results.front().arm.name) {
      differences.push_back(std::move(difference));
    }
  }
  for (const char* ending : {".png", ".svg"}) {
    io::write_plot(folder / (std::string("learning") + ending), bits,
                   {.title = "Bits per dimension (EMA)",
                    .x_label = "updates times forward passes of an example",
                    .y_label = "bits per dimension"});
    if (!differences.empty()) {
      io::write_plot(folder / (std::string("differences") + ending), differences,
                     {.title = concat("Paired difference to ", results.front().arm.name),
                      .x_label = "updates times forward passes of an example",
                      .y_label = "bits per dimension"});
    }
  }
}

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
  Json object{{"schema_version", 1},
              {"content", "schedules by training"},
              {"command", arguments.command_line},
              {"veil_version", VEIL_VERSION},
              {"base", settings.base},
              {"arms", Json::array()}};
  for (const ArmResult& result : results) {
    object["arms"].push_back(json_of(result));
  }
  const std::string json = object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  io::write_file(folder / "training.json", json);
  io::write_file(folder / "training.csv", csv_of(results));
  write_curves(folder, results);
  print(arguments.has("json") ? json : concat(text_of(results), "\nfolder ", folder.string(), "\n"));
  return 0;
}

}  // namespace veil::cli
