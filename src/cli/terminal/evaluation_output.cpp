#include "cli/terminal/evaluation_output.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/terminal/plain_numbers.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

constexpr int kSchemaVersion = 1;

// Bits per dimension that telling the class would cost, all classes being equally likely.
double label_bits_per_dim(const EvaluationReport& report) {
  return std::log2(static_cast<double>(report.classes)) / static_cast<double>(report.length);
}

// What a figure that knows the class leaves out.
std::string label_note(const EvaluationReport& report) {
  return report.classes == 0 ? std::string()
                             : concat("conditional on the class label, which the model is told: log2(", report.classes,
                                      ")/", report.length, " = ", fixed(label_bits_per_dim(report), 6),
                                      " bits/dim for telling it are not added\n");
}

}  // namespace

std::string evaluation_json(const EvaluationReport& report) {
  nlohmann::ordered_json profile = nlohmann::ordered_json::array();
  for (const ProfileBin& bin : report.profile) {
    profile.push_back({{"first_count", bin.first_count},
                       {"last_count", bin.last_count},
                       {"samples", bin.samples},
                       {"sum", bin.sum},
                       {"sum_squares", bin.sum_squares}});
  }
  nlohmann::ordered_json object{{"schema_version", kSchemaVersion},
                                {"bits_per_dim", report.bits_per_dim},
                                {"standard_error", report.standard_error},
                                {"mask_standard_error", report.mask_standard_error},
                                {"confidence_low", report.confidence_low},
                                {"confidence_high", report.confidence_high},
                                {"examples", report.examples},
                                {"dataset_size", report.dataset_size},
                                {"passes", report.passes},
                                {"replicates", report.replicates},
                                {"estimator", report.estimator},
                                {"control", report.control},
                                {"dataset", report.dataset},
                                {"split", report.split},
                                {"weights", report.weights},
                                {"seed", report.seed},
                                {"length", report.length},
                                {"conditional_on_label", report.classes > 0},
                                {"profile", profile}};
  if (report.classes > 0) {
    object["label_classes"] = report.classes;
    object["label_bits_per_dim"] = label_bits_per_dim(report);
    object["label_bits_added"] = false;
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
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
                " forward passes each", replicates, ", ", report.estimator, control, ", ", report.weights, " weights",
                is_exact ? std::string() : concat(", seed ", report.seed), "\n", label_note(report));
}

}  // namespace veil::cli
