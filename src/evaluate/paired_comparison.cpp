#include "veil/evaluate/paired_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <utility>

#include "base/torch.h"
#include "evaluate/sequential_comparison.h"
#include "evaluate/statistics.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"
#include "veil/evaluate/sequential_design.h"
#include "veil/nn/token_powers.h"

namespace veil {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

std::vector<double> differences_of(std::span<const double> a, std::span<const double> b) {
  std::vector<double> differences(a.size());
  std::transform(a.begin(), a.end(), b.begin(), differences.begin(), std::minus<>());
  return differences;
}

// Replicates of equal passes are independent of one another under both sides together, so their differences are.
double mask_error(const EvaluationReport& a, const EvaluationReport& b) {
  const auto& replicates = a.example_replicate_bits;
  const bool is_paired = a.passes == b.passes && a.replicates == b.replicates && !replicates.empty() &&
                         replicates.size() == b.example_replicate_bits.size();
  if (!is_paired) {
    return a.passes == b.passes && a.replicates == b.replicates
               ? (a.replicates == 1 ? 0.0 : kUnknown)
               : std::hypot(a.mask_standard_error, b.mask_standard_error);
  }
  const auto differences = differences_of(replicates, b.example_replicate_bits);
  return pass_statistics(differences, a.replicates, a.replicates).mask_standard_error;
}

std::vector<ClassDifference> class_differences(const PairedComparison& comparison, const Dataset& dataset) {
  const auto labels = dataset.labels();
  if (!labels.defined()) {
    return {};
  }
  std::map<int64_t, std::vector<double>> by_label;
  for (size_t i = 0; i < comparison.differences.size(); ++i) {
    by_label[labels.const_data_ptr<int64_t>()[comparison.a.example_indices[i]]].push_back(comparison.differences[i]);
  }
  const auto& names = dataset.info().class_names;
  std::vector<ClassDifference> classes;
  for (const auto& [label, values] : by_label) {
    const auto statistics = pass_statistics(values, 1, 1);
    ClassDifference each;
    each.label = label;
    each.name = names.empty() ? std::string() : names[static_cast<size_t>(label)];
    each.examples = std::ssize(values);
    each.difference = statistics.mean;
    each.standard_error = statistics.standard_error;
    classes.push_back(std::move(each));
  }
  return classes;
}

// Of classes that both reports have.
std::vector<ClassDifference> class_differences(const EvaluationReport& a, const EvaluationReport& b) {
  std::vector<ClassDifference> classes;
  for (const auto& mine : a.class_figures) {
    const auto theirs = std::ranges::find(b.class_figures, mine.label, &ClassFigure::label);
    if (theirs != b.class_figures.end() && theirs->name == mine.name && theirs->examples == mine.examples) {
      ClassDifference each;
      each.label = mine.label;
      each.name = mine.name;
      each.examples = mine.examples;
      each.difference = mine.bits_per_dim - theirs->bits_per_dim;
      each.standard_error = kUnknown;
      classes.push_back(std::move(each));
    }
  }
  return classes;
}

// The least number of examples whose interval, of this spread, leaves out 0.
int64_t examples_to_settle(double difference, double deviation) {
  constexpr double kMost = 1e15;
  const double size = std::abs(difference);
  if (!(size > 0) || !std::isfinite(deviation)) {
    return 0;
  }
  const auto settles = [&](int64_t examples) {
    return interval_quantile(examples) * deviation < size * std::sqrt(static_cast<double>(examples));
  };
  const double normal = std::pow(interval_quantile(std::numeric_limits<int64_t>::max()) * deviation / size, 2);
  if (normal > kMost) {
    return 0;
  }
  int64_t low = 1;
  int64_t high = std::max<int64_t>(static_cast<int64_t>(normal) + 2, 1000);
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (settles(middle) ? high : low) = middle;
  }
  return high;
}

void settle(PairedComparison& comparison) {
  comparison.is_settled = comparison.confidence_low > 0 || comparison.confidence_high < 0;
}

// Whether two networks in the time form mask alike at equal times.
bool mask_alike(const ComparisonSide& a, const ComparisonSide& b) {
  const auto mine = power_schedule(a.denoiser);
  const auto theirs = power_schedule(b.denoiser);
  if (mine || theirs) {
    return mine && theirs && mine->powers() == theirs->powers() && a.options.first_time == b.options.first_time;
  }
  return a.options.schedule == b.options.schedule;
}

bool have_same_masks(const ComparisonSide& a, const ComparisonSide& b) {
  const auto& one = a.options;
  const auto& other = b.options;
  return one.seed == other.seed && one.passes == other.passes && one.replicates == other.replicates &&
         one.form == other.form && (one.form == ObjectiveForm::kCount || mask_alike(a, b));
}

