#include "io/report/report_plots.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "io/report/plot.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kMostPoints = 600;

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

std::string evaluation_label(const RunRecords& records) {
  const bool is_part = records.evaluation_examples < records.evaluation_dataset_size;
  return concat("evaluation",
                is_part
                    ? concat(" on ", records.evaluation_examples, " of ", records.evaluation_dataset_size, " examples")
                    : std::string(),
                ", 95 % interval");
}

/// Every point, or every n-th up to the last if they are too many.
PlotSeries evaluation_series(const RunRecords& records) {
  PlotSeries series{.label = evaluation_label(records), .markers = records.evaluation_bits.size() <= 60};
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

std::string plot_profile(const std::vector<ProfileBin>& profile) {
  if (profile.empty()) {
    return "";
  }
  PlotSeries series{.markers = true};
  for (const ProfileBin& bin : profile) {
    if (bin.samples < 1) {
      continue;
    }
    const auto samples = static_cast<double>(bin.samples);
    const double mean = bin.sum / samples;
    const double variance = std::max(0.0, bin.sum_squares / samples - mean * mean);
    const double half = 1.96 * std::sqrt(variance / samples);
    series.x.push_back((static_cast<double>(bin.first_count) + static_cast<double>(bin.last_count)) / 2);
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
