#include "veil/evaluate/information_profile.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "veil/base/error.h"

namespace veil {
namespace {

// The mean of g over the counts of a bin.
struct Cell {
  double mean = 0;
  double weight = 0;  // samples behind it; 0: none, and no mean yet
  int64_t width = 0;  // counts
};

std::vector<Cell> cells_of(std::span<const ProfileBin> bins) {
  std::vector<Cell> cells;
  int64_t next = 1;
  double samples = 0;
  for (const ProfileBin& bin : bins) {
    require(bin.first_count == next && bin.last_count >= next, "a bin of the profile goes from ", bin.first_count,
            " to ", bin.last_count, ", want it to begin at ", next);
    next = bin.last_count + 1;
    const auto weight = static_cast<double>(bin.samples);
    cells.push_back(
        {.mean = weight > 0 ? bin.sum / weight : 0, .weight = weight, .width = bin.last_count - bin.first_count + 1});
    samples += weight;
  }
  require(samples > 0, "the profile has no samples");
  return cells;
}

// Empty cells lie on a straight line between the nearest that are not, or are as the nearest at an end.
void fill_empty(std::vector<Cell>& cells) {
  const auto is_full = [](const Cell& cell) { return cell.weight > 0; };
  auto before = cells.end();
  for (auto cell = cells.begin(); cell != cells.end(); ++cell) {
    if (is_full(*cell)) {
      before = cell;
      continue;
    }
    const auto after = std::find_if(cell, cells.end(), is_full);
    if (before == cells.end() || after == cells.end()) {
      cell->mean = (before == cells.end() ? after : before)->mean;
    } else {
      const double share = static_cast<double>(cell - before) / static_cast<double>(after - before);
      cell->mean = before->mean + share * (after->mean - before->mean);
    }
  }
}

// The nearest means that never fall, in the sum of weighted squares.
void make_rising(std::vector<Cell>& cells) {
  struct Pool {
    double sum;
    double weight;
    size_t cells;
    [[nodiscard]] double mean() const { return sum / weight; }
  };
  constexpr double kLeast = 1e-9;  // an empty cell goes where its neighbours go
  std::vector<Pool> pools;
  for (const Cell& cell : cells) {
    const double weight = std::max(cell.weight, kLeast);
    pools.push_back({.sum = cell.mean * weight, .weight = weight, .cells = 1});
    while (pools.size() >= 2 && pools[pools.size() - 2].mean() > pools.back().mean()) {
      const Pool last = pools.back();
      pools.pop_back();
      pools.back().sum += last.sum;
      pools.back().weight += last.weight;
      pools.back().cells += last.cells;
    }
  }
  auto cell = cells.begin();
  for (const Pool& pool : pools) {
    for (size_t i = 0; i < pool.cells; ++i) {
      (cell++)->mean = pool.mean();
    }
  }
}

// Between two cells: on the straight line through their middles.
double edge_between(const Cell& left, const Cell& right) {
  const auto a = static_cast<double>(left.width);
  const auto b = static_cast<double>(right.width);
  return (left.mean * b + right.mean * a) / (a + b);
}

// Appends the means over each count of the parabola that goes from `left` to `right` with the cell's mean.
void append_parabola(const Cell& cell, double left, double right, std::vector<double>& profile) {
  const double excess = cell.mean - (left + right) / 2;
  if (excess > (right - left) / 6) {
    left = 3 * cell.mean - 2 * right;
  } else if (excess < -(right - left) / 6) {
    right = 3 * cell.mean - 2 * left;
  }
  const double rise = right - left;
  const double bend = 6 * (cell.mean - (left + right) / 2);
  const auto width = static_cast<double>(cell.width);
  const auto integral = [&](double x) { return x * (left + x * ((rise + bend) / 2 - x * bend / 3)); };
  for (int64_t j = 0; j < cell.width; ++j) {
    const auto at = static_cast<double>(j);
    profile.push_back((integral((at + 1) / width) - integral(at / width)) * width);
  }
}

}  // namespace

std::vector<double> information_profile(std::span<const ProfileBin> bins) {
  std::vector<Cell> cells = cells_of(bins);
  fill_empty(cells);
  make_rising(cells);
  std::vector<double> profile;
  for (size_t i = 0; i < cells.size(); ++i) {
    const Cell& cell = cells[i];
    double left = i > 0 ? edge_between(cells[i - 1], cell) : cell.mean;
    double right = i + 1 < cells.size() ? edge_between(cell, cells[i + 1]) : cell.mean;
    if (i == 0) {  // at the ends as steep as on the other side of the middle, but no entropy is below 0
      left = std::max(std::min(0.0, cell.mean), 2 * cell.mean - right);
    }
    if (i + 1 == cells.size()) {
      right = 2 * cell.mean - left;
    }
    append_parabola(cell, left, right, profile);
  }
  return profile;
}

}  // namespace veil
