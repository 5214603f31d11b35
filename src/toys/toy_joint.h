#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "veil/toys/toy.h"

namespace veil {

/// A distribution over short sequences as a table, so that bounds and sampling laws can be computed by enumeration. A
/// state is the number sum_i x_i * vocab^i.
struct ToyJoint {
  int64_t length = 0;
  int64_t vocab = 0;
  std::vector<double> p;  ///< [vocab^length], sums to 1

  [[nodiscard]] int64_t states() const { return static_cast<int64_t>(p.size()); }
  [[nodiscard]] int64_t token(int64_t state, int64_t i) const;

  /// In nats.
  [[nodiscard]] double entropy() const;
};

/// The joint whose unnormalised probability of the tokens x, a std::vector<int64_t> [length], is weight(x).
template <typename Weight>
[[nodiscard]] ToyJoint make_joint(int64_t length, int64_t vocab, const Weight& weight) {
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
[[nodiscard]] ToyJoint random_joint(int64_t length, int64_t vocab, uint64_t seed);

/// Independent tokens, all with these probabilities.
[[nodiscard]] ToyJoint product_joint(int64_t length, const std::vector<double>& marginal);

/// All tokens equal, each value equally likely.
[[nodiscard]] ToyJoint all_equal_joint(int64_t length, int64_t vocab);

/// Bits with an even sum.
[[nodiscard]] ToyJoint parity_joint(int64_t length);

/// A stationary chain that keeps its value with weight `stay` against 1 for every other value.
[[nodiscard]] ToyJoint markov_joint(int64_t length, int64_t vocab, double stay);

/// Any toy as a table; its length and vocabulary must be small (V^L entries).
[[nodiscard]] ToyJoint joint_of(const Toy& toy);

/// The conditionals p(x_i = v | the visible tokens) of a joint, for every set of visible tokens. A partial state is the
/// number sum_i z_i * (vocab + 1)^i with z_i = vocab where masked.
///
/// With `strength` > 0, noise that differs between partial states is added to the logits: then they are no longer the
/// conditionals of any one joint, as those of a trained network are not.
class ToyConditionals {
 public:
  explicit ToyConditionals(const ToyJoint& joint, double strength = 0.0, uint64_t seed = 1);

  [[nodiscard]] int64_t length() const { return length_; }
  [[nodiscard]] int64_t vocab() const { return vocab_; }
  [[nodiscard]] int64_t partials() const { return static_cast<int64_t>(log_p_.size()) / (length_ * vocab_); }
  [[nodiscard]] int64_t power(int64_t i) const { return powers_[static_cast<size_t>(i)]; }
  [[nodiscard]] int64_t symbol(int64_t partial, int64_t i) const { return partial / power(i) % (vocab_ + 1); }
  [[nodiscard]] bool is_masked(int64_t partial, int64_t i) const { return symbol(partial, i) == vocab_; }

  /// Of a masked position i; -infinity for impossible values.
  [[nodiscard]] double log_p(int64_t partial, int64_t i, int64_t v) const {
    return log_p_[static_cast<size_t>((partial * length_ + i) * vocab_ + v)];
  }

  /// The partial state of tokens `state` with the positions in the bit set `mask` masked.
  [[nodiscard]] int64_t partial_of(const ToyJoint& joint, int64_t state, uint32_t mask) const;

  /// The rows of all positions of the partial state z, as Conditionals are called.
  void fill(std::span<const int64_t> z, std::span<double> log_p) const;

 private:
  [[nodiscard]] std::vector<double> masses(const ToyJoint& joint, int64_t partials) const;
  void fill_row(const std::vector<double>& mass, int64_t partial, int64_t i, double strength, uint64_t seed);

  int64_t length_;
  int64_t vocab_;
  std::vector<int64_t> powers_;
  std::vector<double> log_p_;  // [partials, length, vocab]; only entries of masked positions mean something
};

/// A joint with the interface of all toys.
class EnumeratedToy : public Toy {
 public:
  explicit EnumeratedToy(ToyJoint joint);

  [[nodiscard]] const ToyJoint& joint() const { return joint_; }

  [[nodiscard]] Entropy entropy() const override { return {joint_.entropy()}; }
  void conditionals(std::span<const int64_t> z, std::span<double> log_p) const override {
    conditionals_.fill(z, log_p);
  }
  void sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const override;
  [[nodiscard]] double log_probability(std::span<const int64_t> x) const override;

 private:
  ToyJoint joint_;
  ToyConditionals conditionals_;
  std::vector<double> cumulative_;  // [states]
};

}  // namespace veil
