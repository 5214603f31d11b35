#include "cli/command/quality/quality_command.h"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "cli/arguments/configuration.h"
#include "cli/arguments/usage_error.h"
#include "cli/command/quality/quality_findings.h"
#include "cli/command/quality/quality_text.h"
#include "cli/opening/data_opening.h"
#include "cli/opening/outputs.h"
#include "cli/terminal/messages.h"
#include "cli/terminal/output.h"
#include "cli/terminal/watch.h"
#include "io/model/feature_network.h"
#include "veil/io/image/pixels.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kFewSamples = 500;
constexpr int64_t kLeast = 16;  // images

QualityOptions quality_options(const Arguments& arguments) {
  QualityOptions options;
  const auto read = [&](const char* flag, int64_t& value, const IntegerRange& range) {
    value = arguments.integer(flag, value, range.low, range.high);
  };
  const auto read_number = [&](const char* flag, int64_t& value, const IntegerRange& range) {
    read(flag, value, range);
    require<UsageError>(value == 0 || value >= kLeast, "--", flag, " is ", value,
                        ", want 0, which is all, or at least ", kLeast);
  };
  read_number("limit", options.limit, QualityRanges::kLimit);
  read_number("reference", options.reference, QualityRanges::kReference);
  read("permutations", options.permutations, QualityRanges::kPermutations);
  read("bootstraps", options.bootstraps, QualityRanges::kBootstraps);
  options.seed = static_cast<uint64_t>(arguments.integer("seed", 0, 0, std::numeric_limits<int64_t>::max()));
  return options;
}

void check_outputs(const Arguments& arguments) {
  Outputs outputs(arguments);
  outputs.reads_data(arguments.required("samples"));
  outputs.reads_data(arguments.required("data"));
  if (arguments.has("features")) {
    outputs.reads_file(arguments.text("features"), "the network that is read");
  }
  outputs.writes("--pairs", arguments.text("pairs"), OutputKind::kPairs);
  outputs.check();
}

void require_images(const Dataset& data) {
  const auto& info = data.info();
  require<UsageError>(info.kind == DataKind::kImage, "--data is ", info.name,
                      ", which is text: veil quality compares images; veil evaluate scores a model on texts");
}

// What assess_quality() would say in terms of its arguments is said here in those of the command line.
void check_sets(const Dataset& samples, const Dataset& real, const Dataset& training) {
  const auto& info = training.info();
  require<UsageError>(samples.info().kind == DataKind::kImage, "--samples are texts, but ", info.name, " is images");
  require<UsageError>(samples.info().shape == info.shape, "the samples are ", io::shape_text(samples.info().shape),
                      ", the images of ", info.name, " ", io::shape_text(info.shape),
                      " (height x width x channels); --data.size and --data.channels make both alike");
  require<UsageError>(real.info().fingerprint.empty() || real.info().fingerprint != info.fingerprint,
                      "the real images are the training images (", info.name, ", ", info.split,
                      "), so they would be no measure; data.evaluation_split and data.split name the two");
  if (!real.info().fingerprint.empty() && samples.info().fingerprint == real.info().fingerprint) {
    warn("the samples are the real images themselves, so every figure stands twice");
  }
  const auto least = std::min({samples.size(), real.size(), training.size()});
  require<UsageError>(least >= kLeast, "there are ", samples.size(), " samples, ", real.size(), " real images (",
                      real.info().split, ") and ", training.size(), " training images, want at least ", kLeast,
                      " of each");
  if (std::min(samples.size(), real.size()) < kFewSamples) {
    warn(concat("only ", std::min(samples.size(), real.size()),
                " samples can be compared: small faults will not be seen; 1000 are a good number"));
  }
}

FeatureMap feature_map(const Arguments& arguments) {
  if (!arguments.has("features")) {
    return {};
  }
  const fs::path file = arguments.text("features");
  const auto name = file.stem().string();
  require<UsageError>(name != "random", file.string(),
                      ": its figures would be called FD-random, as those of the "
                      "untrained network are; give the file another name");
  return {.name = name, .map = io::read_feature_network(file)};
}

}  // namespace

int run_quality(const Arguments& arguments) {
  const QualityOptions options = quality_options(arguments);
  check_outputs(arguments);
  io::DataOptions data = configuration(arguments).data;
  data.source = arguments.required("data");
  const FeatureMap features = feature_map(arguments);
  const StopSignal signal;
  const auto training = open_data(data, data.split, arguments.quiet, &signal);
  require_images(*training);
  const auto real = open_data(data, data.evaluation_split, arguments.quiet, &signal);
  io::DataOptions sampled = data;
  sampled.source = arguments.required("samples");
  const auto samples = open_data(sampled, "", arguments.quiet, &signal);
  check_sets(*samples, *real, *training);
  const QualitySets sets{.samples = *samples, .real = *real, .training = *training};
  QualityReport report;
  {
    ProgressReporter progress({.label = "quality", .unit = "samples", .quiet = arguments.quiet});
    report = assess_quality(*samples, *real, *training, options, features, stoppable(progress, signal));
  }
  std::vector<NearestTraining> pairs;
  std::string text;
  if (arguments.has("pairs")) {
    pairs = write_pairs(arguments.text("pairs"), report, sets);
    text = concat("pairs ", arguments.text("pairs"), ": samples, each above the training image nearest to it\n");
  }
  print(arguments.has("json") ? quality_json(report, sets, options, pairs) : concat(quality_text(report, sets), text));
  return 0;
}

}  // namespace veil::cli
