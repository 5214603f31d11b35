#include "io/report/report_result.h"

#include <algorithm>
#include <cmath>

#include "io/report/markup.h"
#include "io/report/page.h"
#include "io/run/evaluation_file.h"
#include "veil/base/error.h"
#include "veil/evaluate/interval.h"

namespace veil::io {
namespace {

constexpr size_t kMostClasses = 40;
constexpr size_t kMostBars = 20;

/// First what a reader looks for.
std::string result_table(const EvaluationReport& report) {
  Rows rows;
  rows.add("dataset", report.dataset);
  rows.add("split", report.split);
  rows.add("examples", "examples", report.examples);
  rows.add("dataset size", "dataset_size", report.dataset_size);
  rows.add("bits per dim", "bits_per_dim", report.bits_per_dim);
  rows.add("standard error", "standard_error", report.standard_error);
  rows.add("mask standard error", "mask_standard_error", report.mask_standard_error);
  rows.add("confidence low", "confidence_low", report.confidence_low);
  rows.add("confidence high", "confidence_high", report.confidence_high);
  rows.add("estimator", report.estimator);
  rows.add("control", "control", report.control);
  rows.add("passes", "passes", report.passes);
  rows.add("replicates", "replicates", report.replicates);
  rows.add("weights", report.weights);
  rows.add("updates", "step", report.step);
  rows.add("precision", report.precision);
  rows.add("device", report.device);
  rows.add("veil", report.veil_version);
  rows.add("LibTorch", report.libtorch_version);
  rows.add("seed", std::to_string(report.seed));
  rows.add("length", "length", report.length);
  if (report.classes > 0) {
    rows.add("classes that the model is told", "label_classes", report.classes);
    rows.add("bits per dim for telling them, not added", "label_bits_per_dim", label_bits_per_dim(report));
  }
  return rows.table();
}

std::string class_name(const ClassFigure& figure) {
  return figure.name.empty() ? concat("class ", figure.label) : figure.name;
}

std::string class_bars(const std::vector<ClassFigure>& figures) {
  std::vector<PlotBar> bars;
  for (const auto& figure : figures) {
    PlotBar bar;
    bar.label = class_name(figure);
    bar.value = std::max(figure.bits_per_dim, 0.0);
    const double half = interval_half_width(figure.standard_error, figure.examples);
    bar.low = figure.bits_per_dim - half;
    bar.high = figure.bits_per_dim + half;
    bar.text = fixed_number(figure.bits_per_dim, 3);
    bars.push_back(bar);
  }
  return bars.size() > kMostBars ? "" : page_bars(bars, "Bits per dimension by class");
}

std::string class_section(std::vector<ClassFigure> figures) {
  if (figures.empty()) {
    return "";
  }
  std::stable_sort(figures.begin(), figures.end(),
                   [](const auto& a, const auto& b) { return a.bits_per_dim < b.bits_per_dim; });
  const size_t all = figures.size();
  if (all > kMostClasses) {
    figures.erase(figures.begin() + kMostClasses / 2, figures.end() - kMostClasses / 2);
  }
  HeadedTable table{.head = {"class", "examples", "bits per dim"}, .rows = {}};
  for (const auto& figure : figures) {
    table.rows.push_back({escape_markup(class_name(figure)), std::to_string(figure.examples),
                          exact_number(concat("per_class.", figure.label, ".bits_per_dim"), figure.bits_per_dim, 4) +
                              plus_minus(interval_half_width(figure.standard_error, figure.examples), 4)});
  }
  return concat("<h3>By class</h3>\n", class_bars(figures), "<details><summary>The same as a table</summary>\n",
                table.html(), "</details>\n",
                all > figures.size()
                    ? remark(concat("The ", figures.size() / 2, " classes of fewest bits and as many of most, of ", all,
                                    "; evaluation.json has all."))
                    : std::string());
}

}  // namespace

std::string headline(const EvaluationReport& report) {
  const double half = (report.confidence_high - report.confidence_low) / 2;
  const bool is_part = report.examples < report.dataset_size;
  const int64_t shared = report.examples_in_training;
  return concat("<p class=\"figure\">", exact_number("bits_per_dim", report.bits_per_dim, 4), plus_minus(half, 4),
                " <small>bits per dimension", std::isfinite(half) ? ", 95 % interval" : "",
                is_part ? concat(", on ", report.examples, " of ", report.dataset_size, " examples") : std::string(),
                shared > 0 ? concat("; ", shared, " of ", report.dataset_size, " examples ", shared == 1 ? "is" : "are",
                                    " in the training data too: the figure is too good")
                           : std::string(),
                "</small></p>\n");
}

std::string result_section(const RunRecords& records) {
  if (!records.evaluation) {
    return "";
  }
  return concat(headline(*records.evaluation), result_table(*records.evaluation),
                class_section(records.evaluation->class_figures));
}

}  // namespace veil::io
