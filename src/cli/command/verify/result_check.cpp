#include "cli/command/verify/result_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include "base/torch.h"
#include "base/words.h"
#include "evaluate/scored_report.h"
#include "evaluate/statistics.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"

namespace veil::cli {
namespace {

constexpr double kRounding = 1e-9;  // bits per dimension: sums in another order
constexpr std::array<std::string_view, 9> kQuestion{"seed",  "passes",    "replicates", "form", "control",
                                                    "limit", "estimator", "precision",  "split"};

bool are_equal(double a, double b, double tolerance) {
  return (std::isnan(a) && std::isnan(b)) || a == b || std::abs(a - b) <= tolerance;
}

class Changes {
 public:
  void number(const std::string& field, double found, double wanted, double tolerance, const std::string& why) {
    if (!are_equal(found, wanted, tolerance)) {
      add(field, number_text(found), number_text(wanted), why);
    }
  }

  void count(const std::string& field, int64_t found, int64_t wanted, const std::string& why) {
    if (found != wanted) {
      add(field, std::to_string(found), std::to_string(wanted), why);
    }
  }

  void text(const std::string& field, const std::string& found, const std::string& wanted, const std::string& why) {
    if (found != wanted) {
      add(field, in_quotes(found), in_quotes(wanted), why);
    }
  }

  [[nodiscard]] std::vector<ChangedValue> take() { return std::move(list_); }

 private:
  void add(const std::string& field, const std::string& found, const std::string& wanted, const std::string& why) {
    list_.push_back({.field = field, .found = found, .wanted = wanted, .why = why});
  }

