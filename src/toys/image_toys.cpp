#include "toys/image_toys.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include "toys/discrete.h"
#include "veil/base/error.h"

namespace veil {

IsingToy::IsingToy(int64_t height, int64_t width, double beta)
    : Toy("Ising strip", {.height = height, .width = width, .channels = 1}, 2),
      narrow_(std::min(height, width)),
      lines_(std::max(height, width)),
      beta_(beta) {
  require(narrow_ >= 1 && narrow_ <= 10, "an Ising strip has ", height, " x ", width,
          " spins, want a shorter side of 1 to 10");
  require(std::isfinite(beta) && 2 * std::abs(beta) * static_cast<double>(height * width) < 600, "an Ising strip of ",
          height, " x ", width, " spins has beta ", beta, ", want 2 |beta| spins below 600");
  for (int64_t state = 0; state < states(); ++state) {
    within_.push_back(std::exp(beta * static_cast<double>(bonds_within(state))));
  }
  const std::vector<int64_t> nothing(static_cast<size_t>(length()), 2);
  backward_ = backward(nothing);
  set_partition_function();
}

int64_t IsingToy::position(int64_t line, int64_t place) const {
  return shape().height <= shape().width ? place * lines_ + line : line * narrow_ + place;
}

// Sum of s_i s_j over the neighbours inside a line.
int64_t IsingToy::bonds_within(int64_t line_state) const {
  const int64_t changes = __builtin_popcountll((line_state ^ line_state >> 1) & ((int64_t{1} << (narrow_ - 1)) - 1));
  return narrow_ - 1 - 2 * changes;
}

// weights(s) becomes sum over s' of exp(beta sum_i s_i s'_i) weights(s'): a product over the spins, one after the
// other.
void IsingToy::transfer(std::vector<double>& weights) const {
  const double same = std::exp(beta_);
  const double other = std::exp(-beta_);
  for (int64_t bit = 1; bit < states(); bit *= 2) {
    for (int64_t state = 0; state < states(); ++state) {
      if ((state & bit) == 0) {
        const double down = weights[state];
        const double up = weights[state | bit];
        weights[state] = same * down + other * up;
        weights[state | bit] = other * down + same * up;
      }
    }
  }
}

// Takes the weight from the states of a line that contradict what is visible of it.
void IsingToy::clamp(std::span<const int64_t> z, int64_t line, std::vector<double>& weights) const {
  int64_t visible = 0;
  int64_t values = 0;
  for (int64_t place = 0; place < narrow_; ++place) {
    const int64_t token = z[position(line, place)];
    visible |= token < 2 ? int64_t{1} << place : 0;
    values |= token == 1 ? int64_t{1} << place : 0;
  }
  for (int64_t state = 0; state < states(); ++state) {
    weights[state] *= (state & visible) == values ? 1.0 : 0.0;
  }
}

// For every line and state of it: the weight of all lines after it, given what is visible there.
std::vector<std::vector<double>> IsingToy::backward(std::span<const int64_t> z) const {
  std::vector<std::vector<double>> all(static_cast<size_t>(lines_),
                                       std::vector<double>(static_cast<size_t>(states()), 1.0));
  for (int64_t line = lines_ - 2; line >= 0; --line) {
    auto& weights = all[line];
    std::transform(all[line + 1].begin(), all[line + 1].end(), within_.begin(), weights.begin(), std::multiplies<>());
    clamp(z, line + 1, weights);
    transfer(weights);
  }
  return all;
}

// Carries the derivative in beta beside every weight: its logarithm's is the mean of sum s_i s_j.
void IsingToy::set_partition_function() {
  std::vector<double> weights(static_cast<size_t>(states()), 1.0);
  std::vector<double> slopes(weights.size(), 0.0);
  const double same = std::exp(beta_);
  const double other = std::exp(-beta_);
  for (int64_t line = 0; line < lines_; ++line) {
    for (int64_t bit = 1; line > 0 && bit < states(); bit *= 2) {
      for (int64_t down = 0; down < states(); ++down) {
        const int64_t up = down | bit;
        if ((down & bit) == 0) {
          const double sum_down = same * (slopes[down] + weights[down]) + other * (slopes[up] - weights[up]);
          const double sum_up = other * (slopes[down] - weights[down]) + same * (slopes[up] + weights[up]);
          const double weight_down = same * weights[down] + other * weights[up];
          weights[up] = other * weights[down] + same * weights[up];
          weights[down] = weight_down;
          slopes[down] = sum_down;
          slopes[up] = sum_up;
        }
      }
    }
    for (int64_t state = 0; state < states(); ++state) {
      slopes[state] = within_[state] * (slopes[state] + static_cast<double>(bonds_within(state)) * weights[state]);
      weights[state] *= within_[state];
    }
  }
  const double partition = std::accumulate(weights.begin(), weights.end(), 0.0);
  log_partition_ = std::log(partition);
  entropy_ = log_partition_ - beta_ * std::accumulate(slopes.begin(), slopes.end(), 0.0) / partition;
}

void IsingToy::conditionals(std::span<const int64_t> z, std::span<double> log_p) const {
  const auto after = backward(z);
  std::vector<double> weights(static_cast<size_t>(states()), 1.0);  // of a line and all lines before it
  for (int64_t line = 0; line < lines_; ++line) {
    if (line > 0) {
      transfer(weights);
    }
    std::transform(weights.begin(), weights.end(), within_.begin(), weights.begin(), std::multiplies<>());
    clamp(z, line, weights);
    for (int64_t place = 0; place < narrow_; ++place) {
      const int64_t i = position(line, place);
      if (z[i] < 2) {
        continue;
      }
      double sums[2] = {0, 0};
      for (int64_t state = 0; state < states(); ++state) {
        sums[state >> place & 1] += weights[state] * after[line][state];
      }
      to_log_probabilities(sums);
      std::copy(sums, sums + 2, log_p.begin() + 2 * i);
    }
  }
}

// Line by line, given the line before.
void IsingToy::sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const {
  std::vector<double> weights(static_cast<size_t>(states()));
  int64_t before = 0;
  for (int64_t line = 0; line < lines_; ++line) {
    for (int64_t state = 0; state < states(); ++state) {
      const int64_t changes = line == 0 ? 0 : __builtin_popcountll(before ^ state);
      weights[state] = within_[state] * backward_[line][state] * std::exp(-2 * beta_ * static_cast<double>(changes));
    }
    before = draw_index(weights, uniform_double(key, example_id, static_cast<uint32_t>(line)));
    for (int64_t place = 0; place < narrow_; ++place) {
      x[position(line, place)] = before >> place & 1;
    }
  }
}

double IsingToy::log_probability(std::span<const int64_t> x) const {
  int64_t bonds = 0;
  for (int64_t line = 0; line < lines_; ++line) {
    for (int64_t place = 0; place < narrow_; ++place) {
      const int64_t spin = 2 * x[position(line, place)] - 1;
      bonds += place + 1 < narrow_ ? spin * (2 * x[position(line, place + 1)] - 1) : 0;
      bonds += line + 1 < lines_ ? spin * (2 * x[position(line + 1, place)] - 1) : 0;
    }
  }
  return beta_ * static_cast<double>(bonds) - log_partition_;
}

TemplateToy::TemplateToy(TokenShape shape, int64_t vocab_size, std::vector<std::vector<int64_t>> templates,
                         std::vector<double> noise)
    : Toy("templates", shape, vocab_size), templates_(std::move(templates)), noise_(std::move(noise)) {
  const auto spread = static_cast<int64_t>(noise_.size());
  check_distribution(noise_, spread, "the noise of a template");
  require(spread >= 1 && spread <= vocab_size && !templates_.empty(), "a mixture has ", templates_.size(),
          " templates and noise of ", spread, " values, want at least 1, and 1 to ", vocab_size);
  for (size_t a = 0; a < templates_.size(); ++a) {
    require(static_cast<int64_t>(templates_[a].size()) == length(), "template ", a, " has ", templates_[a].size(),
            " tokens, want ", length());
    for (size_t b = 0; b < a; ++b) {
      const auto apart = [&](int64_t u, int64_t v) { return offset(u, v) >= spread && offset(v, u) >= spread; };
      const auto& other = templates_[b];
      const bool differ =
          std::inner_product(other.begin(), other.end(), templates_[a].begin(), false, std::logical_or<>(), apart);
      require(differ, "templates ", b, " and ", a, " can give the same example");
    }
  }
}

double TemplateToy::noise_at(int64_t value, int64_t origin) const {
  const auto distance = static_cast<size_t>(offset(value, origin));
  return distance < noise_.size() ? noise_[distance] : 0.0;
}

Entropy TemplateToy::entropy() const {
  return {std::log(static_cast<double>(templates_.size())) + static_cast<double>(length()) * entropy_of(noise_)};
}

// The probabilities of the templates given the visible tokens, up to a factor.
std::vector<double> TemplateToy::weights(std::span<const int64_t> z) const {
  std::vector<double> logs(templates_.size(), 0.0);
  for (size_t c = 0; c < templates_.size(); ++c) {
    for (size_t i = 0; i < z.size(); ++i) {
      logs[c] += z[i] < vocab_size() ? std::log(noise_at(z[i], templates_[c][i])) : 0.0;
    }
  }
  const double largest = *std::max_element(logs.begin(), logs.end());
  std::transform(logs.begin(), logs.end(), logs.begin(),
                 [largest](double log) { return std::isfinite(largest) ? std::exp(log - largest) : 0.0; });
  return logs;
}

void TemplateToy::conditionals(std::span<const int64_t> z, std::span<double> log_p) const {
  const auto weight = weights(z);
  for (size_t i = 0; i < z.size(); ++i) {
    if (z[i] < vocab_size()) {
      continue;
    }
    const auto row = log_p.subspan(i * vocab_size(), static_cast<size_t>(vocab_size()));
    std::fill(row.begin(), row.end(), 0.0);
    for (size_t c = 0; c < templates_.size(); ++c) {
      for (size_t e = 0; e < noise_.size(); ++e) {
        row[(templates_[c][i] + static_cast<int64_t>(e)) % vocab_size()] += weight[c] * noise_[e];
      }
    }
    to_log_probabilities(row);
  }
}

void TemplateToy::sample(const NoiseKey& key, uint64_t example_id, std::span<int64_t> x) const {
  const double u = uniform_double(key, example_id) * static_cast<double>(templates_.size());
  const auto& origin = templates_[static_cast<size_t>(u)];
  for (size_t i = 0; i < x.size(); ++i) {
    const int64_t noise = draw_index(noise_, uniform_double(key, example_id, static_cast<uint32_t>(i + 1)));
    x[i] = (origin[i] + noise) % vocab_size();
  }
}

double TemplateToy::log_probability(std::span<const int64_t> x) const {
  double largest = -std::numeric_limits<double>::infinity();  // no other template can give x as well
  for (const auto& origin : templates_) {
    double log = -std::log(static_cast<double>(templates_.size()));
    for (size_t i = 0; i < x.size(); ++i) {
      log += std::log(noise_at(x[i], origin[i]));
    }
    largest = std::max(largest, log);
  }
  return largest;
}

std::vector<std::vector<int64_t>> random_templates(int64_t count, int64_t length, int64_t vocab_size, uint64_t seed) {
  const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kToy, .round = 3};
  std::vector<std::vector<int64_t>> templates(static_cast<size_t>(count));
  for (size_t c = 0; c < templates.size(); ++c) {
    for (int64_t i = 0; i < length; ++i) {
      const double u = uniform_double(key, c, static_cast<uint32_t>(i));
      templates[c].push_back(static_cast<int64_t>(u * static_cast<double>(vocab_size)));
    }
  }
  return templates;
}

}  // namespace veil
