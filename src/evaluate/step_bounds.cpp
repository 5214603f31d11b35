#include "evaluate/step_bounds.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "evaluate/dataset_check.h"
#include "evaluate/pass_maker.h"
#include "evaluate/profile.h"
#include "evaluate/statistics.h"
#include "objective/bound.h"
#include "veil/base/error.h"
#include "veil/base/random.h"
#include "veil/data/split_part.h"
#include "veil/diffusion/count_grid.h"
#include "veil/diffusion/time_grid.h"
#include "veil/evaluate/information_profile.h"
#include "veil/nn/evaluation_mode.h"

namespace veil {
namespace {

constexpr uint64_t kEdgeRounds = uint64_t{1} << 40;  // of their noise: beyond any pass of an evaluation

void check_shared(const Denoiser& denoiser) {
  require(denoiser.powers() == nullptr,
          "the network has learned powers, want one schedule for all values: there is no bound by counts for it");
}

// Makes the passes of the direct estimate.
class StepPasses {
 public:
  StepPasses(const Denoiser& denoiser, const MaskSchedule& schedule, std::span<const double> times,
             const EvaluationOptions& options)
      : schedule_(schedule),
        times_(times),
        options_(options),
        bound_(denoiser, {.form = ObjectiveForm::kTime, .schedule = schedule.options()}) {}

  [[nodiscard]] PassRow make(const TokenBatch& batch, int64_t row, int64_t pass) const {
    const auto id = batch.example_ids.narrow(0, row, 1).contiguous();
    const NoiseKey key{options_.seed, NoisePurpose::kEvaluationLevel, 0};
    const double level = stratified_level(key, id.const_data_ptr<int64_t>()[0], pass, options_.passes);
    const auto steps = static_cast<double>(times_.size() - 1);
    const auto step = std::min(times_.size() - 2, static_cast<size_t>(level * steps));
    PassRow made = row_of(batch, row);
    auto one = bound_.pass_at_times(made.x0, id, times_.subspan(step, 1),
                                    {options_.seed, NoisePurpose::kEvaluationMask, static_cast<uint64_t>(pass)});
    made.scale = steps * schedule_.unmask_probability(times_[step + 1], times_[step]) *
                 static_cast<double>(one.masked.counts.front());
    made.level = one.levels.front();
    made.masked = std::move(one.masked);
    return made;
  }

 private:
  const MaskSchedule& schedule_;
  std::span<const double> times_;
  const EvaluationOptions& options_;
  Bound bound_;
};

// Makes passes at the counts of least visible tokens, of bins in turn over examples and passes.
class EdgePasses {
 public:
  EdgePasses(const Denoiser& denoiser, const EvaluationOptions& options)
      : network_(denoiser.options()),
        seed_(options.seed),
        bound_(bound_of(denoiser, options)),
        bins_(Profile(network_.shape.length()).bins()) {
    bins_.erase(bins_.begin(), bins_.end() - std::min<int64_t>(std::ssize(bins_), 16));
  }

  // example: its place among those that are looked at.
  [[nodiscard]] PassRow make(const TokenBatch& batch, int64_t row, int64_t pass, int64_t example) const {
    const auto id = batch.example_ids.narrow(0, row, 1).contiguous();
    const auto round = kEdgeRounds + static_cast<uint64_t>(pass);
    const auto& bin = bins_[static_cast<size_t>(example * kEdgePasses + pass) % bins_.size()];
    const double place = uniform_double({seed_, NoisePurpose::kEvaluationLevel, round},
                                        static_cast<uint64_t>(id.const_data_ptr<int64_t>()[0]));
    const auto width = static_cast<double>(bin.last_count - bin.first_count + 1);
    const std::vector<int64_t> counts{bin.first_count + static_cast<int64_t>(place * width)};
    PassRow made = row_of(batch, row);
    auto one = bound_.pass_of_masks(mask_by_count(made.x0, counts, id, network_.vocab_size,
                                                  {seed_, NoisePurpose::kEvaluationMask, round}));
    made.level = one.levels.front();
    made.masked = std::move(one.masked);
    return made;
  }

