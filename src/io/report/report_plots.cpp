#include "io/report/report_plots.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "io/report/svg_plot.h"

namespace veil::io {
namespace {

using Json = nlohmann::json;

constexpr size_t kMostPoints = 600;
constexpr size_t kMostBins = 10'000;

bool has_numbers(const Json& bin) {
  const auto is_number = [&](const char* name) { return bin.contains(name) && bin.at(name).is_number(); };
  return bin.is_object() && is_number("first_count") && is_number("last_count") && is_number("samples") &&
         is_number("sum") && is_number("sum_squares");
}

/// At most kMostPoints of a curve: each the mean over a run of consecutive points, at the last of their steps.
PlotSeries to_series(const StepCurve& curve, const std::string& label) {
  PlotSeries series{.label = label};
  const size_t run = (curve.size() + kMostPoints - 1) / kMostPoints;
  double sum = 0;
  size_t count = 0;
  for (auto point = curve.begin(); point != curve.end(); ++point) {
    sum += point->second;
    if (++count == run || std::next(point) == curve.end()) {
      series.x.push_back(static_cast<double>(point->first));
      series.y.push_back(sum / static_cast<double>(count));
      sum = 0;
      count = 0;
    }
  }
  return series;
}

/// Every point, or every n-th up to the last if they are too many.
PlotSeries evaluation_series(const RunRecords& records) {
  PlotSeries series{.label = "evaluation, 95 % interval", .markers = records.evaluation_bits.size() <= 60};
  const size_t stride = records.evaluation_bits.size() / kMostPoints + 1;
  size_t left = records.evaluation_bits.size();
  for (const auto& [step, bits] : records.evaluation_bits) {
    if (--left % stride != 0) {
      continue;
    }
    const auto error = records.evaluation_error.find(step);
    const double half = error == records.evaluation_error.end() ? 0 : 1.96 * error->second;
    series.x.push_back(static_cast<double>(step));
    series.y.push_back(bits);
    series.low.push_back(bits - half);
    series.high.push_back(bits + half);
  }
  return series;
}

std::string curve_plot(const StepCurve& curve, PlotOptions options) {
  if (curve.empty()) {
    return "";
  }
  options.x_label = "step";
  options.height = 240;
  return svg_plot({to_series(curve, "")}, options);
}

}  // namespace

std::string plot_curves(const RunRecords& records) {
  std::string html;
  std::vector<PlotSeries> bits;
  if (!records.train_bits.empty()) {
    bits.push_back(to_series(records.train_bits, "training, estimate on the batches"));
  }
  if (!records.evaluation_bits.empty()) {
    bits.push_back(evaluation_series(records));
  }
  if (!bits.empty()) {
    html += svg_plot(bits, {.title = "Bits per dimension", .x_label = "step", .y_label = "bits per dimension"});
  }
  html += curve_plot(records.learning_rate, {.title = "Learning rate", .y_label = "learning rate"});
  html += curve_plot(records.gradient_norm, {.title = "Gradient norm", .y_label = "norm", .log_y = true});
  html += curve_plot(records.examples_per_second, {.title = "Speed", .y_label = "examples per second"});
  return html;
}

std::string plot_powers(const RunRecords& records) {
  std::string html;
  if (!records.powers.empty()) {
    PlotSeries series;
    const size_t stride = (records.powers.size() + kMostPoints - 1) / kMostPoints;
    for (size_t value = 0; value < records.powers.size(); value += stride) {
      series.x.push_back(static_cast<double>(value));
      series.y.push_back(records.powers[value]);
    }
    html += svg_plot({series}, {.title = "Learned powers", .x_label = "value", .y_label = "power w in 1 - t^w"});
  }
  if (!records.power_low.empty() && !records.power_high.empty()) {
    html += svg_plot({to_series(records.power_low, "smallest"), to_series(records.power_high, "largest")},
                     {.title = "Range of the learned powers", .x_label = "step", .y_label = "power", .height = 240});
  }
  return html;
}

std::string plot_profile(const Json& evaluation) {
  const Json bins = evaluation.is_object() ? evaluation.value("profile", Json()) : Json();
  if (!bins.is_array() || bins.empty() || bins.size() > kMostBins ||
      !std::all_of(bins.begin(), bins.end(), has_numbers)) {
    return "";
  }
  PlotSeries series{.markers = true};
  for (const auto& bin : bins) {
    const double samples = bin.at("samples").get<double>();
    if (samples < 1) {
      continue;
    }
    const double mean = bin.at("sum").get<double>() / samples;
    const double variance = std::max(0.0, bin.at("sum_squares").get<double>() / samples - mean * mean);
    const double half = 1.96 * std::sqrt(variance / samples);
    series.x.push_back((bin.at("first_count").get<double>() + bin.at("last_count").get<double>()) / 2);
    series.y.push_back(mean);
    series.low.push_back(mean - half);
    series.high.push_back(mean + half);
  }
  return svg_plot({series}, {.title = "Cross-entropy by the number of masked positions",
                             .x_label = "masked positions",
                             .y_label = "nats per masked position",
                             .log_x = true});
}

}  // namespace veil::io
