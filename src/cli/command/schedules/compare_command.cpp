#include "cli/command/schedules/compare_command.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/arguments/usage_error.h"
#include "cli/command/schedules/comparison_figures.h"
#include "cli/command/schedules/comparison_output.h"
#include "cli/command/schedules/comparison_parts.h"
#include "cli/opening/data_opening.h"
#include "cli/opening/model_choice.h"
#include "cli/opening/outputs.h"
#include "cli/opening/own_output.h"
#include "cli/terminal/output.h"
#include "cli/terminal/plain_numbers.h"
#include "io/file/digest.h"
#include "io/file/file_mark.h"
#include "io/file/files.h"
#include "io/image/picture_mark.h"
#include "io/run/quality_figures.h"
#include "veil/base/error.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"
#include "veil/quality/quality.h"
#include "veil/sample/sampler.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kComparedWith = 2000;  // training images

// The weights themselves, wherever they lie.
std::string digest_of(const Denoiser& denoiser) {
  io::Sha256 digest;
  for (const auto& parameter : denoiser.parameters()) {
    const auto values = parameter.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    digest.add({reinterpret_cast<const uint8_t*>(values.const_data_ptr<float>()),
                static_cast<size_t>(values.numel()) * sizeof(float)});
  }
  return digest.hexadecimal();
}

struct Comparison {
  const Arguments& arguments;
  const ModelChoice& choice;
  const Dataset& training;
  const Dataset& scored;
  ComparisonSettings settings;
  fs::path folder;
  std::string weights;  // digest
};

std::vector<std::string> what_all_depends_on(const Comparison& c) {
  return {"1",
          c.weights,
          c.training.info().fingerprint,
          c.scored.info().fingerprint,
          precision_name(c.choice.compute.precision),
          std::to_string(c.settings.seed),
          std::to_string(c.settings.limit),
          std::to_string(c.choice.run.evaluation.rows_per_call)};
}

// The arms of which pictures are drawn: the best grid and each schedule's, all with the same number of network calls.
std::vector<CountGridRow> sampled_grids(const Comparison& c, const ComparisonParts& parts) {
  ComparisonSettings settings = c.settings;
  settings.calls = {settings.sample_calls};
  return count_grids(parts, settings);
}

// How the samples compare with real images, in figures; none where they cannot be compared.
Json quality_of(const Comparison& c, const PartMaker& maker, const torch::Tensor& tokens) {
  Json figures = Json::array();
  if (!can_assess_quality(c.scored.info(), std::min({tokens.size(0), c.scored.size(), c.training.size()}))) {
    return figures;
  }
  QualityOptions options;
  options.reference = kComparedWith;
  options.permutations = QualityRanges::kPermutations.low;  // nothing is tested here
  options.seed = c.settings.seed;
  const auto report = maker.watched({.label = "quality of these", .unit = "samples"}, [&](const auto& progress) {
    return assess_quality(tokens, c.scored, c.training, options, progress);
  });
  for (const auto& figure : report.figures) {
    figures.push_back(io::to_json(figure));
  }
  return figures;
}

Json draw_samples(const Comparison& c, const PartMaker& maker, const ComparisonParts& parts, const PartStore& store) {
  Json drawn = Json::array();
  const DenoiserOptions& network = c.choice.model.spec.network;
  if (c.settings.samples == 0 || c.choice.model.spec.data.kind == DataKind::kText) {
    return drawn;
  }
  SampleOptions options = c.choice.run.sample;
  options.count = c.settings.samples;
  options.seed = c.settings.seed;
  options.first = 0;
  for (const CountGridRow& row : sampled_grids(c, parts)) {
    const std::string name = concat("samples-", row.schedule, "-", row.grid);
    const fs::path file = c.folder / (name + ".png");
    options.counts = row.counts;
    const std::vector<std::string> about{"quality", std::to_string(options.count), Json(row.counts).dump()};
    if (!fs::is_regular_file(file)) {
      store.forget(name);  // made, and removed since
    }
    const auto made = store.part(name, about, [&]() -> Json {
      const ProgressOptions shown{.label = concat("samples of ", row.schedule, ", ", row.grid),
                                  .unit = "network calls",
                                  .examples = options.count};
      const auto tokens = maker.watched(shown, [&](const auto& progress) {
        return sample(*c.choice.model.denoiser, options, c.choice.compute, progress);
      });
      io::write_png(file, io::image_grid(tokens, network.shape, {.scale = 0, .vocab_size = network.vocab_size}),
                    io::picture_mark(io::kSamplesMark));
      return {{"samples", options.count}, {"quality", quality_of(c, maker, tokens)}};
    });
    drawn.push_back({{"schedule", row.schedule},
                     {"grid", row.grid},
                     {"network_calls", c.settings.sample_calls},
                     {"samples", made.at("samples")},
                     {"picture", file.filename().string()},
                     {"quality", made.at("quality")}});
  }
  return drawn;
}