 private:
  const DenoiserOptions& network_;
  uint64_t seed_;
  Bound bound_;
  std::vector<ProfileBin> bins_;
};

// Pass `pass` of each of these examples, less what the others of the example's stratified passes have more than those
// of other examples.
std::vector<double> controlled(const ProfilePasses& passes, std::span<const int64_t> examples, int64_t pass) {
  std::vector<double> values;
  std::vector<double> others;
  for (const int64_t example : examples) {
    const auto row = std::span(passes.nats).subspan(static_cast<size_t>(example * passes.passes));
    double sum = 0;
    for (int64_t other = 0; other < passes.stratified; ++other) {
      sum += other == pass ? 0 : row[static_cast<size_t>(other)];
    }
    values.push_back(row[static_cast<size_t>(pass)]);
    others.push_back(sum / static_cast<double>(std::max<int64_t>(1, passes.stratified - (pass < passes.stratified))));
  }
  const double mean = mean_of(others);
  double together = 0;
  double squares = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    together += (others[i] - mean) * values[i];
    squares += (others[i] - mean) * (others[i] - mean);
  }
  const double slope = squares > 0 ? together / squares : 0;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] -= slope * (others[i] - mean);
  }
  return values;
}

}  // namespace

ProfilePasses profile_passes(Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options,
                             const Compute& compute, const EvaluationProgress& progress) {
  check_options(options);
  check_dataset(denoiser.options(), dataset);
  check_shared(denoiser);
  require(options.form == ObjectiveForm::kCount, "a profile is measured in the count form, the options have another");
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision scoped_precision(compute);
  const auto indices = part_of_split(dataset, options.limit);
  ProfilePasses passes{.length = denoiser.options().shape.length(),
                       .passes = options.passes + kEdgePasses,
                       .stratified = options.passes,
                       .counts = {},
                       .nats = {}};
  passes.counts.resize(indices.size() * static_cast<size_t>(passes.passes));
  passes.nats.resize(passes.counts.size());
  const auto put = [&](int64_t example, int64_t pass, int64_t count, double nats) {
    if (!std::isfinite(nats)) {
      const int64_t index = indices[static_cast<size_t>(example)];
      throw NumericalError(concat("example ", index, ": the loss is ", nats), index);
    }
    passes.counts[static_cast<size_t>(example * passes.passes + pass)] = count;
    passes.nats[static_cast<size_t>(example * passes.passes + pass)] = nats;
  };
  const auto tell = [&](int64_t done) {
    if (progress) {
      progress(done, std::ssize(passes.nats));
    }
  };
  const int64_t stratified = std::ssize(indices) * options.passes;
  run_passes(
      denoiser, dataset, indices, options, compute, bound_of(denoiser, options),
      [&](const PassRow& row, double nats, auto /*parts*/) {
        put(row.index / options.passes, row.index % options.passes, row.masked.counts.front(), nats);
      },
      [&](int64_t done, int64_t /*all*/) { tell(done * options.passes); });
  const EdgePasses edge(denoiser, options);
  run_rows(
      denoiser, dataset, indices, kEdgePasses, options, compute,
      [&](const TokenBatch& batch, int64_t row, int64_t pass, int64_t example) {
        return edge.make(batch, row, pass, example);
      },
      [&](const PassRow& row, double nats, auto /*parts*/) {
        put(row.index / kEdgePasses, options.passes + row.index % kEdgePasses, row.masked.counts.front(), nats);
      },
      [&](int64_t done) { tell(stratified + done); });
  return passes;
}

std::vector<ProfileBin> profile_bins(const ProfilePasses& passes, std::span<const int64_t> examples) {
  Profile profile(passes.length);
  for (int64_t pass = 0; pass < passes.passes; ++pass) {
    const auto nats = controlled(passes, examples, pass);
    for (size_t i = 0; i < examples.size(); ++i) {
      profile.add(passes.counts[static_cast<size_t>(examples[i] * passes.passes + pass)], nats[i]);
    }
  }
  return profile.bins();
}

