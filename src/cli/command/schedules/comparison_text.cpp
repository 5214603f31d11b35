#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "cli/command/schedules/comparison_output.h"
#include "cli/terminal/plain_numbers.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

using Row = std::vector<std::string>;

// Columns as wide as their widest cell, the first flush left.
std::string table(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - row[i].size(), ' ');
      text += i == 0 ? concat("  ", row[i], blanks) : concat("   ", blanks, row[i]);
    }
    text += '\n';
  }
  return text;
}

std::string with_error(const SpreadFigure& figure, int digits) {
  if (!std::isfinite(figure.value)) {
    return "-";
  }
  return concat(fixed(figure.value, digits), " +- ",
                std::isfinite(figure.half_width) ? fixed(figure.half_width, digits) : std::string("unknown"));
}

std::string with_sign(const SpreadFigure& figure, int digits) {
  return concat(figure.value < 0 ? "" : "+", with_error(figure, digits));
}

std::string noise_text(const ComparisonFigures& figures) {
  std::vector<Row> rows{
      {"noise levels by", "bound", "loss variance, ratio", "gradient noise, ratio", "cosine of gradients"}};
  for (const auto& arm : figures.noise) {
    rows.push_back({arm.name, with_error(arm.bits_per_dim, 3), with_error(arm.loss_ratio, 2),
                    with_error(arm.gradient_ratio, 2), with_error(arm.direction_cosine, 3)});
  }
  return concat("Noise of training, ratios to drawing counts (times clipped at ", significant(figures.clip, 1), ")\n",
                table(rows), conclusion_text(kOfNoise), "\n");
}

// The numbers of steps that fit on a line: the first, the last and what lies between.
std::vector<int64_t> shown_steps(const ComparisonFigures& figures) {
  std::vector<int64_t> steps;
  for (const auto& row : figures.bounds) {
    steps.push_back(row.steps);
  }
  std::sort(steps.begin(), steps.end());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  constexpr size_t kMost = 4;
  std::vector<int64_t> shown;
  for (size_t i = 0; i < std::min(kMost, steps.size()); ++i) {
    shown.push_back(steps[i * (steps.size() - 1) / std::max<size_t>(1, std::min(kMost, steps.size()) - 1)]);
  }
  return shown;
}

std::string bounds_text(const ComparisonFigures& figures) {
  const auto steps = shown_steps(figures);
  std::vector<Row> rows{{"schedule", "grid"}};
  for (const int64_t count : steps) {
    rows.front().push_back(concat("T = ", count));
  }
  for (const auto& row : figures.bounds) {
    if (row.steps == steps.front()) {
      rows.push_back({row.schedule, row.grid});
    }
    if (std::find(steps.begin(), steps.end(), row.steps) != steps.end()) {
      rows.back().push_back(concat(fixed(row.bound.value, 3), " (+", fixed(row.gap.value, 3), ")"));
    }
  }
  return concat("Bound in T steps, bits/dim (above the continuous bound, ", with_error(figures.continuous, 4), ")\n",
                table(rows), conclusion_text(kOfStepBounds), "\n");
}

std::string agreement_text(const ComparisonFigures& figures) {
  int64_t made = 0;
  int64_t apart = 0;
  double worst = 0;
  for (const auto& row : figures.bounds) {
    if (std::isfinite(row.disagreement.value)) {
      const double errors = 1.96 * std::abs(row.disagreement.value) / row.disagreement.half_width;
      ++made;
      apart += errors > 1.96 ? 1 : 0;
      worst = std::max(worst, errors);
    }
  }
  return made == 0 ? ""
                   : concat("  Direct Monte Carlo of ", made, " of these agrees with the profile: ", made - apart,
                            " within the 95 % interval, the worst ", fixed(worst, 1), " standard errors off.\n\n");
}

std::string grids_text(const ComparisonFigures& figures) {
  std::vector<Row> rows{{"network calls", "best", "linear schedule", "least of the schedules"}};
  for (const auto& row : figures.grids) {
    if (row.schedule == "best") {
      rows.push_back({std::to_string(row.calls), with_error(row.bound, 4), "-", "-"});
      continue;
    }
    if (row.schedule == "linear" && row.grid == "uniform") {
      rows.back()[2] = with_sign(row.excess, 4);
    }
  }
  for (Row& row : rows) {
    const CountGridRow* least = nullptr;
    for (const auto& grid : figures.grids) {
      const bool is_here = grid.schedule != "best" && std::to_string(grid.calls) == row.front();
      least = is_here && (least == nullptr || grid.excess.value < least->excess.value) ? &grid : least;
    }
    if (least != nullptr) {
      row[3] = concat(with_sign(least->excess, 4), " ", least->schedule, ", ", least->grid);
    }
  }
  return concat("Fixed counts: code length of a sampler's law, bits/dim\n", table(rows),
                conclusion_text(kOfCountGrids));
}

}  // namespace

std::string comparison_text(const ComparisonFigures& figures) {
  return concat(noise_text(figures), bounds_text(figures), agreement_text(figures), grids_text(figures));
}

}  // namespace veil::cli
