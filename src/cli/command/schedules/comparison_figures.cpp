#include "cli/command/schedules/comparison_figures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "evaluate/statistics.h"
#include "veil/diffusion/count_grid.h"
#include "veil/evaluate/discrete_bound.h"
#include "veil/evaluate/information_profile.h"
#include "veil/objective/loss_terms.h"

namespace veil::cli {
namespace {

constexpr int64_t kRounds = 200;
constexpr double kNormal = 1.959963984540054;

// Turns sums over the profile into figures in bits per dimension.
class Figures {
 public:
  Figures(const ProfilePasses& passes, const std::vector<std::vector<double>>& weights,
          const ComparisonSettings& settings)
      : length_(passes.length),
        found_(profile_figures(passes, all_examples(passes), weights, kRounds, settings.seed)) {}

  // ends: nats that are added, the same for all examples.
  [[nodiscard]] SpreadFigure value(size_t figure, double ends = 0) const {
    return in_bits(found_.values[figure] + ends, found_.error(figure));
  }
  [[nodiscard]] SpreadFigure difference(size_t figure, size_t other, double ends = 0) const {
    return in_bits(found_.values[figure] + ends - found_.values[other], found_.error_of_difference(figure, other));
  }

 private:
  [[nodiscard]] SpreadFigure in_bits(double nats, double error) const {
    return {.value = bits_per_dim(nats, length_), .half_width = kNormal * bits_per_dim(error, length_)};
  }

  int64_t length_;
  ProfileFigures found_;
};

struct StepBound {
  io::NamedSchedule schedule;
  std::string grid;
  int64_t steps;
  std::vector<double> times;
};

std::vector<StepBound> step_bounds_of(const ComparisonSettings& settings) {
  std::vector<StepBound> bounds;
  for (const io::NamedSchedule& schedule : settings.schedules) {
    for (const NamedGrid& grid : named_grids()) {
      for (const int64_t steps : settings.steps) {
        bounds.push_back({schedule, grid.name, steps, time_grid(grid.kind, steps)});
      }
    }
  }
  return bounds;
}

// Direct less profile on the examples of both, which share what the examples differ in.
SpreadFigure disagreement(const ComparisonParts& parts, const DirectBound& direct, const std::vector<double>& weights,
                          uint64_t seed) {
  const int64_t length = parts.scored.length;
  const auto profile = profile_figures(parts.scored, parts.direct_examples, {weights}, kRounds, seed);
  std::vector<double> differences;
  for (int64_t round = 0; round < kRounds; ++round) {
    double sum = 0;
    for (const int64_t place : drawn_again(std::ssize(direct.nats), seed, round)) {
      sum += direct.nats[static_cast<size_t>(place)];
    }
    differences.push_back(sum / static_cast<double>(direct.nats.size()) - profile.redrawn[round].front());
  }
  return {.value = bits_per_dim(mean_of(direct.nats) - profile.values.front(), length),
          .half_width = kNormal * bits_per_dim(std::sqrt(variance_of(differences)), length)};
}

void add_direct(const ComparisonParts& parts, const std::vector<double>& weights, double ends, uint64_t seed,
                StepBoundRow& row) {
  const auto found = std::find_if(parts.direct.begin(), parts.direct.end(), [&](const DirectBound& direct) {
    return direct.schedule == row.schedule && direct.steps == row.steps && row.grid == "uniform";
  });
  constexpr double kNotMade = std::numeric_limits<double>::quiet_NaN();
  row.direct = {.value = kNotMade, .half_width = kNotMade};
  row.disagreement = row.direct;
  if (found != parts.direct.end()) {
    const int64_t length = parts.scored.length;
    row.direct = {.value = bits_per_dim(mean_of(found->nats) + ends, length),
                  .half_width = kNormal * bits_per_dim(error_of_mean(found->nats), length)};
    row.disagreement = disagreement(parts, *found, weights, seed);
  }
}

}  // namespace

std::vector<CountGridRow> count_grids(const ComparisonParts& parts, const ComparisonSettings& settings) {
  const auto fitted = information_profile(profile_bins(parts.fitted, all_examples(parts.fitted)));
  const auto best = optimal_count_grids(fitted, settings.calls);
  std::vector<CountGridRow> rows;
  for (size_t i = 0; i < settings.calls.size(); ++i) {
    const int64_t calls = settings.calls[i];
    rows.push_back({.calls = calls, .schedule = "best", .grid = "fitted", .counts = best[i]});
    for (const io::NamedSchedule& schedule : settings.schedules) {
      for (const NamedGrid& grid : named_grids()) {
        const MaskSchedule shape(schedule.options);
        rows.push_back({.calls = calls,
                        .schedule = schedule.name,
                        .grid = grid.name,
                        .counts = count_grid(shape, time_grid(grid.kind, calls), parts.scored.length)});
      }
    }
  }
  return rows;
}

ComparisonFigures comparison_figures(const ComparisonParts& parts, const ComparisonSettings& settings,
                                     int64_t vocab_size) {
  const int64_t length = parts.scored.length;
  const auto bounds = step_bounds_of(settings);
  ComparisonFigures figures{
      .clip = parts.clip, .noise = parts.noise, .continuous = {}, .bounds = {}, .grids = count_grids(parts, settings)};
  std::vector<std::vector<double>> weights{std::vector<double>(static_cast<size_t>(length), 1.0)};
  for (const StepBound& bound : bounds) {
    weights.push_back(discrete_bound_weights(length, MaskSchedule(bound.schedule.options), bound.times));
  }
  for (const CountGridRow& row : figures.grids) {
    weights.push_back(count_grid_weights(row.counts));
  }
  const Figures found(parts.scored, weights, settings);
  figures.continuous = found.value(0);
  for (size_t i = 0; i < bounds.size(); ++i) {
    const MaskSchedule schedule(bounds[i].schedule.options);
    const double ends = end_nats(schedule, length, vocab_size);
    StepBoundRow row{.schedule = bounds[i].schedule.name, .grid = bounds[i].grid, .steps = bounds[i].steps};
    row.bound = found.value(1 + i, ends);
    row.gap = found.difference(1 + i, 0, ends);
    row.calls = expected_network_calls(schedule, bounds[i].times, length);
    add_direct(parts, weights[1 + i], ends, settings.seed, row);
    figures.bounds.push_back(std::move(row));
  }
  size_t best = 0;
  for (size_t i = 0; i < figures.grids.size(); ++i) {
    best = figures.grids[i].schedule == "best" ? i : best;
    figures.grids[i].bound = found.value(1 + bounds.size() + i);
    figures.grids[i].excess = found.difference(1 + bounds.size() + i, 1 + bounds.size() + best);
  }
  return figures;
}

}  // namespace veil::cli
