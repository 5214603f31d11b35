#include "io/report/report_plots.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "io/report/markup.h"
#include "io/report/page.h"
#include "veil/base/error.h"
#include "veil/evaluate/interval.h"

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
    const double half =
        error == records.evaluation_error.end() ? 0 : interval_half_width(error->second, records.evaluation_examples);
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
  options.x_label = "updates";
  options.height = 240;
  return page_plot({to_series(curve, "")}, options);
}

}  // namespace

std::string plot_curves(const RunRecords& records) {
  std::string html;
  std::vector<PlotSeries> bits;
  if (!records.train_bits.empty()) {
    bits.push_back(to_series(records.train_bits, "training batches"));
  }
  if (!records.evaluation_bits.empty()) {
    bits.push_back(evaluation_series(records));
  }
  if (!bits.empty()) {
    html += page_plot(bits, {.title = "Bits per dimension", .x_label = "updates", .y_label = "bits per dimension"});
  }
  html += curve_plot(records.learning_rate, {.title = "Learning rate", .y_label = "learning rate"});
  html += curve_plot(records.gradient_norm, {.title = "Gradient norm", .y_label = "norm", .log_y = true});
  return html;
}

std::string plot_curves_together(const std::vector<std::pair<std::string, const RunRecords*>>& runs) {
  std::vector<PlotSeries> evaluated;
  std::vector<PlotSeries> trained;
  for (const auto& [name, records] : runs) {
    if (!records->evaluation_bits.empty()) {
      evaluated.push_back(evaluation_series(*records));
      evaluated.back().label = name;
    }
    if (!records->train_bits.empty()) {
      trained.push_back(to_series(records->train_bits, name));
    }
  }
  const bool is_evaluated = evaluated.size() >= std::min<size_t>(runs.size(), 2);
  const auto& series = is_evaluated ? evaluated : trained;
  return series.empty() ? ""
                        : page_plot(series, {.title = is_evaluated ? "Evaluations during training, 95 % intervals"
                                                                   : "Estimates on the training batches",
                                             .x_label = "updates",
                                             .y_label = "bits per dimension"});
}

std::string plot_speed(const RunRecords& records) {
  return curve_plot(records.examples_per_second, {.title = "Speed", .y_label = "examples per second"});
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
    html += page_plot({series}, {.title = "Learned powers", .x_label = "value", .y_label = "power w in 1 - t^w"});
  }
  if (!records.power_low.empty() && !records.power_high.empty()) {
    html +=
        page_plot({to_series(records.power_low, "smallest"), to_series(records.power_high, "largest")},
                  {.title = "Range of the learned powers", .x_label = "updates", .y_label = "power", .height = 240});
  }
  return html;
}

}  // namespace veil::io
