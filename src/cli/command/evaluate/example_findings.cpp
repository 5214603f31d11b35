#include "cli/command/evaluate/example_findings.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "base/torch.h"
#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/terminal/heat_map.h"
#include "cli/terminal/plain_numbers.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/watch.h"
#include "evaluate/example_ranking.h"
#include "io/run/per_example_file.h"
#include "veil/evaluate/label_odds.h"
#include "veil/evaluate/position_bits.h"

namespace veil::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kMost = 1'000'000;
constexpr int64_t kMostPictured = 64;
constexpr int64_t kPictured = 8;

// The examples that lists name, with what is known of them.
class Describer {
 public:
  Describer(const Dataset& dataset, const EvaluationReport& report)
      : dataset_(dataset), report_(report), labels_(dataset.labels()) {}

  [[nodiscard]] std::string label_text(int64_t label) const {
    const auto& names = dataset_.info().class_names;
    return names.empty() ? std::to_string(label) : shortened(names[static_cast<size_t>(label)]);
  }

  [[nodiscard]] std::string list_text(const std::vector<size_t>& places) const {
    std::string text;
    for (const auto place : places) {
      const auto index = report_.example_indices[place];
      const auto label = labels_.defined() ? concat(", ", label_text(label_of(index))) : std::string();
      const auto name = dataset_.name(index);
      text +=
          concat("  ", fixed(report_.example_bits[place], 4), " +- ", fixed(io::example_mask_error(report_, place), 4),
                 "  example ", index, label, name.empty() ? std::string() : concat(", ", shortened(name, 100)), "\n");
    }
    return text;
  }

  [[nodiscard]] Json list_json(const std::vector<size_t>& places) const {
    auto list = Json::array();
    for (const auto place : places) {
      const auto index = report_.example_indices[place];
      Json object{{"index", index}, {"name", dataset_.name(index)}};
      if (labels_.defined()) {
        object["label"] = label_of(index);
      }
      object["bits_per_dim"] = report_.example_bits[place];
      object["mask_standard_error"] = io::example_mask_error(report_, place);
      list.push_back(std::move(object));
    }
    return list;
  }

 private:
  [[nodiscard]] int64_t label_of(int64_t index) const { return labels_.const_data_ptr<int64_t>()[index]; }

  const Dataset& dataset_;
  const EvaluationReport& report_;
  torch::Tensor labels_;
};

std::vector<PositionBits> maps_of(const ModelChoice& choice, const Dataset& dataset, const EvaluationReport& report,
                                  const std::vector<size_t>& places, bool quiet) {
  std::vector<int64_t> indices;
  std::vector<double> bits;
  for (const auto place : places) {
    indices.push_back(report.example_indices[place]);
    bits.push_back(report.example_bits[place]);
  }
  Watch watch({.label = "heat map", .quiet = quiet});
  return position_bits(*choice.model.denoiser, dataset, indices, bits, choice.run.evaluation, choice.compute,
                       watch.callback());
}

void add_ranking(const Arguments& arguments, const ModelChoice& choice, const Dataset& dataset,
                 const EvaluationReport& report, ExampleFindings& findings) {
  const bool is_pictured = arguments.has("heat-map");
  const auto ranking =
      rank_examples(report, arguments.integer("ranked", kPictured, 1, is_pictured ? kMostPictured : kMost));
  const Describer describe(dataset, report);
  findings.fields["ranking"] = {{"most_bits", describe.list_json(ranking.most)},
                                {"fewest_bits", describe.list_json(ranking.fewest)}};
  findings.text += concat("most bits, the least likely first:\n", describe.list_text(ranking.most));
  findings.text += concat("fewest bits, the likeliest first:\n", describe.list_text(ranking.fewest));
  if (is_pictured) {
    std::vector<MapRows> blocks{{maps_of(choice, dataset, report, ranking.most, arguments.quiet)}};
    if (!ranking.fewest.empty()) {
      blocks.push_back({maps_of(choice, dataset, report, ranking.fewest, arguments.quiet)});
    }
    const HeatMap map = write_heat_map(arguments.text("heat-map"), dataset, blocks);
    findings.fields["heat_map"] = {{"file", arguments.text("heat-map")}, {"white_bits_per_pixel", map.white}};
    findings.text +=
        concat("heat map ", printable(arguments.text("heat-map")),
               ": these examples from the left, bits of each pixel below them; black: 0, white: ", fixed(map.white, 1),
               " bits or more\n");
  }
}

// How well labels are told by the bits, against the share that always saying the most frequent one would give.
struct LabelAccuracy {
  int64_t fits = 0;
  int64_t largest = 0;
  int64_t examples = 0;

  [[nodiscard]] double share(int64_t count) const { return static_cast<double>(count) / static_cast<double>(examples); }