void announce(const PartMaker& maker, const Comparison& c) {
  const int64_t drawn =
      c.settings.samples * c.settings.sample_calls * (std::ssize(c.settings.schedules) * std::ssize(named_grids()) + 1);
  const int64_t passes = maker.passes() + drawn;
  const double speed = maker.speed();
  std::cerr << "veil: about " << passes << " forward passes at " << std::llround(speed)
            << " a second: " << duration_text(static_cast<double>(passes) / speed) << " in all, less what "
            << c.folder.string() << " has already\n";
}

Json header(const Comparison& c) {
  const auto& info = c.scored.info();
  return {{"schema_version", 1},
          {"content", "schedule comparison"},
          {"command", c.arguments.command_line},
          {"veil_version", VEIL_VERSION},
          {"model", c.arguments.text("model")},
          {"weights_sha256", c.weights},
          {"step", c.choice.model.info.step},
          {"dataset", info.name},
          {"split", info.split},
          {"fingerprint", info.fingerprint},
          {"fitted_split", c.training.info().split},
          {"examples", c.settings.limit == 0 ? c.scored.size() : std::min(c.settings.limit, c.scored.size())},
          {"dataset_size", c.scored.size()},
          {"length", c.choice.model.spec.network.shape.length()},
          {"batch_size", c.settings.batch_size},
          {"seed", c.settings.seed}};
}

void check_outputs(const Arguments& arguments, const std::string& source, const fs::path& folder) {
  Outputs outputs(arguments);
  outputs.reads_model(arguments.text("model"));
  outputs.reads_data(source);
  if (arguments.has("config")) {
    outputs.reads_file(arguments.text("config"), "the configuration");
  }
  outputs.writes("--out", folder, OutputKind::kComparison);
  outputs.check();
}

Json compare(const Comparison& c) {
  const StopSignal signal;
  const PartMaker maker(*c.choice.model.denoiser, c.training, c.scored, c.settings, c.choice.run.evaluation,
                        c.choice.compute, signal, c.arguments.quiet);
  if (!c.arguments.quiet) {
    announce(maker, c);
  }
  const PartStore store(c.folder / kComparisonParts, what_all_depends_on(c));
  const auto parts = maker.make(store);
  const auto figures = comparison_figures(parts, c.settings, c.choice.model.spec.network.vocab_size);
  Json object = header(c);
  object.update(comparison_json(figures));
  object["samples"] = draw_samples(c, maker, parts, store);
  io::write_file(c.folder / "comparison.json", object.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n');
  write_comparison_tables(c.folder, figures);
  const auto plots = comparison_plots(figures, c.settings);
  write_plots(c.folder, plots);
  io::write_file(c.folder / "report.html", comparison_page(object, figures, plots, c.folder));
  if (!c.arguments.has("json")) {
    print(concat(c.scored.info().name, ", ", c.scored.info().split, ", ", object["examples"].dump(), " of ",
                 c.scored.size(), " examples; +- is half of a 95 % interval\n\n", comparison_text(figures)));
  }
  return object;
}

Json compare_or_keep(const Comparison& c) {
  try {
    return compare(c);
  } catch (const Stopped&) {
    throw Stopped(concat("stopped; the same command goes on with what is in ", c.folder.string()));
  }
}

}  // namespace

int run_schedules_compare(const Arguments& arguments) {
  Arguments of_model = arguments;
  of_model.flags.erase("config");  // that of the comparison is none of a run
  const ModelChoice choice = open_model(of_model);
  require<UsageError>(
      choice.model.denoiser->powers() == nullptr,
      "the model has learned powers, so it has its own schedule for every value: no other can be put in "
      "their place; `veil evaluate` gives its bound");
  io::DataOptions data = choice.config.data;
  data.source = arguments.text("data", data.source);
  const fs::path folder = arguments.text("out", "schedules-comparison");
  const auto settings = comparison_settings(arguments, choice.model.spec.network.shape.length());
  check_outputs(arguments, data.source, folder);
  const auto scored = open_scored_data(arguments, choice.config.data, choice.model.spec);
  warn_of_other_data(scored->info(), choice.model);
  const auto training = in_classes_of(choice.model.spec, open_data(data, data.split, arguments.quiet), arguments.quiet);
  const auto object = compare_or_keep({.arguments = arguments,
                                       .choice = choice,
                                       .training = *training,
                                       .scored = *scored,
                                       .settings = settings,
                                       .folder = folder,
                                       .weights = digest_of(*choice.model.denoiser)});
  print(arguments.has("json") ? object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"
                              : concat("\nreport ", (folder / "report.html").string(), "\n"));
  return 0;
}

}  // namespace veil::cli
