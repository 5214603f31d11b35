#include <limits>
#include <memory>
#include <string>

#include "selfcheck/example_statistics.h"
#include "selfcheck/likelihood_gates.h"
#include "toys/oracle_denoiser.h"
#include "toys/toy_dataset.h"
#include "toys/toy_suite.h"
#include "veil/base/error.h"

namespace veil {
namespace {

constexpr int64_t kBatches = 32;
constexpr int64_t kBatch = 16;

struct NamedModel {
  std::string name;
  Conditionals conditionals;
};

std::vector<NamedModel> models_of(const Toy& toy) {
  const auto truth = conditionals_of(toy);
  return {{"true", truth},
          {"perturbed", perturbed(truth, toy.vocab_size(), 1.0, 1)},
          {"overconfident", tempered(truth, toy.vocab_size(), 0.8)}};
}

// The mean of the loss less -log p over batches of fresh draws. Levels are spread over a batch, so only batches are
// independent.
MeanEstimate excess_of(const BatchLoss& loss, Denoiser& network, const torch::Tensor& tokens,
                       std::span<const double> lengths) {
  std::vector<double> means;
  for (int64_t step = 0; step < kBatches; ++step) {
    const int64_t first = step * kBatch;
    const TokenBatch batch{.tokens = tokens.narrow(0, first, kBatch).contiguous(),
                           .labels = {},
                           .example_ids = torch::arange(first, first + kBatch)};
    const NoiseContext noise{.seed = 1, .step = step, .first = 0, .global_size = kBatch};
    const auto values = loss(network, batch, noise).to(torch::kFloat64).contiguous();
    const std::span nats(values.const_data_ptr<double>(), static_cast<size_t>(kBatch));
    means.push_back(mean_estimate(differences(1, nats, lengths.subspan(first, kBatch))).value);
  }
  return mean_estimate(means);
}

// How many standard errors below zero; the smallest counts.
double score_of(const MeanEstimate& excess) { return excess.value / (excess.standard_error + 1e-12); }

GateRow lowest_row(const Toy& toy, const NamedModel& model, std::span<const NamedBound> bounds) {
  OracleDenoiser network(toy.shape(), toy.vocab_size(), model.conditionals);
  network.eval();
  const auto tokens = draw_tokens(toy, kBatches * kBatch, 2);
  const auto lengths = code_lengths(toy, tokens);
  const auto as_long = tokens.to(torch::kInt64);
  MeanEstimate lowest{.value = std::numeric_limits<double>::infinity()};
  std::string name;
  for (const auto& bound : bounds) {
    const auto excess = excess_of(bound.loss, network, as_long, lengths);
    if (name.empty() || !(score_of(excess) >= score_of(lowest))) {
      lowest = excess;
      name = bound.name;
    }
  }
  const auto entropy = toy.entropy();
  return at_least("G2", concat(toy.name(), ", ", model.name, " conditionals: lowest of ", bounds.size(), ", ", name),
                  entropy.nats, entropy.nats + lowest.value, 3 * lowest.standard_error + 1e-9);
}

}  // namespace

std::vector<GateRow> bound_gate(std::span<const NamedBound> bounds) {
  std::vector<GateRow> rows;
  for (const auto& toy : toy_suite()) {
    for (const auto& model : models_of(*toy)) {
      rows.push_back(lowest_row(*toy, model, bounds));
    }
  }
  return rows;
}

}  // namespace veil
