#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace veil {

/// When a comparison looks at what it has, on the way to `examples` examples: after all of them, half, a quarter and so
/// on, but not below 50 and 8 times at most. Ascending; {examples} below 100. Throws InvalidArgument below 1.
[[nodiscard]] std::vector<int64_t> planned_looks(int64_t examples);

/// An interval in standard errors: of the mean minus the true value it says nothing, of the true value everything.
struct StandardInterval {
  double low = 0.0;
  double high = 0.0;
};

/// A rule that may end an experiment early without a loss of honesty: a group-sequential design with one boundary for
/// all looks (Pocock, Biometrika 64, 1977). A mean over n independent examples is looked at for each n in `sizes`; the
/// experiment ends at the first look at which the mean is more than `boundary` standard errors away from 0. The
/// boundary is the number for which that happens at any look with probability `error_rate` where the true mean is 0: of
/// the Brownian motion that the sums follow, by the recursion of Armitage, McPherson and Rowe (1969).
///
/// The interval reported at the end is not the usual one, which would cover too seldom after a stop. It holds the
/// values of the mean under which what was seen is neither too high nor too low, outcomes being ordered by when they
/// stop (Tsiatis, Rosner and Mehta, Biometrics 40, 1984): it covers with probability 1 - error_rate whatever the true
/// mean is, and leaves out 0 exactly if the boundary was crossed.
///
/// All of it for normal means of known variance; the caller accounts for an estimated one.
class SequentialDesign {
 public:
  /// sizes: of the looks, ascending, each at least 1; error_rate in (0, 1). Throws InvalidArgument. Costs 50 ms.
  SequentialDesign(std::vector<int64_t> sizes, double error_rate);

  [[nodiscard]] std::span<const int64_t> sizes() const { return sizes_; }
  [[nodiscard]] double error_rate() const { return error_rate_; }
  [[nodiscard]] double boundary() const { return boundary_; }

  /// The probability to end above the boundary before look number `look`, or to come to that look with the mean `z`
  /// standard errors or more above 0. drift: the true mean in standard deviations of one example. Rises with drift.
  [[nodiscard]] double probability_at_least(size_t look, double z, double drift) const;

  /// The true means, in standard errors at that look, that an end at look number `look` with the mean z standard errors
  /// above 0 leaves possible. Of an end before the last look |z| is above the boundary.
  [[nodiscard]] StandardInterval interval(size_t look, double z) const;

 private:
  [[nodiscard]] double root(size_t look) const;
  [[nodiscard]] double crossing_probability(double boundary);
  [[nodiscard]] double exceeding(size_t look, double z, double drift) const;
  [[nodiscard]] double drift_of(size_t look, double z, double probability) const;
  void fill_densities(double boundary);

  std::vector<int64_t> sizes_;
  double error_rate_;
  double boundary_ = 0.0;
  std::vector<double> nodes_;                   // of the quadrature over (-boundary, boundary)
  std::vector<std::vector<double>> densities_;  // for each look but the last, of z at the nodes without an end so far
                                                // and without drift, times the weights
};

}  // namespace veil
