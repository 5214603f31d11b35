#pragma once

#include <vector>

#include "veil/toys/toy.h"

namespace veil {

/// Independent tokens, all with the same law: every prediction is as good as any, and every sampler exact in one pass.
class ProductToy : public Toy {
 public:
  /// marginal: [V], adds up to 1. Throws InvalidArgument.
  ProductToy(int64_t length, std::vector<double> marginal);

  [[nodiscard]] Entropy entropy() const override;
  void conditionals(std::span<const int64_t> z, std::span<double> log_p) const override;
  void sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const override;
  [[nodiscard]] double log_probability(std::span<const int64_t> x) const override;

 private:
  std::vector<double> marginal_;
};

/// All tokens equal, each value equally likely: one visible token tells all others. H = ln V.
class AllEqualToy : public Toy {
 public:
  AllEqualToy(int64_t length, int64_t vocab_size);

  [[nodiscard]] Entropy entropy() const override;
  void conditionals(std::span<const int64_t> z, std::span<double> log_p) const override;
  void sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const override;
  [[nodiscard]] double log_probability(std::span<const int64_t> x) const override;
};

/// Bits with an even sum: only all others together tell the last one. H = (n - 1) ln 2.
class ParityToy : public Toy {
 public:
  explicit ParityToy(int64_t length);

  [[nodiscard]] Entropy entropy() const override;
  void conditionals(std::span<const int64_t> z, std::span<double> log_p) const override;
  void sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const override;
  [[nodiscard]] double log_probability(std::span<const int64_t> x) const override;
};

}  // namespace veil