  // Chance moves a share by a standard error or two.
  [[nodiscard]] bool tells_something() const {
    const double error = std::sqrt(static_cast<double>(fits) * (1 - share(fits)));
    return static_cast<double>(fits) - 2 * error > static_cast<double>(largest);
  }
};

LabelAccuracy accuracy_of(const std::vector<LabelOdds>& odds) {
  LabelAccuracy accuracy;
  accuracy.examples = std::ssize(odds);
  std::map<int64_t, int64_t> counts;
  for (const auto& each : odds) {
    accuracy.fits += each.log_odds < 0 ? 1 : 0;
    accuracy.largest = std::max(accuracy.largest, ++counts[each.label]);
  }
  return accuracy;
}

std::string accuracy_text(const LabelAccuracy& accuracy) {
  const std::string doubt = accuracy.tells_something()
                                ? ""
                                : "warning: the model does not tell labels clearly better than that: this list says "
                                  "little of the labels\n";
  return concat(
      "the label fits best for ", accuracy.fits, " of ", accuracy.examples, " examples (",
      fixed(100 * accuracy.share(accuracy.fits), 1),
      " %; always to say the largest class: ", fixed(100 * accuracy.share(accuracy.largest), 1), " %)\n", doubt,
      "most suspicious, by ln p(example | other label) - ln p(example | its label) +- what masks leave open:\n");
}

std::string error_text(double error) { return std::isfinite(error) ? concat(" +- ", fixed(error, 1)) : ""; }

void add_label_errors(const Arguments& arguments, const ModelChoice& choice, const Dataset& dataset,
                      ExampleFindings& findings) {
  Watch watch({.label = "labels", .unit = "scores", .quiet = arguments.quiet});
  auto odds = label_odds(*choice.model.denoiser, dataset, choice.run.evaluation, choice.compute, watch.callback());
  const auto accuracy = accuracy_of(odds);
  std::stable_sort(odds.begin(), odds.end(), [](const auto& a, const auto& b) { return a.log_odds > b.log_odds; });
  const auto listed = std::min(arguments.integer("label-errors", 0, 1, kMost), accuracy.examples);
  const EvaluationReport none;
  const Describer describe(dataset, none);
  findings.text += accuracy_text(accuracy);
  auto list = Json::array();
  for (int64_t i = 0; i < listed; ++i) {
    const auto& each = odds[static_cast<size_t>(i)];
    const auto name = dataset.name(each.index);
    findings.text +=
        concat("  ", fixed(each.log_odds, 1), error_text(each.standard_error), "  example ", each.index, ", labelled ",
               describe.label_text(each.label), ", looks like ", describe.label_text(each.likeliest),
               name.empty() ? std::string() : concat(", ", shortened(name, 100)), "\n");
    list.push_back({{"index", each.index},
                    {"name", name},
                    {"label", each.label},
                    {"likeliest", each.likeliest},
                    {"log_odds", each.log_odds},
                    {"standard_error", each.standard_error}});
  }
  findings.fields["label_check"] = {{"accuracy", accuracy.share(accuracy.fits)},
                                    {"largest_class_share", accuracy.share(accuracy.largest)},
                                    {"tells_labels", accuracy.tells_something()},
                                    {"suspects", list}};
}

}  // namespace

void check_example_flags(const Arguments& arguments, const DenoiserOptions& network, const DatasetInfo& data) {
  const bool is_exact = arguments.has("exact-order");
  require<UsageError>(!arguments.has("heat-map") || data.kind == DataKind::kImage,
                      "--heat-map is a picture of images, ", data.name, " holds text");
  require<UsageError>(!is_exact || !arguments.has("heat-map"), "--heat-map is of the bound, not of --exact-order");
  require<UsageError>(!is_exact || !arguments.has("label-errors"),
                      "--label-errors is of the bound, not of --exact-order");
  require<UsageError>(
      !arguments.has("label-errors") || network.classes >= 2,
      "--label-errors wants a model that is told the class of an example (model.class_conditional), this "
      "one is not");
  (void)arguments.integer("ranked", kPictured, 1, arguments.has("heat-map") ? kMostPictured : kMost);
  (void)arguments.integer("label-errors", 1, 1, kMost);
}

ExampleFindings example_findings(const Arguments& arguments, const ModelChoice& choice, const Dataset& dataset,
                                 const EvaluationReport& report) {
  ExampleFindings findings;
  findings.fields = Json::object();
  if (arguments.has("heat-map") || arguments.has("ranked")) {
    add_ranking(arguments, choice, dataset, report, findings);
  }
  if (arguments.has("label-errors")) {
    add_label_errors(arguments, choice, dataset, findings);
  }
  return findings;
}

}  // namespace veil::cli