void check_sides(const ComparisonSide& a, const ComparisonSide& b) {
  const auto& one = a.denoiser.options();
  const auto& other = b.denoiser.options();
  require(one.shape == other.shape, "a takes examples of ", one.shape.height, "x", one.shape.width, "x",
          one.shape.channels, ", b of ", other.shape.height, "x", other.shape.width, "x", other.shape.channels,
          ": only bits of the same examples can be compared");
  require(one.vocab_size == other.vocab_size, "a knows ", one.vocab_size, " token values, b ", other.vocab_size,
          ": only bits of the same examples can be compared");
  require(a.dataset.size() == b.dataset.size(), "a's data set has ", a.dataset.size(), " examples, b's ",
          b.dataset.size(), ": only bits of the same examples can be compared");
}

PairedComparison compare_at_once(const ComparisonSide& a, const ComparisonSide& b, std::span<const int64_t> indices,
                                 const EvaluationProgress& progress) {
  const auto advance = [&](int64_t before) {
    return [&progress, before, most = 2 * std::ssize(indices)](int64_t done, int64_t /*all*/) {
      if (progress) {
        progress(before + done, most);
      }
    };
  };
  auto report_a = evaluate(a.denoiser, a.dataset, indices, a.options, a.compute, advance(0));
  auto report_b = evaluate(b.denoiser, b.dataset, indices, b.options, b.compute, advance(std::ssize(indices)));
  return paired_at_once(std::move(report_a), std::move(report_b));
}

}  // namespace

PairedComparison paired_at_once(EvaluationReport a, EvaluationReport b) {
  PairedComparison comparison;
  comparison.differences = differences_of(a.example_bits, b.example_bits);
  const auto statistics = pass_statistics(comparison.differences, 1, 1);
  comparison.difference = statistics.mean;
  comparison.standard_error = statistics.standard_error;
  comparison.examples = std::ssize(comparison.differences);
  comparison.smallest_difference = interval_quantile(comparison.examples) * comparison.standard_error;
  comparison.confidence_low = comparison.difference - comparison.smallest_difference;
  comparison.confidence_high = comparison.difference + comparison.smallest_difference;
  comparison.mask_standard_error = mask_error(a, b);
  comparison.examples_to_settle = examples_to_settle(
      comparison.difference, comparison.standard_error * std::sqrt(static_cast<double>(comparison.examples)));
  comparison.has_same_masks = a.form == "count" && b.form == "count" && a.seed == b.seed && a.passes == b.passes &&
                              a.replicates == b.replicates;
  comparison.rule.planned = {comparison.examples};
  comparison.a = std::move(a);
  comparison.b = std::move(b);
  return comparison;
}

PairedComparison compare(const ComparisonSide& a, const ComparisonSide& b, bool stops_early,
                         const EvaluationProgress& progress) {
  check_options(a.options);
  check_sides(a, b);
  const auto indices = part_of_split(a.dataset, a.options.limit);
  require(!indices.empty(), "data set ", a.dataset.info().name, " (", a.dataset.info().split, ") has no examples");
  auto comparison = stops_early ? compare_sequentially(a, b, planned_looks(std::ssize(indices)), progress)
                                : compare_at_once(a, b, indices, progress);
  comparison.has_same_masks = have_same_masks(a, b);
  comparison.classes = class_differences(comparison, a.dataset);
  settle(comparison);
  return comparison;
}

PairedComparison compare_reports(const EvaluationReport& a, const EvaluationReport& b) {
  for (const auto* report : {&a, &b}) {
    require(!report->example_bits.empty(), report == &a ? "a" : "b", " does not hold the bits of its examples");
  }
  const auto same = [](const auto& one, const auto& other, const char* what) {
    require(one == other, what, " is ", one, " of a, but ", other, " of b: only equal ones can be compared");
  };
  require(!a.data_fingerprint.empty() && a.data_fingerprint == b.data_fingerprint,
          "a and b are not known to be of the same data: a's fingerprint is \"", a.data_fingerprint, "\", b's \"",
          b.data_fingerprint, "\"");
  same(a.split, b.split, "the split");
  same(a.length, b.length, "the length of an example");
  same(a.dataset_size, b.dataset_size, "the size of the data set");
  same(a.examples, b.examples, "the number of examples");
  require(a.example_indices == b.example_indices, "a and b are of other examples of the split");
  same(a.seed, b.seed, "the seed");
  same(a.passes, b.passes, "the number of passes");
  same(a.replicates, b.replicates, "the number of replicates");
  same(a.form, b.form, "the form");
  if (a.form.empty()) {
    same(a.estimator, b.estimator, "the estimator");
  }
  auto comparison = paired_at_once(a, b);
  comparison.classes = class_differences(a, b);
  settle(comparison);
  return comparison;
}

}  // namespace veil
