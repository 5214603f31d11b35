#include "cli/terminal/evaluation_output.h"

#include <algorithm>
#include <cmath>

#include "base/words.h"
#include "cli/terminal/plain_numbers.h"
#include "io/run/evaluation_file.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

// What a figure that knows the class leaves out.
std::string label_note(const EvaluationReport& report) {
  return report.classes == 0 ? std::string()
                             : concat("conditional on the class label, which the model is told: log2(", report.classes,
                                      ")/", report.length, " = ", fixed(io::label_bits_per_dim(report), 6),
                                      " bits/dim for telling it are not added\n");
}

std::string training_note(const EvaluationReport& report) {
  const int64_t count = report.examples_in_training;
  return count <= 0 ? std::string()
                    : concat("warning: ", count, " of the ", report.dataset_size, " examples of ", report.split,
                             count == 1 ? " is" : " are",
                             " in the training data too, pixel for pixel: the figure is too good\n");
}

constexpr size_t kMostShown = 40;  // classes
constexpr size_t kNameWidth = 24;

std::string cell(std::string text, size_t width) {
  text.resize(std::max(text.size() + 2, width), ' ');
  return text;
}

std::string class_line(const ClassFigure& figure) {
  const auto name = figure.name.empty() ? concat("class ", figure.label) : shortened(figure.name, kNameWidth);
  const auto error =
      std::isfinite(figure.standard_error) ? concat(" +- ", fixed(figure.standard_error, 6)) : std::string();
  return concat(cell(name, kNameWidth + 2), cell(std::to_string(figure.examples), 10), fixed(figure.bits_per_dim, 6),
                error, "\n");
}

}  // namespace

std::string class_table(const EvaluationReport& report) {
  auto figures = report.class_figures;
  if (figures.empty()) {
    return "";
  }
  std::string text = concat(cell("class", kNameWidth + 2), cell("examples", 10), "bits/dim +- standard error\n");
  if (figures.size() > kMostShown) {
    std::stable_sort(figures.begin(), figures.end(),
                     [](const auto& a, const auto& b) { return a.bits_per_dim < b.bits_per_dim; });
    text.insert(0, concat("the ", kMostShown / 2, " classes of fewest bits and the ", kMostShown / 2, " of most, of ",
                          figures.size(), "; --json has all\n"));
    figures.erase(figures.begin() + kMostShown / 2, figures.end() - kMostShown / 2);
  }
  for (const auto& figure : figures) {
    text += class_line(figure);
  }
  return text;
}

std::string evaluation_text(const EvaluationReport& report) {
  const bool is_exact = report.replicates == 1;
  std::string text = concat("bits/dim ", fixed(report.bits_per_dim, 6));
  if (std::isfinite(report.standard_error)) {
    text += concat(" +- ", fixed(report.standard_error, 6), " (95 %: ", fixed(report.confidence_low, 6), " to ",
                   fixed(report.confidence_high, 6), "; ",
                   is_exact ? std::string("exact on these examples")
                            : concat("from masks alone +- ", fixed(report.mask_standard_error, 6)),
                   ")");
  }
  const std::string of_all =
      report.examples < report.dataset_size ? concat(" of ", report.dataset_size) : std::string();
  const std::string control = report.control > 0 ? concat(" (control ", significant(report.control, 2), ")") : "";
  const std::string replicates = is_exact ? std::string() : concat(" in ", report.replicates, " replicates");
  return concat(text, "\n", report.dataset, " ", report.split, ", ", report.examples, of_all,
                report.examples == 1 && of_all.empty() ? " example, " : " examples, ", report.passes,
                " forward passes each", replicates, ", ", report.estimator, control, ", ",
                report.precision.empty() ? "" : report.precision + ", ", report.weights, " weights",
                is_exact ? std::string() : concat(", seed ", report.seed), "\n", label_note(report),
                training_note(report));
}

}  // namespace veil::cli
