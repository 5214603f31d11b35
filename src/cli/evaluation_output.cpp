#include "veil/cli/evaluation_output.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/plain_numbers.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

constexpr int kSchemaVersion = 1;

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
  const nlohmann::ordered_json object{{"schema_version", kSchemaVersion},
                                      {"bits_per_dim", report.bits_per_dim},
                                      {"standard_error", report.standard_error},
                                      {"mask_standard_error", report.mask_standard_error},
                                      {"confidence_low", report.confidence_low},
                                      {"confidence_high", report.confidence_high},
                                      {"examples", report.examples},
                                      {"passes", report.passes},
                                      {"replicates", report.replicates},
                                      {"estimator", report.estimator},
                                      {"dataset", report.dataset},
                                      {"split", report.split},
                                      {"weights", report.weights},
                                      {"seed", report.seed},
                                      {"length", report.profile.empty() ? 0 : report.profile.back().last_count},
                                      {"profile", profile}};
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string evaluation_text(const EvaluationReport& report) {
  std::string text = concat("bits/dim ", fixed(report.bits_per_dim, 6));
  if (std::isfinite(report.standard_error)) {
    text +=
        concat(" +- ", fixed(report.standard_error, 6), " (95 %: ", fixed(report.confidence_low, 6), " to ",
               fixed(report.confidence_high, 6), "; from masks alone +- ", fixed(report.mask_standard_error, 6), ")");
  }
  return concat(text, "\n", report.dataset, " ", report.split, ", ", report.examples,
                report.examples == 1 ? " example, " : " examples, ", report.passes, " forward passes each in ",
                report.replicates, " replicates, ", report.estimator, ", ", report.weights, " weights, seed ",
                report.seed, "\n");
}

}  // namespace veil::cli
