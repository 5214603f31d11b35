#include "io/report/trend.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "io/report/markup.h"
#include "veil/base/error.h"
#include "veil/evaluate/interval.h"

namespace veil::io {
namespace {

constexpr size_t kLeastPoints = 5;
constexpr double kSettled = 0.1;  // of its peak: from here on the learning rate changes little any more

std::string change_words(const Trend& trend, const std::string& what) {
  return concat("By ", what, ", over updates ", trend.first_step, " to ", trend.last_step, " (", trend.points,
                " points), it changed by ", trend.change > 0 ? "+" : "−", fixed_number(std::abs(trend.change), 4),
                " ± ", fixed_number(trend.half, 4), " bits/dim (95 %): ");
}

// A rate that has come down explains why a curve is flat.
std::string rate_words(const Trend& trend, const StepCurve& rates) {
  double peak = 0;
  for (const auto& [step, rate] : rates) {
    peak = std::max(peak, rate);
  }
  if (trend.falls() || rates.empty() || peak <= 0 || rates.rbegin()->second > kSettled * peak) {
    return "";
  }
  return concat(" The learning rate had come down to ", short_number(100 * rates.rbegin()->second / peak, 2),
                " % of its peak by then, so a flat end is what was planned.");
}

std::string verdict(const Trend& trend, bool is_on_training_data) {
  if (trend.falls()) {
    return "yes, it was still getting better when it ended; more updates may help.";
  }
  if (trend.rises()) {
    return is_on_training_data ? "no, it was getting worse: is the learning rate too high?"
                               : "no, it was getting worse: it learns its training data by heart, or the learning rate "
                                 "is too high.";
  }
  return "no clear change any more.";
}

}  // namespace

std::optional<Trend> trend_of(const StepCurve& curve) {
  const size_t count = std::min(curve.size(), std::max(kLeastPoints, curve.size() / 3));
  if (count < 3) {
    return std::nullopt;
  }
  const auto first = std::prev(curve.end(), static_cast<int64_t>(count));
  const auto n = static_cast<double>(count);
  double mean_step = 0;
  double mean = 0;
  for (auto point = first; point != curve.end(); ++point) {
    mean_step += static_cast<double>(point->first) / n;
    mean += point->second / n;
  }
  double squares = 0;
  double products = 0;
  for (auto point = first; point != curve.end(); ++point) {
    const double distance = static_cast<double>(point->first) - mean_step;
    squares += distance * distance;
    products += distance * (point->second - mean);
  }
  const double slope = products / squares;
  double rest = 0;
  for (auto point = first; point != curve.end(); ++point) {
    const double line = mean + slope * (static_cast<double>(point->first) - mean_step);
    rest += (point->second - line) * (point->second - line);
  }
  Trend trend{.first_step = first->first, .last_step = curve.rbegin()->first, .points = static_cast<int64_t>(count)};
  const double span = static_cast<double>(trend.last_step - trend.first_step);
  trend.change = slope * span;
  trend.half = student_quantile(trend.points - 2) * std::sqrt(rest / (n - 2) / squares) * span;
  return trend;
}

std::string trend_words(const RunRecords& records) {
  const auto evaluations = trend_of(records.evaluation_bits);
  if (evaluations) {
    return concat(change_words(*evaluations, "the evaluations during training"), verdict(*evaluations, false),
                  rate_words(*evaluations, records.learning_rate));
  }
  const std::string few = "There were fewer than three evaluations during training (train.evaluate_every). ";
  const auto training = trend_of(records.train_bits);
  if (!training) {
    return few + "Not known: too few lines were logged.";
  }
  return concat(few, change_words(*training, "the estimates on its training batches"), verdict(*training, true),
                rate_words(*training, records.learning_rate), " Of data that it does not train on this says little.");
}

}  // namespace veil::io
