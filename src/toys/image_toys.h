#pragma once

#include <vector>

#include "veil/toys/toy.h"

namespace veil {

/// The Ising model on a strip with free boundary: spins s = 2 x - 1 of a grid, p(x) proportional to exp(beta sum s_i
/// s_j) over neighbours. Everything by the transfer matrix along the longer side, so the shorter one is at most 10.
class IsingToy : public Toy {
 public:
  /// beta: coupling in units of temperature. Throws InvalidArgument where the weights would leave the range of float64.
  IsingToy(int64_t height, int64_t width, double beta);

  /// ln Z - beta d ln Z / d beta.
  [[nodiscard]] Entropy entropy() const override { return {entropy_}; }
  void conditionals(std::span<const int64_t> z, std::span<double> log_p) const override;
  void sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const override;
  [[nodiscard]] double log_probability(std::span<const int64_t> x) const override;

 private:
  [[nodiscard]] int64_t states() const { return int64_t{1} << narrow_; }
  [[nodiscard]] int64_t position(int64_t line, int64_t place) const;
  [[nodiscard]] int64_t bonds_within(int64_t line_state) const;
  void transfer(std::vector<double>& weights) const;
  void clamp(std::span<const int64_t> z, int64_t line, std::vector<double>& weights) const;
  [[nodiscard]] std::vector<std::vector<double>> backward(std::span<const int64_t> z) const;
  void set_partition_function();

  int64_t narrow_;  // spins of a line, the shorter side
  int64_t lines_;
  double beta_;
  std::vector<double> within_;                 // [2^narrow]: weight of the bonds inside a line
  std::vector<std::vector<double>> backward_;  // of a strip of which nothing is visible
  double log_partition_ = 0.0;
  double entropy_ = 0.0;
};

/// One of K templates, each equally likely, plus independent noise: x_i = (template_i + noise_i) mod V. No two
/// templates can give the same example, so H = ln K + n H(noise).
class TemplateToy : public Toy {
 public:
  /// templates: K of [L]; noise: probabilities of 0, 1, ..., all > 0, at most V. Throws InvalidArgument if two
  /// templates can give the same example.
  TemplateToy(TokenShape shape, int64_t vocab_size, std::vector<std::vector<int64_t>> templates,
              std::vector<double> noise);

  [[nodiscard]] Entropy entropy() const override;
  void conditionals(std::span<const int64_t> z, std::span<double> log_p) const override;
  void sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const override;
  [[nodiscard]] double log_probability(std::span<const int64_t> x) const override;

 private:
  [[nodiscard]] std::vector<double> weights(std::span<const int64_t> z) const;
  [[nodiscard]] int64_t offset(int64_t value, int64_t origin) const {
    return (value - origin + vocab_size()) % vocab_size();
  }
  [[nodiscard]] double noise_at(int64_t value, int64_t origin) const;

  std::vector<std::vector<int64_t>> templates_;
  std::vector<double> noise_;
};

/// `count` templates of `length` random values.
[[nodiscard]] std::vector<std::vector<int64_t>> random_templates(int64_t count, int64_t length, int64_t vocab_size,
                                                                 uint64_t seed);

}  // namespace veil
