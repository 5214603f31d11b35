#pragma once

#include <string>
#include <vector>

#include "veil/toys/toy.h"

namespace veil {

/// The transitions [V * V] (row: from) of an Ornstein-Uhlenbeck process on V levels x_v spread evenly over [-reach,
/// reach]: P(v | u) proportional to exp(-(x_v - rho x_u)^2 / (2 (1 - rho^2))). rho in (0, 1).
[[nodiscard]] std::vector<double> discretised_ou(int64_t vocab_size, double rho, double reach = 2.5);

/// The transitions of a chain that keeps its value with probability `stay` and else takes one of the others evenly.
[[nodiscard]] std::vector<double> sticky_transitions(int64_t vocab_size, double stay);

/// A stationary Markov chain. H = H(pi) + (n - 1) H(P | pi); with P^a the a-step transitions,
/// p(x_i | nearest visible l, a to the left, and r, b to the right) is proportional to P^a(l, x) P^b(x, r).
class MarkovToy : public Toy {
 public:
  /// transition: [V * V], rows add up to 1, with one stationary law, from which the chain starts. Throws
  /// InvalidArgument.
  MarkovToy(int64_t length, int64_t vocab_size, std::vector<double> transition);

  [[nodiscard]] const std::vector<double>& stationary() const { return stationary_; }

  [[nodiscard]] Entropy entropy() const override;
  void conditionals(std::span<const int64_t> z, std::span<double> log_p) const override;
  void sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const override;
  [[nodiscard]] double log_probability(std::span<const int64_t> x) const override;

 private:
  [[nodiscard]] const double* power(int64_t steps) const { return powers_[static_cast<size_t>(steps)].data(); }

  std::vector<double> stationary_;
  std::vector<std::vector<double>> powers_;  // [length] of [V * V]: P^0, P^1, ...
};

/// Bytes whose high four bits are a stationary chain and whose low four bits are uniform and independent of everything:
/// the entropy splits into that of the chain and 4 bits a token.
class BitPlaneToy : public Toy {
 public:
  /// The chain has the transitions discretised_ou(16, rho).
  BitPlaneToy(int64_t length, double rho);

  [[nodiscard]] Entropy entropy() const override;
  void conditionals(std::span<const int64_t> z, std::span<double> log_p) const override;
  void sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const override;
  [[nodiscard]] double log_probability(std::span<const int64_t> x) const override;

 private:
  MarkovToy high_;
};

/// Text of a hidden Markov model: a stationary hidden chain, each state of which writes one token. Conditionals and
/// log-probabilities are exact (forward-backward); the entropy is the mean of -log p over a long run, with its error.
class HmmToy : public Toy {
 public:
  struct Tables {
    std::vector<double> transition;  ///< [S * S], row: from
    std::vector<double> emission;    ///< [S * V], row: hidden state
  };

  /// `entropy_samples` sequences measure the entropy. Throws InvalidArgument unless all rows add up to 1.
  HmmToy(int64_t length, int64_t hidden, int64_t vocab_size, Tables tables, int64_t entropy_samples = 20000);

  [[nodiscard]] Entropy entropy() const override { return entropy_; }
  void conditionals(std::span<const int64_t> z, std::span<double> log_p) const override;
  void sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const override;
  [[nodiscard]] double log_probability(std::span<const int64_t> x) const override;

 private:
  void move(const double* from, double* to) const;
  void move_back(const double* from, double* to) const;
  double write(int64_t token, double* state) const;

  int64_t hidden_;
  Tables tables_;
  std::vector<double> stationary_;
  Entropy entropy_;
};

/// Random tables, peaked enough that tokens tell of each other.
[[nodiscard]] HmmToy::Tables random_hmm(int64_t hidden, int64_t vocab_size, uint64_t seed);

}  // namespace veil
