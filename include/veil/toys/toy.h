#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "veil/base/random.h"
#include "veil/data/token_batch.h"

namespace veil {

/// What is predicted for partly masked tokens. z: [L], vocab_size where masked. log_p: [L * V]; the row i of every
/// masked position gets log p(x_i = v | the visible tokens) in nats, normalised, -infinity for values that cannot be.
/// Rows of visible positions are left as they are. Safe to call from several threads.
using Conditionals = std::function<void(std::span<const int64_t> z, std::span<double> log_p)>;

/// An entropy in nats of a whole example, with the standard error of how it was found: 0 where it is exact.
struct Entropy {
  double nats = 0.0;
  double standard_error = 0.0;
};

/// A distribution over token sequences about which everything is known, so that a bound, an estimator or a sampler can
/// be held to the truth without training anything. Immutable and safe to share between threads.
class Toy {
 public:
  Toy(std::string name, TokenShape shape, int64_t vocab_size)
      : name_(std::move(name)), shape_(shape), vocab_size_(vocab_size) {}
  Toy(const Toy&) = delete;
  Toy& operator=(const Toy&) = delete;
  Toy(Toy&&) = delete;
  Toy& operator=(Toy&&) = delete;
  virtual ~Toy() = default;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const TokenShape& shape() const { return shape_; }
  [[nodiscard]] int64_t length() const { return shape_.length(); }
  [[nodiscard]] int64_t vocab_size() const { return vocab_size_; }

  [[nodiscard]] virtual Entropy entropy() const = 0;

  /// The true conditionals; see Conditionals. Uniform where the visible tokens themselves cannot be.
  virtual void conditionals(std::span<const int64_t> z, std::span<double> log_p) const = 0;

  /// Example `example_id` (below 2^44) of the stream `key`, drawn from the true law: fills x, [L].
  virtual void sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const = 0;

  /// log p(x) in nats, exact; -infinity where x cannot be. x: [L], values in [0, V).
  [[nodiscard]] virtual double log_probability(std::span<const int64_t> x) const = 0;

 private:
  std::string name_;
  TokenShape shape_;
  int64_t vocab_size_;
};

}  // namespace veil
