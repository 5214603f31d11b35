#include "veil/diffusion/count_grid.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "veil/base/error.h"
#include "veil/diffusion/time_grid.h"

namespace veil {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

// The lower envelope of lines y = height - left * x whose `left` are added in ascending order. A line stands for a
// grid that goes on from `left` masked positions at the cost `height`.
class Envelope {
 public:
  void add(int64_t left, double height) {
    const Line line{.left = left, .height = height};
    while (lines_.size() >= 2 && is_above(lines_[lines_.size() - 2], lines_.back(), line)) {
      lines_.pop_back();
    }
    lines_.push_back(line);
  }

  // The lowest line at x and its height there.
  [[nodiscard]] std::pair<int64_t, double> lowest(double x) const {
    // Along the envelope the heights at x fall, then rise.
    size_t low = 0;
    size_t high = lines_.size() - 1;
    while (low < high) {
      const size_t middle = (low + high) / 2;
      if (at(middle + 1, x) <= at(middle, x)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return {lines_[low].left, at(low, x)};
  }

 private:
  struct Line {
    int64_t left;
    double height;
  };

  [[nodiscard]] double at(size_t i, double x) const {
    return lines_[i].height - static_cast<double>(lines_[i].left) * x;
  }

  // Whether b is nowhere below both a and c: where c crosses a, b is not lower.
  static bool is_above(const Line& a, const Line& b, const Line& c) {
    return (c.height - a.height) * static_cast<double>(b.left - a.left) <=
           (b.height - a.height) * static_cast<double>(c.left - a.left);
  }

  std::vector<Line> lines_;
};

// costs[k]: of the best grid of j - 1 steps from k to 0; becomes that of j steps. Row j of `next` gets the k after the
// first of them.
void add_step(std::span<const double> profile, int64_t step, std::vector<double>& costs, std::span<int32_t> next) {
  const auto length = static_cast<int64_t>(profile.size());
  Envelope envelope;
  std::vector<double> longer(costs.size(), kNone);
  for (int64_t k = step; k <= length; ++k) {
    if (costs[k - 1] < kNone) {
      envelope.add(k - 1, costs[k - 1]);
    }
    const double g = profile[k - 1];
    const auto [left, height] = envelope.lowest(g);
    longer[k] = height + static_cast<double>(k) * g;
    next[k] = static_cast<int32_t>(left);
  }
  costs = std::move(longer);
}

}  // namespace

void check_counts(std::span<const int64_t> counts, int64_t length) {
  require(counts.size() >= 2, "a count grid has ", counts.size(), " numbers, want at least 2");
  require(counts.front() == length && counts.back() == 0, "a count grid goes from ", counts.front(), " to ",
          counts.back(), " masked tokens, want from ", length, " to 0");
  const auto bad = std::adjacent_find(counts.begin(), counts.end(), std::less_equal<>());
  require(bad == counts.end(), "a count grid holds ", bad == counts.end() ? 0 : *bad, " before ",
          bad == counts.end() ? 0 : *(bad + 1), ", want them strictly falling");
}

std::vector<int64_t> count_grid(const MaskSchedule& schedule, std::span<const double> times, int64_t length) {
  check_times(times);
  const auto steps = static_cast<int64_t>(times.size()) - 1;
  require(steps <= length, "a grid of ", steps, " steps for ", length, " tokens, want no more steps than tokens");
  std::vector<int64_t> counts{length};
  for (int64_t j = 1; j <= steps; ++j) {
    const auto nearest = std::llround(static_cast<double>(length) * schedule.masked_fraction(times[j]));
    counts.push_back(std::clamp<int64_t>(nearest, steps - j, counts.back() - 1));
  }
  counts.back() = 0;
  return counts;
}

double count_grid_bound(std::span<const double> profile, std::span<const int64_t> counts) {
  check_counts(counts, static_cast<int64_t>(profile.size()));
  double nats = 0;
  for (size_t j = 0; j + 1 < counts.size(); ++j) {
    nats += static_cast<double>(counts[j] - counts[j + 1]) * profile[counts[j] - 1];
  }
  return nats;
}

std::vector<std::vector<int64_t>> optimal_count_grids(std::span<const double> profile, std::span<const int64_t> steps) {
  const auto length = static_cast<int64_t>(profile.size());
  require(length > 0, "the profile is empty, want one number for each count from 1");
  require(std::all_of(profile.begin(), profile.end(), [](double g) { return std::isfinite(g); }),
          "the profile holds a number that is not finite");
  int64_t most = 0;
  for (const int64_t wanted : steps) {
    require(wanted >= 1 && wanted <= length, "a grid of ", wanted, " steps, want 1 to ", length,
            ", the number of tokens");
    most = std::max(most, wanted);
  }
  const size_t width = profile.size() + 1;
  std::vector<int32_t> next(static_cast<size_t>(most) * width);  // row j - 1: where grids of j steps go first
  std::vector<double> costs(width, kNone);
  costs[0] = 0;
  for (int64_t j = 1; j <= most; ++j) {
    add_step(profile, j, costs, std::span(next).subspan((j - 1) * width, width));
  }
  std::vector<std::vector<int64_t>> grids;
  for (const int64_t wanted : steps) {
    std::vector<int64_t> grid{length};
    for (int64_t j = wanted; j >= 1; --j) {
      grid.push_back(next[(j - 1) * width + grid.back()]);
    }
    grids.push_back(std::move(grid));
  }
  return grids;
}

}  // namespace veil
