#include "cli/command/verify/verify_command.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <system_error>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/command/verify/result_check.h"
#include "cli/command/verify/verification.h"
#include "cli/opening/data_opening.h"
#include "cli/opening/model_choice.h"
#include "cli/terminal/output.h"
#include "cli/terminal/watch.h"
#include "io/file/files.h"
#include "io/file/strict_json.h"
#include "io/model/weights_digest.h"
#include "io/run/evaluation_file.h"
#include "veil/base/random.h"
#include "veil/evaluate/evaluator.h"
#include "veil/evaluate/exact_order.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kExamples = 100;
constexpr int64_t kMost = 1'000'000'000;

void append(std::vector<ChangedValue>& list, std::vector<ChangedValue> more) {
  std::ranges::move(more, std::back_inserter(list));
}

// Which examples are made again: rounds 0 and 1 of this purpose are those of split_part.h.
std::vector<int64_t> random_part(const std::vector<int64_t>& indices, int64_t count, uint64_t seed) {
  const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kVerify};
  const auto order = permutation(key, std::ssize(indices));
  std::vector<int64_t> part;
  for (int64_t i = 0; i < count; ++i) {
    part.push_back(indices[static_cast<size_t>(order[static_cast<size_t>(i)])]);
  }
  std::ranges::sort(part);
  return part;
}

uint64_t seed_of(const Arguments& arguments) {
  return static_cast<uint64_t>(arguments.integer("seed", static_cast<int64_t>(std::random_device()()), 0, INT64_MAX));
}

// Bits per dimension of an example by which machines, threads and the cut of rows into calls may differ.
double tolerance_of(const Arguments& arguments, const EvaluationReport& report) {
  constexpr double kFloat32 = 1e-4;
  constexpr double kBFloat16 = 2e-2;
  if (!arguments.has("tolerance")) {
    return report.precision == "bfloat16" ? kBFloat16 : kFloat32;
  }
  const std::string text = arguments.text("tolerance");
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  require<UsageError>(error == std::errc() && stop == text.data() + text.size() && value > 0 && value < 1,
                      "--tolerance is ", text, ", want a number of bits per dimension in (0, 1)");
  return value;
}

// What is written from others and not read: the file must say the same as one that is written anew.
std::vector<ChangedValue> differences_when_written(const fs::path& file, const EvaluationReport& report) {
  const auto bytes = io::read_file(file, INT64_MAX);
  const auto found = io::parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
  const auto wanted = Json::parse(io::evaluation_file_json(report));
  std::vector<ChangedValue> changes;
  for (const auto& [name, value] : wanted.items()) {
    const auto there = found.find(name);
    if (there != found.end() && Json(*there) != value && !value.is_structured()) {
      changes.push_back(
          {.field = name, .found = there->dump(), .wanted = value.dump(), .why = "what follows from others"});
    }
  }
  return changes;
}

EvaluationReport read_result(const fs::path& file) {
  EvaluationReport report = io::read_evaluation(file);
  require<DataError>(!report.example_bits.empty(), file.string(),
                     ": has no bits of single examples, which veil writes of 100,000 examples at most, and veil "
                     "evaluate only with --out and for a run's own evaluation");
  require<DataError>(!report.model_sha256.empty() && !report.settings.empty(), file.string(),
                     ": does not say with which model and settings it was made, as results of older versions; veil "
                     "evaluate --out FILE makes one that does");
  return report;
}

// The file that the result names: beside it, or where it was; the first with the right content if there is one.
fs::path find_model(const Arguments& arguments, const fs::path& result, const EvaluationReport& report) {
  std::vector<fs::path> places{result.parent_path() / fs::path(report.model).filename(), report.model};
  if (arguments.has("model")) {
    places = {io::model_path(arguments.text("model"))};
  }
  std::optional<fs::path> other;
  std::error_code ignored;
  for (const auto& place : places) {
    if (fs::is_regular_file(place, ignored)) {
      if (io::weights_sha256(place) == report.model_sha256) {
        return place;
      }
      other = other.value_or(place);
    }
  }
  require<DataError>(other.has_value(), arguments.has("model") ? arguments.text("model") : result.string(),
                     arguments.has("model")
                         ? std::string(": there is no model file")
                         : concat(": names the model ", in_quotes(report.model),
                                  ", which lies neither beside it nor in this folder; --model FILE says where it is"));
  return *other;
}

