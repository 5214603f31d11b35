#include "selfcheck/sampler_law.h"

#include <cmath>
#include <cstdint>
#include <utility>

#include "veil/diffusion/time_grid.h"

namespace veil {
namespace {

// Adds probability * the law of filling the positions of `reveal` independently to `next`.
void fill(const ToyConditionals& model, int64_t partial, uint32_t reveal, double probability,
          std::vector<double>& next) {
  std::vector<std::pair<int64_t, double>> reached{{partial, probability}};
  for (int64_t i = 0; i < model.length(); ++i) {
    if ((reveal >> i & 1U) == 0) {
      continue;
    }
    std::vector<std::pair<int64_t, double>> further;
    for (const auto& [state, p] : reached) {
      for (int64_t v = 0; v < model.vocab(); ++v) {
        further.emplace_back(state - (model.vocab() - v) * model.power(i), p * std::exp(model.log_p(partial, i, v)));
      }
    }
    reached = std::move(further);
  }
  for (const auto& [state, p] : reached) {
    next[state] += p;
  }
}

// One step: of k masked positions each set of r is revealed with probability chance(k, r).
template <typename Chance>
std::vector<double> advance(const ToyConditionals& model, const std::vector<double>& law, const Chance& chance) {
  std::vector<double> next(law.size());
  for (int64_t partial = 0; partial < model.partials(); ++partial) {
    if (law[partial] == 0) {
      continue;
    }
    uint32_t masked = 0;
    for (int64_t i = 0; i < model.length(); ++i) {
      masked |= model.is_masked(partial, i) ? 1U << i : 0U;
    }
    for (uint32_t reveal = masked;; reveal = (reveal - 1) & masked) {
      const double p = chance(__builtin_popcount(masked), __builtin_popcount(reveal));
      if (p > 0) {
        fill(model, partial, reveal, law[partial] * p, next);
      }
      if (reveal == 0) {
        break;
      }
    }
  }
  return next;
}

std::vector<double> all_masked(const ToyConditionals& model) {
  std::vector<double> law(static_cast<size_t>(model.partials()));
  law.back() = 1;
  return law;
}

// From partial states to those of the joint, when nothing is masked any more.
std::vector<double> over_states(const ToyJoint& joint, const ToyConditionals& model, const std::vector<double>& law) {
  std::vector<double> states;
  for (int64_t state = 0; state < joint.states(); ++state) {
    states.push_back(law[model.partial_of(joint, state, 0)]);
  }
  return states;
}

int64_t state_of(const int64_t* x, const ToyJoint& joint) {
  int64_t state = 0;
  for (int64_t i = joint.length - 1; i >= 0; --i) {
    state = state * joint.vocab + x[i];
  }
  return state;
}

}  // namespace

std::vector<double> ancestral_law(const ToyJoint& joint, const ToyConditionals& model, const SampleOptions& options) {
  const MaskSchedule schedule(options.schedule);
  const auto times = time_grid(options.grid, options.steps);
  auto law = all_masked(model);
  for (int64_t step = 0; step < options.steps; ++step) {
    const double u = step + 1 == options.steps ? 1 : schedule.unmask_probability(times[step + 1], times[step]);
    law = advance(model, law,
                  [u](int masked, int revealed) { return std::pow(u, revealed) * std::pow(1 - u, masked - revealed); });
  }
  return over_states(joint, model, law);
}

std::vector<double> one_at_a_time_law(const ToyJoint& joint, const ToyConditionals& model) {
  auto law = all_masked(model);
  for (int64_t step = 0; step < joint.length; ++step) {
    law = advance(model, law, [](int masked, int revealed) { return revealed == 1 ? 1.0 / masked : 0.0; });
  }
  return over_states(joint, model, law);
}

double divergence(const std::vector<double>& p, const std::vector<double>& q) {
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    sum += p[i] > 0 ? p[i] * std::log(p[i] / q[i]) : 0;
  }
  return sum;
}

double total_variation(const std::vector<double>& p, const std::vector<double>& q) {
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    sum += std::abs(p[i] - q[i]) / 2;
  }
  return sum;
}

double chi_square_score(const torch::Tensor& samples, const ToyJoint& joint, const std::vector<double>& law) {
  constexpr double kFewest = 5;
  std::vector<double> seen(law.size());
  const auto rows = samples.contiguous();
  for (int64_t b = 0; b < rows.size(0); ++b) {
    seen[state_of(rows.const_data_ptr<int64_t>() + b * joint.length, joint)] += 1;
  }
  double statistic = 0;
  double cells = 0;
  double rare_seen = 0;
  double rare_expected = 0;
  const auto add = [&](double count, double expected) {
    statistic += (count - expected) * (count - expected) / expected;
    cells += 1;
  };
  for (size_t i = 0; i < law.size(); ++i) {
    const double expected = law[i] * static_cast<double>(rows.size(0));
    if (expected == 0 && seen[i] > 0) {
      return 1e9;
    }
    if (expected >= kFewest) {
      add(seen[i], expected);
    } else {
      rare_seen += seen[i];
      rare_expected += expected;
    }
  }
  if (rare_expected > 0) {
    add(rare_seen, rare_expected);
  }
  return (statistic - (cells - 1)) / std::sqrt(2 * (cells - 1));
}

}  // namespace veil
