#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "veil/base/random.h"

namespace veil::testing {

/// Distributions over short sequences whose every probability is known, so that bounds and sampling laws can be computed by
/// enumeration. A state is the number sum_i x_i * vocab^i.
struct ToyJoint {
  int64_t length = 0;
  int64_t vocab = 0;
  std::vector<double> p;  ///< [vocab^length], sums to 1

  [[nodiscard]] int64_t states() const { return static_cast<int64_t>(p.size()); }

  [[nodiscard]] int64_t token(int64_t state, int64_t i) const {
    for (int64_t j = 0; j < i; ++j) {
      state /= vocab;
    }
    return state % vocab;
  }

  /// In nats.
  [[nodiscard]] double entropy() const {
    double sum = 0;
    for (const double q : p) {
      sum -= q > 0 ? q * std::log(q) : 0;
    }
    return sum;
  }
};

/// The joint whose unnormalised probability of the tokens x is weight(x).
template <typename Weight>
ToyJoint make_joint(int64_t length, int64_t vocab, const Weight& weight) {
  ToyJoint joint{.length = length, .vocab = vocab, .p = {}};
  joint.p.resize(static_cast<size_t>(std::llround(std::pow(vocab, length))));
  std::vector<int64_t> x(static_cast<size_t>(length));
  double total = 0;
  for (int64_t state = 0; state < joint.states(); ++state) {
    for (int64_t i = 0; i < length; ++i) {
      x[i] = joint.token(state, i);
    }
    joint.p[state] = weight(x);
    total += joint.p[state];
  }
  for (double& q : joint.p) {
    q /= total;
  }
  return joint;
}

/// Every probability random: nothing about it is special.
inline ToyJoint random_joint(int64_t length, int64_t vocab, uint64_t seed) {
  uint32_t draw = 0;
  const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kInitialize};
  return make_joint(length, vocab, [&](const auto&) { return std::pow(-std::log(uniform_double(key, 0, draw++)), 2); });
}

/// Independent tokens, all with these probabilities.
inline ToyJoint product_joint(int64_t length, const std::vector<double>& marginal) {
  return make_joint(length, static_cast<int64_t>(marginal.size()), [&](const auto& x) {
    double weight = 1;
    for (const int64_t v : x) {
      weight *= marginal[v];
    }
    return weight;
  });
}

/// All tokens equal, each value equally likely.
inline ToyJoint all_equal_joint(int64_t length, int64_t vocab) {
  return make_joint(length, vocab, [](const auto& x) {
    for (const int64_t v : x) {
      if (v != x[0]) {
        return 0.0;
      }
    }
    return 1.0;
  });
}

/// Bits with an even sum.
inline ToyJoint parity_joint(int64_t length) {
  return make_joint(length, 2, [](const auto& x) {
    int64_t sum = 0;
    for (const int64_t v : x) {
      sum += v;
    }
    return sum % 2 == 0 ? 1.0 : 0.0;
  });
}

/// A stationary chain that keeps its value with weight `stay` against 1 for every other value.
inline ToyJoint markov_joint(int64_t length, int64_t vocab, double stay) {
  return make_joint(length, vocab, [stay](const auto& x) {
    double weight = 1;
    for (size_t i = 1; i < x.size(); ++i) {
      weight *= x[i] == x[i - 1] ? stay : 1.0;
    }
    return weight;
  });
}

/// The conditionals p(x_i = v | the visible tokens) of a joint, for every set of visible tokens. A partial state is the
/// number sum_i z_i * (vocab + 1)^i with z_i = vocab where masked.
///
/// With `strength` > 0, noise that differs between partial states is added to the logits: then they are no longer the
/// conditionals of any one joint, as those of a trained network are not.
class ToyConditionals {
 public:
  explicit ToyConditionals(const ToyJoint& joint, double strength = 0.0, uint64_t seed = 1)
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
        fill(mass, partial, i, strength, seed);
      }
    }
  }

  [[nodiscard]] int64_t partials() const { return static_cast<int64_t>(log_p_.size()) / (length_ * vocab_); }
  [[nodiscard]] int64_t power(int64_t i) const { return powers_[i]; }
  [[nodiscard]] int64_t symbol(int64_t partial, int64_t i) const { return partial / powers_[i] % (vocab_ + 1); }
  [[nodiscard]] bool is_masked(int64_t partial, int64_t i) const { return symbol(partial, i) == vocab_; }

  /// [partials, length, vocab]; only entries of masked positions mean something. -infinity for impossible values.
  [[nodiscard]] const std::vector<double>& log_p() const { return log_p_; }
  [[nodiscard]] double log_p(int64_t partial, int64_t i, int64_t v) const {
    return log_p_[(partial * length_ + i) * vocab_ + v];
  }

  /// The partial state of tokens `state` with the positions in the bit set `mask` masked.
  [[nodiscard]] int64_t partial_of(const ToyJoint& joint, int64_t state, uint32_t mask) const {
    int64_t partial = 0;
    for (int64_t i = 0; i < length_; ++i) {
      partial += powers_[i] * ((mask >> i & 1U) != 0 ? vocab_ : joint.token(state, i));
    }
    return partial;
  }

 private:
  // Probability of the visible tokens. A masked position has the largest symbol, so what is summed is already there.
  [[nodiscard]] std::vector<double> masses(const ToyJoint& joint, int64_t partials) const {
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

  void fill(const std::vector<double>& mass, int64_t partial, int64_t i, double strength, uint64_t seed) {
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

  int64_t length_;
  int64_t vocab_;
  std::vector<int64_t> powers_;
  std::vector<double> log_p_;
};

/// For k = 0..length: the cross-entropy summed over the masked positions, averaged over the tokens of the joint and all
/// masks of size k. Nats.
inline std::vector<double> mean_sums(const ToyJoint& joint, const ToyConditionals& model) {
  std::vector<double> sums(static_cast<size_t>(joint.length) + 1);
  std::vector<double> masks(sums.size());
  for (uint32_t mask = 0; mask < (1U << joint.length); ++mask) {
    const auto k = static_cast<size_t>(__builtin_popcount(mask));
    masks[k] += 1;
    for (int64_t state = 0; state < joint.states(); ++state) {
      for (int64_t i = 0; joint.p[state] > 0 && i < joint.length; ++i) {
        if ((mask >> i & 1U) != 0) {
          sums[k] -= joint.p[state] * model.log_p(model.partial_of(joint, state, mask), i, joint.token(state, i));
        }
      }
    }
  }
  for (size_t k = 0; k < sums.size(); ++k) {
    sums[k] /= masks[k];
  }
  return sums;
}

/// The negative ELBO of the model on the joint, sum_k S_k / k, in nats.
inline double exact_bound(const ToyJoint& joint, const ToyConditionals& model) {
  const auto sums = mean_sums(joint, model);
  double bound = 0;
  for (size_t k = 1; k < sums.size(); ++k) {
    bound += sums[k] / static_cast<double>(k);
  }
  return bound;
}

}  // namespace veil::testing