// The command line with which `veil evaluate` would make the result.
Arguments arguments_of(const Arguments& arguments, const EvaluationReport& report, const fs::path& model) {
  Arguments again = arguments;
  again.flags = {{"model", model.string()}};
  again.settings.assign(report.settings.begin(), report.settings.end());
  again.settings.insert(again.settings.end(), arguments.settings.begin(), arguments.settings.end());
  return again;
}

EvaluationReport recompute(const Arguments& arguments, const EvaluationReport& report, const ModelChoice& choice,
                           const Dataset& dataset, const std::vector<int64_t>& part) {
  Watch watch({.label = "verify", .quiet = arguments.quiet});
  Denoiser& denoiser = *choice.model.denoiser;
  const EvaluationOptions& options = choice.run.evaluation;
  if (!is_exact_order(report)) {
    return evaluate(denoiser, dataset, part, options, choice.compute, watch.callback());
  }
  const auto name = report.estimator.substr(kExactOrder.size(), report.estimator.find(',') - kExactOrder.size());
  RevealOptions order = parse_reveal_order(name);
  order.groups = report.passes;
  return exact_order_likelihood(denoiser, dataset, part, order, options, choice.compute, watch.callback());
}

void held_to(Verification& v, const std::string& field, const std::string& found, const std::string& wanted,
             const std::string& why) {
  if (found != wanted) {
    v.changes.push_back({.field = field, .found = in_quotes(found), .wanted = in_quotes(wanted), .why = why});
  }
}

// With the network, if model and data are those that the result names.
void check_by_network(const Arguments& arguments, const EvaluationReport& report, Verification& v) {
  const ModelChoice choice = open_model(arguments_of(arguments, report, v.model));
  held_to(v, "weights", report.weights, choice.model.info.weights, v.model.string());
  held_to(v, "step", std::to_string(report.step), std::to_string(choice.model.info.step), v.model.string());
  io::DataOptions options = choice.config.data;
  options.source = arguments.text("data", options.source);
  const auto dataset =
      in_classes_of(choice.model.spec, open_data(options, report.split, arguments.quiet), arguments.quiet);
  held_to(v, "data_fingerprint", report.data_fingerprint, dataset->info().fingerprint,
          concat("the data, ", options.source));
  if (report.data_fingerprint != dataset->info().fingerprint) {
    return;
  }
  held_to(v, "examples_in_training", std::to_string(report.examples_in_training),
          std::to_string(known_in_training(choice.model.info, dataset->info())), v.model.string());
  append(v.changes, differences_to_data(report, *dataset, choice.model.spec.network));
  const auto indices = indices_of(report);
  if (indices.back() >= dataset->size() || !std::ranges::is_sorted(indices, std::less_equal<>())) {
    return;  // named above
  }
  v.of = std::ssize(indices);
  v.examples = std::min(arguments.integer("examples", kExamples, 1, kMost), v.of);
  const auto again = recompute(arguments, report, choice, *dataset, random_part(indices, v.examples, v.seed));
  append(v.changes, differences_to_recomputed(report, again, v.tolerance, v.largest));
}

Verification verify(const Arguments& arguments) {
  Verification v;
  v.result = arguments.positionals.front();
  v.seed = seed_of(arguments);
  (void)arguments.integer("examples", kExamples, 1, kMost);
  const auto report = read_result(v.result);
  v.tolerance = tolerance_of(arguments, report);
  v.changes = contradictions(report);
  append(v.changes, differences_when_written(v.result, report));
  v.model = find_model(arguments, v.result, report);
  const auto sha256 = io::weights_sha256(v.model);
  held_to(v, "model_sha256", report.model_sha256, sha256, v.model.string());
  if (report.model_sha256 == sha256 && !is_of_question(v.changes)) {
    check_by_network(arguments, report, v);
  }
  return v;
}

}  // namespace

int run_verify(const Arguments& arguments) {
  require<UsageError>(arguments.positionals.size() == 1,
                      "usage: veil verify RESULT, an evaluation.json of a run or of veil evaluate --out");
  const Verification v = verify(arguments);
  print(arguments.has("json") ? verification_json(v) + "\n" : verification_text(v));
  return v.changes.empty() ? 0 : 1;
}

}  // namespace veil::cli
