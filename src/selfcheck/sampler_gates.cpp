#include "selfcheck/sampler_gates.h"

#include <ATen/Parallel.h>

#include <atomic>
#include <cmath>
#include <limits>

#include "selfcheck/sampler_law.h"
#include "toys/chain_toys.h"
#include "toys/oracle_denoiser.h"
#include "toys/toy_bounds.h"
#include "veil/base/error.h"
#include "veil/diffusion/time_grid.h"
#include "veil/evaluate/discrete_bound.h"

namespace veil {
namespace {

ToyJoint sticky_chain() { return joint_of(MarkovToy(5, 3, sticky_transitions(3, 0.75))); }

SampleOptions steps_of(ScheduleKind kind, int64_t steps) { return {.steps = steps, .schedule = {.kind = kind}}; }

// KL(p || q_T) and total variation, computed apart from this program: q(x) as the sum over the 541 ordered set
// partitions of the five positions, each weighted with the elementary symmetric sums of the steps' probabilities.
struct PublishedLaw {
  ScheduleKind schedule;
  int64_t steps;
  double divergence;
  double total_variation;
};
constexpr PublishedLaw kPublished[] = {
    {ScheduleKind::kLinear, 4, 0.092959333, 0.177160434},  {ScheduleKind::kCosine, 4, 0.111064097, 0.195253863},
    {ScheduleKind::kLinear, 8, 0.025429951, 0.088203763},  {ScheduleKind::kCosine, 8, 0.032197322, 0.099255705},
    {ScheduleKind::kLinear, 16, 0.006814320, 0.043901776}, {ScheduleKind::kCosine, 16, 0.008938218, 0.049744352},
    {ScheduleKind::kLinear, 64, 0.000457233, 0.010926471}, {ScheduleKind::kCosine, 64, 0.000622570, 0.012425464},
};

std::string name_of(const SampleOptions& options) {
  const std::string steps = options.steps >= 10000 ? "one at a time" : concat(options.steps, " steps");
  const std::string clip = options.schedule.clip > 0 ? concat(", clip ", options.schedule.clip) : "";
  return concat(schedule_name(options.schedule), clip, ", ", steps);
}

void law_rows(const ToyJoint& joint, const ToyConditionals& model, std::vector<GateRow>& rows) {
  constexpr double kTolerance = 1e-6;
  for (const auto& published : kPublished) {
    const auto options = steps_of(published.schedule, published.steps);
    const auto law = ancestral_law(joint, model, options);
    rows.push_back(within("G3", concat("KL of the law, ", name_of(options)), published.divergence,
                          divergence(joint.p, law), kTolerance));
    rows.push_back(within("G3", concat("total variation, ", name_of(options)), published.total_variation,
                          total_variation(joint.p, law), kTolerance));
  }
  rows.push_back(within("G3", "KL of the law, one token at a time", 0,
                        divergence(joint.p, one_at_a_time_law(joint, model)), 1e-12));
}

void draw_rows(const ToyJoint& joint, const ToyConditionals& model, const Sampling& sampling,
               std::vector<GateRow>& rows) {
  constexpr double kScore = 4;
  SampleOptions clipped = steps_of(ScheduleKind::kLinear, 2);
  clipped.schedule.clip = 0.2;
  OracleDenoiser network(model);
  for (SampleOptions options : {steps_of(ScheduleKind::kLinear, 4), steps_of(ScheduleKind::kCosine, 4),
                                steps_of(ScheduleKind::kLinear, 16), clipped, steps_of(ScheduleKind::kLinear, 10000)}) {
    const bool one_by_one = options.steps == 10000;  // two tokens of five share a step once in a thousand samples
    options.count = one_by_one ? 4000 : 40000;
    options.rows_per_call = one_by_one ? 8 : 2000;
    const auto law = one_by_one ? one_at_a_time_law(joint, model) : ancestral_law(joint, model, options);
    rows.push_back(within("G3", concat("Pearson's score of ", options.count, " draws, ", name_of(options)), 0,
                          chi_square_score(sampling(network, options), joint, law), kScore));
  }
}

}  // namespace

std::vector<GateRow> sampler_law_gate(const Sampling& sampling) {
  const ToyJoint joint = sticky_chain();
  const ToyConditionals model(joint);
  std::vector<GateRow> rows;
  law_rows(joint, model, rows);
  draw_rows(joint, model, sampling, rows);
  return rows;
}

std::vector<GateRow> step_bound_gate() {
  const ToyJoint joint = sticky_chain();
  std::vector<GateRow> rows;
  for (const double strength : {0.0, 1.0}) {
    const ToyConditionals model(joint, strength);
    const auto profile = profile_of(mean_sums(joint, model));
    for (const auto kind : {ScheduleKind::kLinear, ScheduleKind::kCosine}) {
      for (const int64_t steps : {1, 4, 16, 64}) {
        const auto options = steps_of(kind, steps);
        const double bound = discrete_bound(profile, MaskSchedule(options.schedule), time_grid(options.grid, steps));
        rows.push_back(at_least(
            "G6",
            concat(strength > 0 ? "inconsistent" : "true", " conditionals, ", name_of(options), ": L_T - H over KL"),
            divergence(joint.p, ancestral_law(joint, model, options)), bound - joint.entropy(), 1e-12));
      }
    }
  }
  return rows;
}

std::vector<GateRow> rare_value_gate(const ValueDraw& draw) {
  constexpr double kReveal = 1e-3;
  constexpr int64_t kDraws = 10'000'000;
  constexpr int64_t kForbiddenDraws = 1'000'000;
  constexpr float kNever = -std::numeric_limits<float>::infinity();
  const std::vector<float> rare_logits{static_cast<float>(std::log1p(-1e-5)), static_cast<float>(std::log(1e-5))};
  const std::vector<float> forbidden_logits{kNever, 0.3F, 0.1F, -0.7F, kNever};
  const NoiseKey key{.seed = 1, .purpose = NoisePurpose::kSampleValue};
  const auto count = [&](const std::vector<float>& logits, int64_t draws, const auto& counts) {
    std::atomic<int64_t> total{0};
    at::parallel_for(0, draws, 100'000, [&](int64_t begin, int64_t end) {
      int64_t part = 0;
      for (int64_t i = begin; i < end; ++i) {
        part += counts(draw(logits, kReveal, key, static_cast<uint32_t>(i))) ? 1 : 0;
      }
      total += part;
    });
    return static_cast<double>(total.load());
  };
  const double rare = count(rare_logits, kDraws, [](int64_t value) { return value == 1; });
  const double forbidden =
      count(forbidden_logits, kForbiddenDraws, [](int64_t value) { return value == 0 || value == 4; });
  return {within("G7", "draws of a value of probability 1e-5, of 10^7", 100, rare, 40),
          within("G7", "draws of values of probability 0, of 10^6", 0, forbidden, 0)};
}

}  // namespace veil
