#pragma once

#include <string>
#include <vector>

namespace veil::io {

struct Tick {
  double value = 0;
  std::string label;
};

/// Maps values to pixels and chooses round tick marks.
class PlotAxis {
 public:
  /// Fits the axis to what `values` holds of finite numbers (and positive, if logarithmic), with a little room at both
  /// ends.
  PlotAxis(const std::vector<double>& values, bool logarithmic);

  [[nodiscard]] bool accepts(double value) const;
  [[nodiscard]] bool has_data() const { return has_data_; }

  /// Where `value` lies between the ends: 0 .. 1.
  [[nodiscard]] double position(double value) const;

  /// About `wanted` marks, ascending.
  [[nodiscard]] std::vector<Tick> ticks(int wanted) const;

 private:
  [[nodiscard]] double scaled(double value) const;

  bool logarithmic_;
  bool has_data_ = false;
  double low_ = 0;  // in scaled units: log10 of the value if logarithmic
  double high_ = 1;
};

}  // namespace veil::io
