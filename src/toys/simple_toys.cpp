#include "toys/simple_toys.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "toys/discrete.h"
#include "veil/base/error.h"

namespace veil {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

TokenShape sequence(int64_t length) {
  require(length >= 1, "a toy has length ", length, ", want at least 1");
  return {.height = 1, .width = length, .channels = 1};
}

// The row of every masked position gets the same log probabilities.
void fill_masked(std::span<const int64_t> z, std::span<const double> row, std::span<double> log_p) {
  const auto vocab = static_cast<int64_t>(row.size());
  for (size_t i = 0; i < z.size(); ++i) {
    if (z[i] == vocab) {
      std::copy(row.begin(), row.end(), log_p.begin() + static_cast<int64_t>(i) * vocab);
    }
  }
}

}  // namespace

ProductToy::ProductToy(int64_t length, std::vector<double> marginal)
    : Toy("product", sequence(length), static_cast<int64_t>(marginal.size())), marginal_(std::move(marginal)) {
  check_distribution(marginal_, vocab_size(), "the marginal of a product");
}

Entropy ProductToy::entropy() const { return {static_cast<double>(length()) * entropy_of(marginal_)}; }

void ProductToy::conditionals(std::span<const int64_t> z, std::span<double> log_p) const {
  std::vector<double> row = marginal_;
  to_log_probabilities(row);
  fill_masked(z, row, log_p);
}

void ProductToy::sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const {
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = draw_index(marginal_, uniform_double(key, example_id, static_cast<uint32_t>(i)));
  }
}

double ProductToy::log_probability(std::span<const int64_t> x) const {
  return std::accumulate(x.begin(), x.end(), 0.0,
                         [this](double sum, int64_t v) { return sum + std::log(marginal_[static_cast<size_t>(v)]); });
}

AllEqualToy::AllEqualToy(int64_t length, int64_t vocab_size) : Toy("all-equal", sequence(length), vocab_size) {
  require(vocab_size >= 2, "a toy has ", vocab_size, " values, want at least 2");
}

Entropy AllEqualToy::entropy() const { return {std::log(static_cast<double>(vocab_size()))}; }

void AllEqualToy::conditionals(std::span<const int64_t> z, std::span<double> log_p) const {
  std::vector<double> row(static_cast<size_t>(vocab_size()), 1.0);
  for (const int64_t visible : z) {
    for (int64_t v = 0; visible < vocab_size() && v < vocab_size(); ++v) {
      row[static_cast<size_t>(v)] *= v == visible ? 1.0 : 0.0;
    }
  }
  to_log_probabilities(row);
  fill_masked(z, row, log_p);
}

void AllEqualToy::sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const {
  const double u = uniform_double(key, example_id);
  std::fill(x.begin(), x.end(), static_cast<int64_t>(u * static_cast<double>(vocab_size())));
}

double AllEqualToy::log_probability(std::span<const int64_t> x) const {
  const bool equal = std::all_of(x.begin(), x.end(), [&](int64_t v) { return v == x.front(); });
  return equal ? -std::log(static_cast<double>(vocab_size())) : kNever;
}

ParityToy::ParityToy(int64_t length) : Toy("parity", sequence(length), 2) {}

Entropy ParityToy::entropy() const { return {static_cast<double>(length() - 1) * std::numbers::ln2}; }

void ParityToy::conditionals(std::span<const int64_t> z, std::span<double> log_p) const {
  int64_t masked = 0;
  int64_t sum = 0;
  for (const int64_t bit : z) {
    masked += bit == 2 ? 1 : 0;
    sum += bit == 2 ? 0 : bit;
  }
  std::vector<double> row{1.0, 1.0};
  if (masked == 1) {
    row[static_cast<size_t>(1 - sum % 2)] = 0.0;
  }
  to_log_probabilities(row);
  fill_masked(z, row, log_p);
}

void ParityToy::sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const {
  int64_t sum = 0;
  for (size_t i = 0; i + 1 < x.size(); ++i) {
    sum += x[i] = uniform_double(key, example_id, static_cast<uint32_t>(i)) < 0.5 ? 0 : 1;
  }
  x.back() = sum % 2;
}

double ParityToy::log_probability(std::span<const int64_t> x) const {
  return std::accumulate(x.begin(), x.end(), int64_t{0}) % 2 == 0 ? -entropy().nats : kNever;
}

}  // namespace veil
