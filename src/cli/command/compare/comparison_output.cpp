#include "cli/command/compare/comparison_output.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>

#include "base/torch.h"
#include "base/words.h"
#include "cli/terminal/plain_numbers.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostClasses = 40;

std::string signed_text(double value, int digits) { return concat(value > 0 ? "+" : "", fixed(value, digits)); }

// What is known of single examples beside their bits.
class Examples {
 public:
  Examples(const PairedComparison& comparison, const Dataset* dataset)
      : comparison_(comparison), dataset_(dataset), labels_(dataset == nullptr ? torch::Tensor() : dataset->labels()) {}

  [[nodiscard]] int64_t index(size_t place) const {
    const auto& indices = comparison_.a.example_indices;  // absent from the report of a whole split
    return indices.empty() ? static_cast<int64_t>(place) : indices[place];
  }

  [[nodiscard]] std::string name(size_t place) const {
    return dataset_ == nullptr ? std::string() : dataset_->name(index(place));
  }

  [[nodiscard]] std::optional<int64_t> label(size_t place) const {
    return labels_.defined() ? std::optional(labels_.const_data_ptr<int64_t>()[index(place)]) : std::nullopt;
  }

  [[nodiscard]] std::string label_text(size_t place) const {
    const auto number = label(place);
    if (!number) {
      return "";
    }
    const auto& names = dataset_->info().class_names;
    return concat(", ", names.empty() ? std::to_string(*number) : shortened(names[static_cast<size_t>(*number)]));
  }

 private:
  const PairedComparison& comparison_;
  const Dataset* dataset_;
  torch::Tensor labels_;
};

std::string side_line(const char* name, const EvaluationReport& report) {
  return concat(name, " ", fixed(report.bits_per_dim, 6), " +- ", fixed(report.standard_error, 6), "  ",
                shortened(report.model, 100), ", ", report.weights, " weights",
                report.precision.empty() ? "" : ", " + report.precision, ", ", report.passes, " passes, ",
                report.estimator, "\n");
}

std::string difference_line(const PairedComparison& c) {
  std::string text = concat("A - B ", signed_text(c.difference, 6));
  if (!std::isfinite(c.standard_error)) {
    return text + " bits/dim, of one example\n";
  }
  text += concat(" +- ", fixed(c.standard_error, 6), " bits/dim (95 %: ", signed_text(c.confidence_low, 6), " to ",
                 signed_text(c.confidence_high, 6));
  return concat(text,
                std::isfinite(c.mask_standard_error) ? concat("; from masks alone +- ", fixed(c.mask_standard_error, 6))
                                                     : std::string(),
                ")\n");
}

std::string verdict(const PairedComparison& c) {
  if (c.difference == 0 && c.standard_error == 0) {
    return "no difference: every example costs both the same\n";
  }
  if (c.is_settled) {
    return concat("settled: ", c.difference < 0 ? "A" : "B", " needs fewer bits\n");
  }
  return concat("not settled: the interval holds 0; ",
                c.examples_to_settle > 0
                    ? concat("a difference of this size is settled by about ", c.examples_to_settle, " examples")
                    : std::string("there is no difference to settle"),
                "\n");
}

std::string stop_text(const PairedComparison& c) {
  if (c.looks.empty()) {
    return "";
  }
  std::vector<std::string> planned;
  for (const auto examples : c.rule.planned) {
    planned.push_back(std::to_string(examples));
  }
  return concat(c.is_stopped_early ? "stopped early" : "not stopped early", ": looked after ", c.looks.size(), " of ",
                planned.size(), " (", joined(planned), " examples), to stop where the difference is ",
                fixed(c.rule.boundary, 3), " standard errors;\n  equal models stop with probability ",
                fixed(100 * c.rule.error_rate, 0), " %, and the interval covers in ",
                fixed(100 * (1 - c.rule.error_rate), 0), " % of comparisons with this rule\n");
}

std::string data_line(const PairedComparison& c) {
  const auto& a = c.a;
  const std::string all = c.examples < a.dataset_size ? concat(" of ", a.dataset_size) : std::string();
  return concat(a.dataset, " ", a.split, ", ", c.examples, all, c.examples == 1 ? " example, " : " examples, ",
                c.has_same_masks ? "the same masks for both" : "masks that differ between the two", ", seed ", a.seed,
                std::isfinite(c.smallest_difference)
                    ? concat("; so many settle a difference of ", significant(c.smallest_difference, 2))
                    : std::string(),
                "\n");
}

std::string class_lines(const PairedComparison& c) {
  if (c.classes.empty()) {
    return "";
  }
  auto classes = c.classes;
  std::string text = "A - B by class\n";
  if (classes.size() > kMostClasses) {
    std::ranges::stable_sort(classes, {}, [](const auto& each) { return -std::abs(each.difference); });
    classes.resize(kMostClasses);
    text =
        concat("A - B by class, the ", kMostClasses, " of ", c.classes.size(), " that differ most; --json has all\n");
  }
  for (const auto& each : classes) {
    std::string name = each.name.empty() ? concat("class ", each.label) : shortened(each.name, 24);
    name.resize(std::max<size_t>(name.size() + 2, 26), ' ');
    text += concat("  ", name, signed_text(each.difference, 6),
                   std::isfinite(each.standard_error) ? concat(" +- ", fixed(each.standard_error, 6)) : std::string(),
                   ", ", each.examples, each.examples == 1 ? " example\n" : " examples\n");
  }
  return text;
}

