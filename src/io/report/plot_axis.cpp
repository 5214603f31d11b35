#include "io/report/plot_axis.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/report/markup.h"

namespace veil::io {
namespace {

constexpr double kRoom = 0.03;  // of the range, free at both ends

/// The nearest, by ratio, of 1, 2, 5 times a power of ten.
double round_step(double wanted) {
  const double power = std::pow(10.0, std::floor(std::log10(wanted)));
  const double ratio = wanted / power;  // 1 .. 10
  return power * (ratio < std::sqrt(2.0) ? 1 : ratio < std::sqrt(10.0) ? 2 : ratio < std::sqrt(50.0) ? 5 : 10);
}

std::string tick_label(double value, double step) {
  if (std::abs(value) < step / 2) {
    return "0";
  }
  if (std::abs(value) >= 1e6 || step < 1e-4) {
    return scientific_number(value, 1);
  }
  return fixed_number(value, std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9))));
}

}  // namespace

PlotAxis::PlotAxis(const std::vector<double>& values, bool logarithmic) : logarithmic_(logarithmic) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : values) {
    if (accepts(value)) {
      low = std::min(low, scaled(value));
      high = std::max(high, scaled(value));
    }
  }
  has_data_ = low <= high;
  if (!has_data_) {
    return;
  }
  // Halves, since the range of two finite numbers need not be finite; and some width around a single value.
  const double half = high / 2 - low / 2;
  const double least = std::max(std::abs(low), std::abs(high)) * 1e-6;
  const double room = half > least ? 2 * kRoom * half : (logarithmic ? 0.5 : std::max(std::abs(low) * 0.1, 1e-9));
  constexpr double kMost = std::numeric_limits<double>::max() / 4;
  low_ = std::max(low - room, -kMost);
  high_ = std::min(high + room, kMost);
}

bool PlotAxis::accepts(double value) const { return std::isfinite(value) && (!logarithmic_ || value > 0); }

double PlotAxis::scaled(double value) const { return logarithmic_ ? std::log10(value) : value; }

double PlotAxis::position(double value) const { return std::clamp((scaled(value) - low_) / (high_ - low_), 0.0, 1.0); }

std::vector<Tick> PlotAxis::ticks(int wanted) const {
  std::vector<Tick> ticks;
  const bool decades = logarithmic_ && high_ - low_ >= 1;
  if (logarithmic_ && !decades) {  // less than a decade: round numbers of the value itself
    const double low = std::pow(10.0, low_);
    const double high = std::pow(10.0, high_);
    const double step = round_step((high - low) / wanted);
    for (double k = std::ceil(low / step); k * step <= high; ++k) {
      ticks.push_back({k * step, tick_label(k * step, step)});
    }
    return ticks;
  }
  const double step = decades ? std::max(1.0, std::ceil((high_ - low_) / wanted)) : round_step((high_ - low_) / wanted);
  for (double k = std::ceil(low_ / step); k * step <= high_; ++k) {
    const double value = decades ? std::pow(10.0, k * step) : k * step;
    ticks.push_back({value, decades ? short_number(value) : tick_label(value, step)});
  }
  return ticks;
}

}  // namespace veil::io
