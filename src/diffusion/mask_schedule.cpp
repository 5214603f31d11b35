#include "veil/diffusion/mask_schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/words.h"
#include "diffusion/schedule_table.h"
#include "veil/base/error.h"

namespace veil {
namespace {

constexpr double kHalfPi = std::numbers::pi / 2;
constexpr std::string_view kTable = "table(";

double geometric_rate(const MaskScheduleOptions& o, double t) {
  return std::pow(o.beta_min, 1 - t) * std::pow(o.beta_max, t);
}

// The unclipped schedule and its complement, each by a form that does not cancel: 1 - alpha is small near t = 0, alpha
// near t = 1.
double plain_masked(const MaskScheduleOptions& o, double t) {
  switch (o.kind) {
    case ScheduleKind::kLinear:
      return t;
    case ScheduleKind::kCosine:
      return std::sin(kHalfPi * t);
    case ScheduleKind::kPolynomial:
      return std::pow(t, o.exponent);
    case ScheduleKind::kGeometric:
      return -std::expm1(-geometric_rate(o, t));
    case ScheduleKind::kTable:
      return table_masked(o.points, t);
  }
  return 0;
}

double plain_alpha(const MaskScheduleOptions& o, double t) {
  switch (o.kind) {
    case ScheduleKind::kLinear:
      return 1 - t;
    case ScheduleKind::kCosine: {
      const double half = std::sin(kHalfPi / 2 * (1 - t));
      return t < 0.5 ? 1 - std::sin(kHalfPi * t) : 2 * half * half;
    }
    case ScheduleKind::kPolynomial:
      return t <= 0 ? 1 : -std::expm1(o.exponent * std::log(t));
    case ScheduleKind::kGeometric:
      return std::exp(-geometric_rate(o, t));
    case ScheduleKind::kTable:
      return table_alpha(o.points, t);
  }
  return 0;
}

double plain_derivative(const MaskScheduleOptions& o, double t) {
  switch (o.kind) {
    case ScheduleKind::kLinear:
      return -1;
    case ScheduleKind::kCosine:
      return -kHalfPi * std::sin(kHalfPi * (1 - t));  // exactly 0 at t = 1
    case ScheduleKind::kPolynomial:
      return -o.exponent * std::pow(t, o.exponent - 1);
    case ScheduleKind::kGeometric: {
      const double rate = geometric_rate(o, t);
      return -std::exp(-rate) * rate * std::log(o.beta_max / o.beta_min);
    }
    case ScheduleKind::kTable:
      return table_derivative(o.points, t);
  }
  return 0;
}

double plain_inverse(const MaskScheduleOptions& o, double alpha) {
  switch (o.kind) {
    case ScheduleKind::kLinear:
      return 1 - alpha;
    case ScheduleKind::kCosine:
      return 1 - 2 / kHalfPi * std::asin(std::sqrt(alpha / 2));
    case ScheduleKind::kPolynomial:
      return std::pow(1 - alpha, 1 / o.exponent);
    case ScheduleKind::kGeometric:
      return std::log(-std::log(alpha) / o.beta_min) / std::log(o.beta_max / o.beta_min);
    case ScheduleKind::kTable:
      return table_inverse(o.points, alpha);
  }
  return 0;
}

}  // namespace

void check_options(const MaskScheduleOptions& o) {
  check_option({"exponent"}, o.exponent, MaskScheduleRanges::kExponent);
  check_option({"beta_min"}, o.beta_min, MaskScheduleRanges::kBetaMin);
  check_option({"beta_max"}, o.beta_max, MaskScheduleRanges::kBetaMax);
  check_option({"clip"}, o.clip, MaskScheduleRanges::kClip);
  require<InvalidOption>(o.kind != ScheduleKind::kGeometric || o.beta_min < o.beta_max, Field{"beta_min"}, " is ",
                         number_text(o.beta_min), ", want less than ", Field{"beta_max"}, ", which is ",
                         number_text(o.beta_max));
  if (o.kind == ScheduleKind::kTable) {
    check_table(o.points);
  }
}

MaskSchedule::MaskSchedule(const MaskScheduleOptions& options) : options_(options) { check_options(options_); }

double MaskSchedule::alpha(double t) const {
  return options_.clip + (1 - 2 * options_.clip) * plain_alpha(options_, t);
}

double MaskSchedule::masked_fraction(double t) const {
  return options_.clip + (1 - 2 * options_.clip) * plain_masked(options_, t);
}

double MaskSchedule::alpha_derivative(double t) const {
  return (1 - 2 * options_.clip) * plain_derivative(options_, t);
}

double MaskSchedule::loss_weight(double t) const {
  const double masked = masked_fraction(t);
  return masked > 0 ? alpha_derivative(t) / masked : -std::numeric_limits<double>::infinity();
}

double MaskSchedule::time_of_alpha(double alpha) const {
  const double plain = std::clamp((alpha - options_.clip) / (1 - 2 * options_.clip), 0.0, 1.0);
  return std::clamp(plain_inverse(options_, plain), 0.0, 1.0);
}

double MaskSchedule::unmask_probability(double s, double t) const {
  const double masked = masked_fraction(t);
  return masked > 0 ? std::clamp(1 - masked_fraction(s) / masked, 0.0, 1.0) : 1.0;
}

MaskScheduleOptions parse_schedule(std::string_view text) {
  MaskScheduleOptions options;
  if (text == "linear") {
    return options;
  }
  if (text == "cosine" || text == "geometric") {
    options.kind = text == "cosine" ? ScheduleKind::kCosine : ScheduleKind::kGeometric;
    return options;
  }
  if (text.starts_with(kTable) && text.ends_with(")")) {
    options.kind = ScheduleKind::kTable;
    options.points = parse_table(text.substr(kTable.size(), text.size() - kTable.size() - 1));
    return options;
  }
  options.kind = ScheduleKind::kPolynomial;
  const auto number = text.substr(std::min<size_t>(text.size(), 4));
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), options.exponent);
  require(text.starts_with("poly") && parsed.ec == std::errc{} && parsed.ptr == number.data() + number.size() &&
              contains(MaskScheduleRanges::kExponent, options.exponent),
          "the schedule is \"", text, "\", want linear, cosine, geometric, poly<p>, such as poly3, with p ",
          describe(MaskScheduleRanges::kExponent), ", or table(0:1 0.5:0.3 1:0)");
  return options;
}

std::string schedule_name(const MaskScheduleOptions& options) {
  switch (options.kind) {
    case ScheduleKind::kLinear:
      return "linear";
    case ScheduleKind::kCosine:
      return "cosine";
    case ScheduleKind::kGeometric:
      return "geometric";
    case ScheduleKind::kTable:
      return concat(kTable, table_text(options.points), ")");
    case ScheduleKind::kPolynomial:
      break;
  }
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), options.exponent).ptr;
  return "poly" + std::string(digits.data(), end);
}

}  // namespace veil
