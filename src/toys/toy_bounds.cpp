#include "toys/toy_bounds.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/quadrature.h"

namespace veil {

std::vector<double> mean_sums(const ToyJoint& joint, const ToyConditionals& model) {
  std::vector<double> sums(static_cast<size_t>(joint.length) + 1);
  std::vector<double> masks(sums.size());
  for (uint32_t mask = 0; mask < (1U << joint.length); ++mask) {
    const auto k = static_cast<size_t>(__builtin_popcount(mask));
    masks[k] += 1;
    for (int64_t state = 0; state < joint.states(); ++state) {
      const int64_t partial = model.partial_of(joint, state, mask);
      for (int64_t i = 0; joint.p[state] > 0 && i < joint.length; ++i) {
        if ((mask >> i & 1U) != 0) {
          sums[k] -= joint.p[state] * model.log_p(partial, i, joint.token(state, i));
        }
      }
    }
  }
  std::transform(sums.begin(), sums.end(), masks.begin(), sums.begin(), std::divides<>());
  return sums;
}

double exact_bound(const ToyJoint& joint, const ToyConditionals& model) {
  const auto sums = mean_sums(joint, model);
  double bound = 0;
  for (size_t k = 1; k < sums.size(); ++k) {
    bound += sums[k] / static_cast<double>(k);
  }
  return bound;
}

double mean_sum(const std::vector<double>& sums, double masked) {
  const auto n = static_cast<int64_t>(sums.size()) - 1;
  double mean = 0;
  double choose = 1;
  for (int64_t k = 1; k <= n; ++k) {
    choose = choose * static_cast<double>(n - k + 1) / static_cast<double>(k);
    mean += choose * std::pow(masked, k) * std::pow(1 - masked, n - k) * sums[static_cast<size_t>(k)];
  }
  return mean;
}

double time_integral(const MaskSchedule& schedule, const std::vector<double>& sums) {
  // Piece by piece of a table, which has kinks.
  std::vector<double> ends{0.0, 1.0};
  for (const SchedulePoint& point : schedule.options().points) {
    ends.push_back(point.time);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  double total = 0;
  for (size_t i = 1; i < ends.size(); ++i) {
    const double width = ends[i] - ends[i - 1];
    total += width * integrate([&](double x, double) {
               const double t = ends[i - 1] + width * x;
               return -schedule.loss_weight(t) * mean_sum(sums, schedule.masked_fraction(t));
             });
  }
  return total;
}

std::vector<double> profile_of(const std::vector<double>& sums) {
  std::vector<double> profile;
  for (size_t k = 1; k < sums.size(); ++k) {
    profile.push_back(sums[k] / static_cast<double>(k));
  }
  return profile;
}

double any_order_code_length(const ToyJoint& joint, const ToyConditionals& model) {
  std::vector<int64_t> order(static_cast<size_t>(joint.length));
  std::iota(order.begin(), order.end(), 0);
  double total = 0;
  int orders = 0;
  do {
    ++orders;
    uint32_t masked = (1U << joint.length) - 1;
    for (const int64_t i : order) {
      for (int64_t state = 0; state < joint.states(); ++state) {
        if (joint.p[state] > 0) {
          total -= joint.p[state] * model.log_p(model.partial_of(joint, state, masked), i, joint.token(state, i));
        }
      }
      masked &= ~(1U << i);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return total / orders;
}

}  // namespace veil