std::string list_text(const PairedComparison& c, const std::vector<size_t>& places, const Examples& examples) {
  std::string text;
  for (const auto place : places) {
    const auto name = examples.name(place);
    text += concat("  ", signed_text(c.differences[place], 4), "  A ", fixed(c.a.example_bits[place], 4), ", B ",
                   fixed(c.b.example_bits[place], 4), "  example ", examples.index(place), examples.label_text(place),
                   name.empty() ? std::string() : concat(", ", shortened(name, 100)), "\n");
  }
  return text;
}

Json list_json(const PairedComparison& c, const std::vector<size_t>& places, const Examples& examples) {
  auto list = Json::array();
  for (const auto place : places) {
    Json object{{"index", examples.index(place)}, {"name", examples.name(place)}};
    if (const auto label = examples.label(place)) {
      object["label"] = *label;
    }
    object["difference"] = c.differences[place];
    object["bits_per_dim_a"] = c.a.example_bits[place];
    object["bits_per_dim_b"] = c.b.example_bits[place];
    list.push_back(std::move(object));
  }
  return list;
}

Json side_json(const EvaluationReport& report) {
  return {{"model", report.model},
          {"model_sha256", report.model_sha256},
          {"weights", report.weights},
          {"step", report.step},
          {"bits_per_dim", report.bits_per_dim},
          {"standard_error", report.standard_error},
          {"passes", report.passes},
          {"replicates", report.replicates},
          {"estimator", report.estimator},
          {"control", report.control},
          {"seed", report.seed},
          {"precision", report.precision},
          {"device", report.device},
          {"settings", report.settings}};
}

Json looks_json(const PairedComparison& c) {
  auto list = Json::array();
  for (const auto& look : c.looks) {
    list.push_back({{"examples", look.examples},
                    {"difference", look.difference},
                    {"standard_error", look.standard_error},
                    {"statistic", look.statistic}});
  }
  return list;
}

Json classes_json(const PairedComparison& c) {
  auto list = Json::array();
  for (const auto& each : c.classes) {
    list.push_back({{"label", each.label},
                    {"name", each.name},
                    {"examples", each.examples},
                    {"difference", each.difference},
                    {"standard_error", each.standard_error}});
  }
  return list;
}

Json known(int64_t count) { return count > 0 ? Json(count) : Json(); }

}  // namespace

MostDifferent most_different(const PairedComparison& comparison, size_t count) {
  const auto& differences = comparison.differences;
  std::vector<size_t> order(differences.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t place) { return differences[place]; });
  MostDifferent most;
  for (size_t i = 0; i < order.size() && i < count && differences[order[i]] < 0; ++i) {
    most.a_better.push_back(order[i]);
  }
  for (size_t i = order.size(); i > 0 && order.size() - i < count && differences[order[i - 1]] > 0; --i) {
    most.b_better.push_back(order[i - 1]);
  }
  return most;
}

std::string comparison_text(const PairedComparison& comparison, const MostDifferent& most, const Dataset* dataset) {
  const Examples examples(comparison, dataset);
  std::string text = concat(side_line("A", comparison.a), side_line("B", comparison.b), difference_line(comparison),
                            verdict(comparison), data_line(comparison), stop_text(comparison), class_lines(comparison));
  if (!most.a_better.empty()) {
    text += concat("most in favour of A\n", list_text(comparison, most.a_better, examples));
  }
  if (!most.b_better.empty()) {
    text += concat("most in favour of B\n", list_text(comparison, most.b_better, examples));
  }
  return text;
}

Json comparison_json(const PairedComparison& c, const MostDifferent& most, const Dataset* dataset) {
  const Examples examples(c, dataset);
  Json object{{"schema_version", 1},
              {"difference", c.difference},
              {"standard_error", c.standard_error},
              {"mask_standard_error", c.mask_standard_error},
              {"confidence_low", c.confidence_low},
              {"confidence_high", c.confidence_high},
              {"examples", c.examples},
              {"dataset_size", c.a.dataset_size},
              {"settled", c.is_settled},
              {"examples_to_settle", known(c.examples_to_settle)},
              {"smallest_difference", c.smallest_difference},
              {"same_masks", c.has_same_masks},
              {"stopped_early", c.is_stopped_early},
              {"error_rate", c.rule.error_rate},
              {"boundary", c.looks.empty() ? Json() : Json(c.rule.boundary)},
              {"planned_looks", c.rule.planned},
              {"looks", looks_json(c)},
              {"dataset", c.a.dataset},
              {"split", c.a.split},
              {"data_fingerprint", c.a.data_fingerprint},
              {"a", side_json(c.a)},
              {"b", side_json(c.b)}};
  if (!c.classes.empty()) {
    object["per_class"] = classes_json(c);
  }
  object["most_different"] = {{"a_better", list_json(c, most.a_better, examples)},
                              {"b_better", list_json(c, most.b_better, examples)}};
  return object;
}

}  // namespace veil::cli
