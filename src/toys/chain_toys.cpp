#include "toys/chain_toys.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "toys/discrete.h"
#include "veil/base/error.h"

namespace veil {
namespace {

std::span<const double> row_of(const std::vector<double>& matrix, int64_t row, int64_t size) {
  return std::span(matrix).subspan(static_cast<size_t>(row * size), static_cast<size_t>(size));
}

void check_rows(const std::vector<double>& matrix, int64_t rows, int64_t columns, const char* name) {
  require(rows >= 1 && columns >= 2 && static_cast<int64_t>(matrix.size()) == rows * columns, name, " has ",
          matrix.size(), " entries, want ", rows, " x ", columns, " with at least 2 values");
  for (int64_t row = 0; row < rows; ++row) {
    check_distribution(row_of(matrix, row, columns), columns, name);
  }
}

void normalise(std::span<double> row) {
  const double total = std::accumulate(row.begin(), row.end(), 0.0);
  std::transform(row.begin(), row.end(), row.begin(), [total](double weight) { return weight / total; });
}

}  // namespace

std::vector<double> discretised_ou(int64_t vocab_size, double rho, double reach) {
  require(vocab_size >= 2 && rho > 0 && rho < 1, "an Ornstein-Uhlenbeck chain has ", vocab_size, " values and rho ",
          rho, ", want at least 2 and rho in (0, 1)");
  std::vector<double> transition(static_cast<size_t>(vocab_size * vocab_size));
  const auto level = [&](int64_t v) {
    return reach * (2 * static_cast<double>(v) / static_cast<double>(vocab_size - 1) - 1);
  };
  for (int64_t u = 0; u < vocab_size; ++u) {
    for (int64_t v = 0; v < vocab_size; ++v) {
      transition[u * vocab_size + v] = std::exp(-std::pow(level(v) - rho * level(u), 2) / (2 * (1 - rho * rho)));
    }
    normalise(std::span(transition).subspan(u * vocab_size, vocab_size));
  }
  return transition;
}

std::vector<double> sticky_transitions(int64_t vocab_size, double stay) {
  std::vector<double> transition(static_cast<size_t>(vocab_size * vocab_size),
                                 (1 - stay) / static_cast<double>(vocab_size - 1));
  for (int64_t v = 0; v < vocab_size; ++v) {
    transition[v * vocab_size + v] = stay;
  }
  return transition;
}

MarkovToy::MarkovToy(int64_t length, int64_t vocab_size, std::vector<double> transition)
    : Toy("chain", {.height = 1, .width = length, .channels = 1}, vocab_size) {
  require(length >= 1, "a chain has length ", length, ", want at least 1");
  check_rows(transition, vocab_size, vocab_size, "a transition");
  stationary_ = stationary_law(transition, vocab_size);
  powers_.push_back(sticky_transitions(vocab_size, 1.0));
  while (static_cast<int64_t>(powers_.size()) < length) {
    powers_.push_back(powers_.size() == 1 ? transition : multiply(powers_.back(), transition, vocab_size));
  }
}

Entropy MarkovToy::entropy() const {
  double step = 0;
  for (int64_t u = 0; length() > 1 && u < vocab_size(); ++u) {
    step += stationary_[u] * entropy_of(row_of(powers_[1], u, vocab_size()));
  }
  return {entropy_of(stationary_) + static_cast<double>(length() - 1) * step};
}

void MarkovToy::conditionals(std::span<const int64_t> z, std::span<double> log_p) const {
  const int64_t vocab = vocab_size();
  std::vector<int64_t> right(z.size() + 1, length());  // nearest visible position at or after i
  for (int64_t i = length() - 1; i >= 0; --i) {
    right[i] = z[i] < vocab ? i : right[i + 1];
  }
  int64_t left = -1;
  for (int64_t i = 0; i < length(); ++i) {
    if (z[i] < vocab) {
      left = i;
      continue;
    }
    const double* from_left = left < 0 ? stationary_.data() : power(i - left) + z[left] * vocab;
    const double* to_right = right[i] == length() ? nullptr : power(right[i] - i) + z[right[i]];
    const auto row = log_p.subspan(static_cast<size_t>(i * vocab), static_cast<size_t>(vocab));
    for (int64_t v = 0; v < vocab; ++v) {
      row[v] = from_left[v] * (to_right == nullptr ? 1.0 : to_right[v * vocab]);
    }
    to_log_probabilities(row);
  }
}

void MarkovToy::sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const {
  for (size_t i = 0; i < x.size(); ++i) {
    const auto law = i == 0 ? std::span<const double>(stationary_) : row_of(powers_[1], x[i - 1], vocab_size());
    x[i] = draw_index(law, uniform_double(key, example_id, static_cast<uint32_t>(i)));
  }
}

double MarkovToy::log_probability(std::span<const int64_t> x) const {
  double sum = std::log(stationary_[x[0]]);
  for (size_t i = 1; i < x.size(); ++i) {
    sum += std::log(power(1)[x[i - 1] * vocab_size() + x[i]]);
  }
  return sum;
}

BitPlaneToy::BitPlaneToy(int64_t length, double rho)
    : Toy("bit planes", {.height = 1, .width = length, .channels = 1}, 256),
      high_(length, 16, discretised_ou(16, rho)) {}

Entropy BitPlaneToy::entropy() const { return {high_.entropy().nats + static_cast<double>(length()) * std::log(16.0)}; }

void BitPlaneToy::conditionals(std::span<const int64_t> z, std::span<double> log_p) const {
  std::vector<int64_t> high(z.size());  // a mask, 256, becomes 16: the mask of the chain
  std::transform(z.begin(), z.end(), high.begin(), [](int64_t token) { return token / 16; });
  std::vector<double> rows(z.size() * 16);
  high_.conditionals(high, rows);
  for (size_t i = 0; i < z.size(); ++i) {
    for (size_t v = 0; z[i] == 256 && v < 256; ++v) {
      log_p[i * 256 + v] = rows[i * 16 + v / 16] - std::log(16.0);
    }
  }
}

void BitPlaneToy::sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const {
  high_.sample(key, example_id, x);
  for (size_t i = 0; i < x.size(); ++i) {  // the chain has used the first numbers
    const double u = uniform_double(key, example_id, static_cast<uint32_t>(x.size() + i));
    x[i] = 16 * x[i] + static_cast<int64_t>(u * 16);
  }
}

double BitPlaneToy::log_probability(std::span<const int64_t> x) const {
  std::vector<int64_t> high(x.size());
  std::transform(x.begin(), x.end(), high.begin(), [](int64_t token) { return token / 16; });
  return high_.log_probability(high) - static_cast<double>(length()) * std::log(16.0);
}

HmmToy::HmmToy(int64_t length, int64_t hidden, int64_t vocab_size, Tables tables, int64_t entropy_samples)
    : Toy("hidden chain", {.height = 1, .width = length, .channels = 1}, vocab_size),
      hidden_(hidden),
      tables_(std::move(tables)) {
  require(length >= 1 && entropy_samples >= 2, "a hidden chain has length ", length, " and ", entropy_samples,
          " samples, want at least 1 and 2");
  check_rows(tables_.transition, hidden, hidden, "a hidden transition");
  check_rows(tables_.emission, hidden, vocab_size, "an emission");
  stationary_ = stationary_law(tables_.transition, hidden);
  const NoiseKey key{.purpose = NoisePurpose::kToy, .round = 1};
  std::vector<int64_t> x(static_cast<size_t>(length));
  double squares = 0;
  for (int64_t n = 1; n <= entropy_samples; ++n) {  // Welford's running mean and sum of squares
    sample(key, static_cast<uint64_t>(n), x);
    const double nats = -log_probability(x);
    const double difference = nats - entropy_.nats;
    entropy_.nats += difference / static_cast<double>(n);
    squares += difference * (nats - entropy_.nats);
  }
  const auto samples = static_cast<double>(entropy_samples);
  entropy_.standard_error = std::sqrt(squares / (samples - 1) / samples);
}

// One step of the hidden chain forwards: to = from * A.
void HmmToy::move(const double* from, double* to) const {
  std::fill(to, to + hidden_, 0.0);
  for (int64_t s = 0; s < hidden_; ++s) {
    for (int64_t next = 0; next < hidden_; ++next) {
      to[next] += from[s] * tables_.transition[s * hidden_ + next];
    }
  }
}

// And backwards: to = A * from.
void HmmToy::move_back(const double* from, double* to) const {
  for (int64_t s = 0; s < hidden_; ++s) {
    to[s] = std::inner_product(from, from + hidden_, &tables_.transition[s * hidden_], 0.0);
  }
}

// Weighs the states with the probability that they write `token` (1 for a mask) and scales them to add up to 1. Returns
// what they added up to, 0 if nothing could have written it.
double HmmToy::write(int64_t token, double* state) const {
  for (int64_t s = 0; token < vocab_size() && s < hidden_; ++s) {
    state[s] *= tables_.emission[s * vocab_size() + token];
  }
  const double total = std::accumulate(state, state + hidden_, 0.0);
  for (int64_t s = 0; total > 0 && s < hidden_; ++s) {
    state[s] /= total;
  }
  return total;
}

void HmmToy::conditionals(std::span<const int64_t> z, std::span<double> log_p) const {
  std::vector<double> before(z.size() * hidden_);  // law of the state at i given the tokens left of i
  std::vector<double> state = stationary_;
  std::vector<double> moved(state.size());
  for (size_t i = 0; i < z.size(); ++i) {
    std::copy(state.begin(), state.end(), before.begin() + static_cast<int64_t>(i) * hidden_);
    write(z[i], state.data());
    move(state.data(), moved.data());
    state.swap(moved);
  }
  std::fill(state.begin(), state.end(), 1.0);  // likelihood of the tokens right of i given the state at i, scaled
  for (int64_t i = length() - 1; i >= 0; --i) {
    if (z[i] == vocab_size()) {
      const auto row = log_p.subspan(static_cast<size_t>(i * vocab_size()), static_cast<size_t>(vocab_size()));
      std::fill(row.begin(), row.end(), 0.0);
      for (int64_t s = 0; s < hidden_; ++s) {
        for (int64_t v = 0; v < vocab_size(); ++v) {
          row[v] += before[i * hidden_ + s] * state[s] * tables_.emission[s * vocab_size() + v];
        }
      }
      to_log_probabilities(row);
    }
    write(z[i], state.data());
    move_back(state.data(), moved.data());
    state.swap(moved);
  }
}

void HmmToy::sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const {
  int64_t state = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const auto law = i == 0 ? std::span<const double>(stationary_) : row_of(tables_.transition, state, hidden_);
    state = draw_index(law, uniform_double(key, example_id, static_cast<uint32_t>(2 * i)));
    x[i] = draw_index(row_of(tables_.emission, state, vocab_size()),
                      uniform_double(key, example_id, static_cast<uint32_t>(2 * i + 1)));
  }
}

double HmmToy::log_probability(std::span<const int64_t> x) const {
  std::vector<double> state = stationary_;
  std::vector<double> moved(state.size());
  double sum = 0;
  for (const int64_t token : x) {
    sum += std::log(write(token, state.data()));
    move(state.data(), moved.data());
    state.swap(moved);
  }
  return sum;
}

HmmToy::Tables random_hmm(int64_t hidden, int64_t vocab_size, uint64_t seed) {
  const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kToy, .round = 2};
  uint32_t draw = 0;
  const auto fill = [&](int64_t columns) {
    std::vector<double> matrix(static_cast<size_t>(hidden * columns));
    for (double& entry : matrix) {
      entry = std::pow(uniform_double(key, 0, draw++), 6) + 1e-4;
    }
    for (int64_t row = 0; row < hidden; ++row) {
      normalise(std::span(matrix).subspan(row * columns, columns));
    }
    return matrix;
  };
  return {.transition = fill(hidden), .emission = fill(vocab_size)};
}

}  // namespace veil
