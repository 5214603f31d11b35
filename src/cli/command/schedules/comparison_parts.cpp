#include "cli/command/schedules/comparison_parts.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/words.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"

namespace veil::cli {
namespace {

using Json = nlohmann::json;

constexpr double kClip = 1e-4;  // the reference's: without one the variance of the linear schedule is infinite
constexpr int64_t kDirectExamples = 256;  // of the direct estimates
constexpr int64_t kDirectPasses = 2;
constexpr int64_t kGradientCost = 3;  // forward passes

Json json_of(const SpreadFigure& figure) { return {figure.value, figure.half_width}; }

SpreadFigure figure_of(const Json& pair) {
  const auto number = [](const Json& value) { return value.is_null() ? NAN : value.get<double>(); };
  return {.value = number(pair.at(0)), .half_width = number(pair.at(1))};
}

Json json_of(const ScheduleNoise& noise) {
  return {{"name", noise.name},
          {"bits_per_dim", json_of(noise.bits_per_dim)},
          {"loss_variance", json_of(noise.loss_variance)},
          {"loss_ratio", json_of(noise.loss_ratio)},
          {"gradient_norm", json_of(noise.gradient_norm)},
          {"norm_variance", json_of(noise.norm_variance)},
          {"gradient_noise", json_of(noise.gradient_noise)},
          {"gradient_ratio", json_of(noise.gradient_ratio)},
          {"direction_cosine", json_of(noise.direction_cosine)}};
}

ScheduleNoise noise_of(const Json& object) {
  return {.name = object.at("name"),
          .bits_per_dim = figure_of(object.at("bits_per_dim")),
          .loss_variance = figure_of(object.at("loss_variance")),
          .loss_ratio = figure_of(object.at("loss_ratio")),
          .gradient_norm = figure_of(object.at("gradient_norm")),
          .norm_variance = figure_of(object.at("norm_variance")),
          .gradient_noise = figure_of(object.at("gradient_noise")),
          .gradient_ratio = figure_of(object.at("gradient_ratio")),
          .direction_cosine = figure_of(object.at("direction_cosine"))};
}

Json json_of(const ProfilePasses& passes) {
  return {{"length", passes.length},
          {"passes", passes.passes},
          {"stratified", passes.stratified},
          {"counts", passes.counts},
          {"nats", passes.nats}};
}

ProfilePasses passes_of(const Json& object) {
  return {.length = object.at("length"),
          .passes = object.at("passes"),
          .stratified = object.at("stratified"),
          .counts = object.at("counts").get<std::vector<int64_t>>(),
          .nats = object.at("nats").get<std::vector<double>>()};
}

}  // namespace

const std::vector<NamedGrid>& named_grids() {
  static const std::vector<NamedGrid> grids{{.name = "uniform", .kind = TimeGridKind::kUniform},
                                            {.name = "cosine", .kind = TimeGridKind::kCosine}};
  return grids;
}

PartMaker::PartMaker(Denoiser& denoiser, const Dataset& training, const Dataset& scored,
                     const ComparisonSettings& settings, const EvaluationOptions& evaluation, const Compute& compute,
                     const StopSignal& signal, bool quiet)
    : denoiser_(denoiser),
      training_(training),
      scored_(scored),
      settings_(settings),
      evaluation_(evaluation),
      compute_(compute),
      signal_(signal),
      quiet_(quiet) {
  evaluation_.form = ObjectiveForm::kCount;
  evaluation_.limit = settings.limit;
  evaluation_.seed = settings.seed;
}

std::vector<NoiseArm> PartMaker::arms() const {
  std::vector<NoiseArm> arms{{.name = "count", .objective = {.form = ObjectiveForm::kCount, .schedule = {}}}};
  arms.front().objective.schedule = evaluation_.schedule;
  for (const auto& [name, schedule] : settings_.schedules) {
    arms.push_back({.name = name, .objective = {.form = ObjectiveForm::kTime, .schedule = schedule}});
    arms.back().objective.schedule.clip = kClip;
  }
  return arms;
}

ScheduleNoiseOptions PartMaker::noise_options() const {
  ScheduleNoiseOptions options;
  const int64_t most = settings_.limit == 0 ? scored_.size() : std::min(settings_.limit, scored_.size());
  options.batches = std::clamp<int64_t>(most, 2, options.batches);
  options.batch_size = std::clamp<int64_t>(settings_.batch_size, 1, std::max<int64_t>(1, most / options.batches));
  options.rows_per_call = evaluation_.rows_per_call;
  options.seed = settings_.seed;
  return options;
}

EvaluationOptions PartMaker::direct_options() const {
  EvaluationOptions options = evaluation_;
  const int64_t most = settings_.limit == 0 ? scored_.size() : std::min(settings_.limit, scored_.size());
  options.limit = std::min(kDirectExamples, most);
  options.passes = kDirectPasses;
  options.replicates = kDirectPasses;
  return options;
}

int64_t PartMaker::passes() const {
  const auto noise = noise_options();
  const auto part = [&](const Dataset& data) {
    return settings_.limit == 0 ? data.size() : std::min(settings_.limit, data.size());
  };
  return std::ssize(arms()) * noise.batches * noise.batch_size *
             (noise.loss_draws + kGradientCost * noise.gradient_draws) +
         (part(training_) + part(scored_)) * (evaluation_.passes + kEdgePasses) +
         std::ssize(settings_.schedules) * std::ssize(settings_.steps) * direct_options().limit * kDirectPasses;
}

double PartMaker::speed() const {
  EvaluationOptions options = evaluation_;
  options.passes = 2;
  options.replicates = 2;
  options.limit = options.rows_per_call;
  (void)profile_passes(denoiser_, scored_, options, compute_);  // the first call prepares what later ones use
  const auto start = std::chrono::steady_clock::now();
  const auto passes = profile_passes(denoiser_, scored_, options, compute_);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return static_cast<double>(std::ssize(passes.nats)) / seconds.count();
}

ComparisonParts PartMaker::make(const PartStore& store) const {
  ComparisonParts parts;
  parts.clip = kClip;
  parts.noise = noise(store);
  parts.fitted = profile(store, "fitted-profile", training_);
  parts.scored = profile(store, "scored-profile", scored_);
  parts.direct = direct(store);
  // Smaller parts of a split lie inside larger ones.
  const auto all = part_of_split(scored_, settings_.limit);
  for (const int64_t index : part_of_split(scored_, direct_options().limit)) {
    parts.direct_examples.push_back(std::lower_bound(all.begin(), all.end(), index) - all.begin());
  }
  return parts;
}

std::vector<ScheduleNoise> PartMaker::noise(const PartStore& store) const {
  const auto options = noise_options();
  std::vector<std::string> depends_on{std::to_string(options.batch_size)};
  for (const auto& [name, schedule] : settings_.schedules) {
    depends_on.push_back(concat(name, " ", schedule_name(schedule)));
  }
  const auto list = store.part("noise", depends_on, [&] {
    const auto found = watched(
        {.label = "noise of loss and gradient", .unit = "passes of a batch"},
        [&](const auto& progress) { return schedule_noise(denoiser_, scored_, arms(), options, compute_, progress); });
    Json made = Json::array();
    for (const auto& arm : found) {
      made.push_back(json_of(arm));
    }
    return made;
  });
  std::vector<ScheduleNoise> noise;
  std::transform(list.begin(), list.end(), std::back_inserter(noise), noise_of);
  return noise;
}

ProfilePasses PartMaker::profile(const PartStore& store, const std::string& name, const Dataset& data) const {
  return passes_of(store.part(name, {std::to_string(evaluation_.passes)}, [&] {
    return watched({.label = concat("profile of ", data.info().split), .unit = "passes"}, [&](const auto& progress) {
      return json_of(profile_passes(denoiser_, data, evaluation_, compute_, progress));
    });
  }));
}

std::vector<DirectBound> PartMaker::direct(const PartStore& store) const {
  std::vector<DirectBound> bounds;
  return watched({.label = "bounds by direct Monte Carlo", .unit = "scores"}, [&](const auto& progress) {
    const int64_t all = std::ssize(settings_.schedules) * std::ssize(settings_.steps);
    for (const auto& [name, options] : settings_.schedules) {
      const MaskSchedule schedule(options);
      for (const int64_t steps : settings_.steps) {
        const Json nats = store.part(concat("direct-", name, "-", steps), {schedule_name(options)}, [&]() -> Json {
          return direct_step_bounds(
              denoiser_, scored_, schedule, time_grid(TimeGridKind::kUniform, steps), direct_options(), compute_,
              [&](int64_t done, int64_t examples) { progress(std::ssize(bounds) * examples + done, all * examples); });
        });
        bounds.push_back({.schedule = name, .steps = steps, .nats = nats.get<std::vector<double>>()});
      }
    }
    return bounds;
  });
}

}  // namespace veil::cli