  std::vector<ChangedValue> list_;
};

std::string at(const char* list, size_t place) { return concat(list, "[", place, "]"); }

void check_replicates(const EvaluationReport& report, Changes& changes) {
  const auto& replicates = report.example_replicate_bits;
  if (replicates.empty()) {
    return;
  }
  const auto statistics = pass_statistics(replicates, report.replicates, report.replicates);
  for (size_t i = 0; i < report.example_bits.size(); ++i) {
    changes.number(at("example_bits", i), report.example_bits[i], statistics.examples[i], kRounding,
                   "the mean of its replicates in example_replicate_bits");
  }
  changes.number("mask_standard_error", report.mask_standard_error, statistics.mask_standard_error, kRounding,
                 "what follows from example_replicate_bits");
}

void check_figures(const EvaluationReport& report, Changes& changes) {
  const auto statistics = pass_statistics(report.example_bits, 1, 1);
  const double half = interval_quantile(report.examples) * report.standard_error;
  changes.number("bits_per_dim", report.bits_per_dim, statistics.mean, kRounding, "the mean of example_bits");
  changes.number("standard_error", report.standard_error, statistics.standard_error, kRounding,
                 "what follows from example_bits");
  changes.number("confidence_low", report.confidence_low, report.bits_per_dim - half, kRounding,
                 "what follows from bits_per_dim and standard_error");
  changes.number("confidence_high", report.confidence_high, report.bits_per_dim + half, kRounding,
                 "what follows from bits_per_dim and standard_error");
}

// An exact order has no noise but its own.
void check_question(const EvaluationReport& report, Changes& changes) {
  const auto setting = [&](const char* key) {
    const auto found = report.settings.find(key);
    return found == report.settings.end() ? std::string() : found->second;
  };
  const auto agrees = [&](const char* name, const std::string& typed) {
    changes.text(name, typed, setting(concat("evaluate.", name).c_str()), concat("settings: evaluate.", name));
  };
  agrees("limit", std::to_string(report.limit));
  changes.text("precision", report.precision, setting("device.precision"), "settings: device.precision");
  changes.text("split", report.split, setting("data.evaluation_split"), "settings: data.evaluation_split");
  if (is_exact_order(report)) {
    changes.text("form", report.form, "", "an exact order has none");
    return;
  }
  agrees("seed", std::to_string(report.seed));
  agrees("passes", std::to_string(report.passes));
  agrees("replicates", std::to_string(report.replicates));
  agrees("form", report.form);
  const bool is_controlled = report.form == "count" && report.passes > report.replicates;
  agrees("control", is_controlled ? number_text(report.control) : setting("evaluate.control"));
}

void check_classes(const EvaluationReport& report, const EvaluationReport& wanted, Changes& changes) {
  const std::string why = "what follows from example_bits and the labels of the data";
  changes.count("per_class (its classes)", std::ssize(report.class_figures), std::ssize(wanted.class_figures), why);
  for (size_t i = 0; i < std::min(report.class_figures.size(), wanted.class_figures.size()); ++i) {
    const auto& mine = report.class_figures[i];
    const auto& theirs = wanted.class_figures[i];
    const std::string field = at("per_class", i);
    changes.count(field + ".label", mine.label, theirs.label, why);
    changes.text(field + ".name", mine.name, theirs.name, why);
    changes.count(field + ".examples", mine.examples, theirs.examples, why);
    changes.number(field + ".bits_per_dim", mine.bits_per_dim, theirs.bits_per_dim, kRounding, why);
    changes.number(field + ".standard_error", mine.standard_error, theirs.standard_error, kRounding, why);
  }
}

void check_profile(const EvaluationReport& report, const EvaluationReport& again, double tolerance, Changes& changes) {
  const std::string why = "made again";
  changes.count("profile (its bins)", std::ssize(report.profile), std::ssize(again.profile), why);
  for (size_t i = 0; i < std::min(report.profile.size(), again.profile.size()); ++i) {
    const auto& mine = report.profile[i];
    const auto& theirs = again.profile[i];
    const auto samples = static_cast<double>(std::max<int64_t>(theirs.samples, 1));
    const std::string field = at("profile", i);
    changes.count(field + ".first_count", mine.first_count, theirs.first_count, why);
    changes.count(field + ".last_count", mine.last_count, theirs.last_count, why);
    changes.count(field + ".samples", mine.samples, theirs.samples, why);
    // Sums of S/k, each of which is off by little where the example's bits are.
    const double allowed = tolerance * static_cast<double>(report.length) * samples;
    changes.number(field + ".sum", mine.sum, theirs.sum, std::min(allowed, 1e-3 * samples), why);
    changes.number(field + ".sum_squares", mine.sum_squares, theirs.sum_squares,
                   1e-3 * samples * (1 + std::sqrt(theirs.sum_squares / samples)), why);
  }
}

}  // namespace

bool is_exact_order(const EvaluationReport& report) { return report.estimator.starts_with(kExactOrder); }

std::vector<int64_t> indices_of(const EvaluationReport& report) {
  if (!report.example_indices.empty()) {
    return report.example_indices;
  }
  std::vector<int64_t> all(report.example_bits.size());
  std::iota(all.begin(), all.end(), int64_t{0});
  return all;
}

std::vector<ChangedValue> contradictions(const EvaluationReport& report) {
  Changes changes;
  check_replicates(report, changes);
  check_figures(report, changes);
  check_question(report, changes);
  return changes.take();
}

bool is_of_question(const std::vector<ChangedValue>& changes) {
  return std::ranges::any_of(
      changes, [](const auto& change) { return std::ranges::find(kQuestion, change.field) != kQuestion.end(); });
}

std::vector<ChangedValue> differences_to_data(const EvaluationReport& report, const Dataset& dataset,
                                              const DenoiserOptions& network) {
  Changes changes;
  const auto& info = dataset.info();
  changes.text("dataset", report.dataset, info.name, "the data");
  changes.text("split", report.split, info.split, "the data");
  changes.count("dataset_size", report.dataset_size, dataset.size(), "the data");
  changes.count("length", report.length, info.shape.length(), "the data");
  changes.count("label_classes", report.classes, network.classes, "the model");
  const auto part = part_of_split(dataset, report.limit);
  const auto indices = indices_of(report);
  changes.count("examples", report.examples, std::ssize(part),
                concat("the part of the split for limit ", report.limit));
  if (indices.size() != part.size() || info.shape.length() != report.length) {
    return changes.take();
  }
  for (size_t i = 0; i < part.size(); ++i) {
    changes.count(at("example_indices", i), indices[i], part[i],
                  concat("the part of the split for limit ", report.limit));
  }
  const auto statistics = statistics_of(report.example_bits, 1, report.length);
  check_classes(report, report_of(statistics, dataset, part, network), changes);
  return changes.take();
}

std::vector<ChangedValue> differences_to_recomputed(const EvaluationReport& report, const EvaluationReport& again,
                                                    double tolerance, double& largest) {
  Changes changes;
  changes.text("estimator", report.estimator, again.estimator, "made again");
  changes.count("passes", report.passes, again.passes, "made again");
  changes.count("replicates", report.replicates, again.replicates, "made again");
  changes.text("seed", std::to_string(report.seed), std::to_string(again.seed), "made again");
  changes.number("control", report.control, again.control, 0, "made again");
  const auto indices = indices_of(report);
  const auto replicates = static_cast<size_t>(again.replicates);
  const bool has_replicates = !report.example_replicate_bits.empty() && !again.example_replicate_bits.empty();
  largest = 0;
  for (size_t i = 0; i < again.example_indices.size(); ++i) {
    const auto found = std::ranges::find(indices, again.example_indices[i]);
    const auto place = static_cast<size_t>(found - indices.begin());
    largest = std::max(largest, std::abs(report.example_bits[place] - again.example_bits[i]));
    changes.number(at("example_bits", place), report.example_bits[place], again.example_bits[i], tolerance,
                   concat("example ", again.example_indices[i], " made again"));
    for (size_t r = 0; has_replicates && r < replicates; ++r) {
      changes.number(at("example_replicate_bits", place * replicates + r),
                     report.example_replicate_bits[place * replicates + r],
                     again.example_replicate_bits[i * replicates + r], tolerance * static_cast<double>(replicates),
                     concat("example ", again.example_indices[i], " made again"));
    }
  }
  if (again.examples == report.examples) {
    check_profile(report, again, tolerance, changes);
  }
  return changes.take();
}

}  // namespace veil::cli