std::vector<int64_t> all_examples(const ProfilePasses& passes) {
  std::vector<int64_t> all(static_cast<size_t>(passes.examples()));
  std::iota(all.begin(), all.end(), int64_t{0});
  return all;
}

std::vector<int64_t> drawn_again(int64_t examples, uint64_t seed, int64_t round) {
  const NoiseKey key{seed, NoisePurpose::kBootstrap, static_cast<uint64_t>(round)};
  std::vector<int64_t> places(static_cast<size_t>(examples));
  for (int64_t i = 0; i < examples; ++i) {
    places[i] = static_cast<int64_t>(uniform_double(key, i, 0) * static_cast<double>(examples));
  }
  return places;
}

double ProfileFigures::error(size_t figure) const {
  std::vector<double> column;
  for (const auto& round : redrawn) {
    column.push_back(round[figure]);
  }
  return std::sqrt(variance_of(column));
}

double ProfileFigures::error_of_difference(size_t figure, size_t other) const {
  std::vector<double> column;
  for (const auto& round : redrawn) {
    column.push_back(round[figure] - round[other]);
  }
  return std::sqrt(variance_of(column));
}

ProfileFigures profile_figures(const ProfilePasses& passes, std::span<const int64_t> examples,
                               const std::vector<std::vector<double>>& weights, int64_t rounds, uint64_t seed) {
  const auto figures_of = [&](std::span<const int64_t> chosen) {
    const auto curve = information_profile(profile_bins(passes, chosen));
    std::vector<double> figures;
    for (const auto& weight : weights) {
      require(weight.size() == curve.size(), "a figure has ", weight.size(), " weights, want ", curve.size());
      figures.push_back(std::inner_product(curve.begin(), curve.end(), weight.begin(), 0.0));
    }
    return figures;
  };
  ProfileFigures figures{.values = figures_of(examples), .redrawn = {}};
  for (int64_t round = 0; round < rounds; ++round) {
    std::vector<int64_t> chosen;
    for (const int64_t place : drawn_again(std::ssize(examples), seed, round)) {
      chosen.push_back(examples[static_cast<size_t>(place)]);
    }
    figures.redrawn.push_back(figures_of(chosen));
  }
  return figures;
}

std::vector<double> count_grid_weights(std::span<const int64_t> counts) {
  check_counts(counts, counts.empty() ? 0 : counts.front());
  std::vector<double> weights(static_cast<size_t>(counts.front()));
  for (size_t j = 0; j + 1 < counts.size(); ++j) {
    weights[static_cast<size_t>(counts[j]) - 1] = static_cast<double>(counts[j] - counts[j + 1]);
  }
  return weights;
}

double end_nats(const MaskSchedule& schedule, int64_t length, int64_t vocab_size) {
  return (schedule.masked_fraction(0) + schedule.alpha(1)) * static_cast<double>(length) *
         std::log(static_cast<double>(vocab_size));
}

std::vector<double> direct_step_bounds(Denoiser& denoiser, const Dataset& dataset, const MaskSchedule& schedule,
                                       std::span<const double> times, const EvaluationOptions& options,
                                       const Compute& compute, const EvaluationProgress& progress) {
  check_options(options);
  check_times(times);
  check_dataset(denoiser.options(), dataset);
  check_shared(denoiser);
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision scoped_precision(compute);
  const auto indices = part_of_split(dataset, options.limit);
  std::vector<double> nats(indices.size());
  const StepPasses maker(denoiser, schedule, times, options);
  run_rows(
      denoiser, dataset, indices, options.passes, options, compute,
      [&](const TokenBatch& batch, int64_t row, int64_t pass, int64_t /*example*/) {
        return maker.make(batch, row, pass);
      },
      [&](const PassRow& row, double mean, auto /*parts*/) {
        nats[static_cast<size_t>(row.index / options.passes)] += row.scale * mean / static_cast<double>(options.passes);
      },
      [&](int64_t passes) {
        if (progress) {
          progress(passes / options.passes, std::ssize(indices));
        }
      });
  return nats;
}

}  // namespace veil
