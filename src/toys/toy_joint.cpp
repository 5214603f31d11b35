#include "toys/toy_joint.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "toys/discrete.h"
#include "veil/base/error.h"

namespace veil {

int64_t ToyJoint::token(int64_t state, int64_t i) const {
  for (int64_t j = 0; j < i; ++j) {
    state /= vocab;
  }
  return state % vocab;
}

double ToyJoint::entropy() const { return entropy_of(p); }

ToyJoint random_joint(int64_t length, int64_t vocab, uint64_t seed) {
  uint32_t draw = 0;
  const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kInitialize};
  return make_joint(length, vocab, [&](const auto&) { return std::pow(-std::log(uniform_double(key, 0, draw++)), 2); });
}

ToyJoint product_joint(int64_t length, const std::vector<double>& marginal) {
  return make_joint(length, static_cast<int64_t>(marginal.size()), [&](const auto& x) {
    return std::accumulate(x.begin(), x.end(), 1.0, [&](double weight, int64_t v) { return weight * marginal[v]; });
  });
}

ToyJoint all_equal_joint(int64_t length, int64_t vocab) {
  return make_joint(length, vocab, [](const auto& x) {
    return std::all_of(x.begin(), x.end(), [&](int64_t v) { return v == x[0]; }) ? 1.0 : 0.0;
  });
}

ToyJoint parity_joint(int64_t length) {
  return make_joint(length, 2,
                    [](const auto& x) { return std::accumulate(x.begin(), x.end(), int64_t{0}) % 2 == 0 ? 1.0 : 0.0; });
}

ToyJoint markov_joint(int64_t length, int64_t vocab, double stay) {
  return make_joint(length, vocab, [stay](const auto& x) {
    double weight = 1;
    for (size_t i = 1; i < x.size(); ++i) {
      weight *= x[i] == x[i - 1] ? stay : 1.0;
    }
    return weight;
  });
}

ToyJoint joint_of(const Toy& toy) {
  return make_joint(toy.length(), toy.vocab_size(), [&](const auto& x) { return std::exp(toy.log_probability(x)); });
}

ToyConditionals::ToyConditionals(const ToyJoint& joint, double strength, uint64_t seed)
    : length_(joint.length), vocab_(joint.vocab), powers_(static_cast<size_t>(joint.length)) {
  int64_t partials = 1;
  for (int64_t& power : powers_) {
    power = partials;
    partials *= vocab_ + 1;
  }
  const auto mass = masses(joint, partials);
  log_p_.resize(static_cast<size_t>(partials * length_ * vocab_));
  for (int64_t partial = 0; partial < partials; ++partial) {
    for (int64_t i = 0; i < length_; ++i) {
      fill_row(mass, partial, i, strength, seed);
    }
  }
}

int64_t ToyConditionals::partial_of(const ToyJoint& joint, int64_t state, uint32_t mask) const {
  int64_t partial = 0;
  for (int64_t i = 0; i < length_; ++i) {
    partial += powers_[i] * ((mask >> i & 1U) != 0 ? vocab_ : joint.token(state, i));
  }
  return partial;
}

void ToyConditionals::fill(std::span<const int64_t> z, std::span<double> log_p) const {
  const int64_t partial = std::inner_product(z.begin(), z.end(), powers_.begin(), int64_t{0});
  const auto begin = log_p_.begin() + partial * length_ * vocab_;
  std::copy(begin, begin + length_ * vocab_, log_p.begin());
}

// Probability of the visible tokens. A masked position has the largest symbol, so what is summed is already there.
std::vector<double> ToyConditionals::masses(const ToyJoint& joint, int64_t partials) const {
  std::vector<double> mass(static_cast<size_t>(partials));
  for (int64_t state = 0; state < joint.states(); ++state) {
    mass[partial_of(joint, state, 0)] = joint.p[state];
  }
  for (int64_t partial = 0; partial < partials; ++partial) {
    for (int64_t i = 0; i < length_; ++i) {
      if (is_masked(partial, i)) {
        for (int64_t v = 0; v < vocab_; ++v) {
          mass[partial] += mass[partial - (vocab_ - v) * powers_[i]];
        }
        break;
      }
    }
  }
  return mass;
}

void ToyConditionals::fill_row(const std::vector<double>& mass, int64_t partial, int64_t i, double strength,
                               uint64_t seed) {
  double* out = &log_p_[(partial * length_ + i) * vocab_];
  const bool known = is_masked(partial, i) && mass[partial] > 0;
  double total = 0;
  for (int64_t v = 0; v < vocab_; ++v) {
    const double p = known ? mass[partial - (vocab_ - v) * powers_[i]] / mass[partial] : 1.0;
    const double u = uniform_double({seed, NoisePurpose::kInitialize}, partial, static_cast<uint32_t>(i * vocab_ + v));
    out[v] = std::log(p) + strength * (2 * u - 1);
    total += std::exp(out[v]);
  }
  for (int64_t v = 0; v < vocab_; ++v) {
    out[v] -= std::log(total);
  }
}

EnumeratedToy::EnumeratedToy(ToyJoint joint)
    : Toy("enumerated", {.height = 1, .width = joint.length, .channels = 1}, joint.vocab),
      joint_(std::move(joint)),
      conditionals_(joint_) {
  std::partial_sum(joint_.p.begin(), joint_.p.end(), std::back_inserter(cumulative_));
}

void EnumeratedToy::sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const {
  const double u = uniform_double(key, example_id) * cumulative_.back();
  const auto state = std::upper_bound(cumulative_.begin(), cumulative_.end(), u) - cumulative_.begin();
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = joint_.token(state, static_cast<int64_t>(i));
  }
}

double EnumeratedToy::log_probability(std::span<const int64_t> x) const {
  int64_t state = 0;
  for (size_t i = x.size(); i-- > 0;) {
    state = state * joint_.vocab + x[i];
  }
  return std::log(joint_.p[static_cast<size_t>(state)]);
}

}  // namespace veil
