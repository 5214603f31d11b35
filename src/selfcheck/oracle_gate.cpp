#include <cmath>
#include <memory>
#include <numeric>

#include "selfcheck/example_statistics.h"
#include "selfcheck/likelihood_gates.h"
#include "toys/oracle_denoiser.h"
#include "toys/toy_bounds.h"
#include "toys/toy_dataset.h"
#include "toys/toy_suite.h"
#include "veil/base/error.h"

namespace veil {
namespace {

constexpr double kExact = 1e-9;

// All examples that can be, under all masks of one position or more, each with its share of the expectation.
struct Enumeration {
  TokenBatch batch;
  MaskedTokens masked;
  std::vector<double> weights;  // p(x) times the probability of the mask: 1/n for its size, and one of C(n, k)
};

Enumeration enumerate(const ToyJoint& joint) {
  const int64_t length = joint.length;
  std::vector<int64_t> x;
  std::vector<int64_t> z;
  std::vector<int64_t> positions;
  Enumeration all;
  for (int64_t state = 0; state < joint.states(); ++state) {
    for (uint32_t mask = 1; joint.p[state] > 0 && mask < (1U << length); ++mask) {
      const int64_t count = __builtin_popcount(mask);
      for (int64_t i = 0; i < length; ++i) {
        const bool is_masked = (mask >> i & 1U) != 0;
        if (is_masked) {
          positions.push_back(static_cast<int64_t>(x.size()));
        }
        x.push_back(joint.token(state, i));
        z.push_back(is_masked ? joint.vocab : x.back());
      }
      all.masked.counts.push_back(count);
      const double log_choices =
          std::lgamma(length + 1.0) - std::lgamma(count + 1.0) - std::lgamma(length - count + 1.0);
      all.weights.push_back(joint.p[state] / static_cast<double>(length) * std::exp(-log_choices));
    }
  }
  const auto rows = static_cast<int64_t>(all.weights.size());
  all.batch = {.tokens = torch::tensor(x, torch::kInt64).view({rows, length}),
               .labels = {},
               .example_ids = torch::arange(rows, torch::kInt64)};
  all.masked.z = torch::tensor(z, torch::kInt64).view({rows, length});
  all.masked.positions = torch::tensor(positions, torch::kInt64);
  return all;
}

void enumerated_rows(const MaskedLoss& loss, std::vector<GateRow>& rows) {
  for (const auto& toy : small_toy_suite()) {
    const ToyJoint joint = joint_of(*toy);
    OracleDenoiser network(*toy);
    const auto all = enumerate(joint);
    const auto values = loss(network, all.batch, all.masked).to(torch::kFloat64).contiguous();
    const double bound =
        std::inner_product(all.weights.begin(), all.weights.end(), values.const_data_ptr<double>(), 0.0);
    rows.push_back(within("G1", concat(toy->name(), ", ", joint.length, " tokens, ", joint.vocab, " values, all masks"),
                          joint.entropy(), bound, kExact));
  }
}

void quadrature_rows(std::vector<GateRow>& rows) {
  const ToyJoint joint = random_joint(5, 3, 1);
  const auto sums = mean_sums(joint, ToyConditionals(joint));
  for (const char* schedule : {"linear", "cosine", "poly3"}) {
    rows.push_back(within("G1", concat("enumerated, time form, ", schedule, ", by quadrature"), joint.entropy(),
                          time_integral(MaskSchedule(parse_schedule(schedule)), sums), kExact));
  }
}

void evaluated_rows(const Evaluation& evaluation, std::vector<GateRow>& rows) {
  constexpr int64_t kExamples = 512;
  for (const auto& toy : toy_suite()) {
    OracleDenoiser network(*toy, {.dropout = 0.3});
    network.train();
    const auto tokens = draw_tokens(*toy, kExamples, 1);
    const auto report = evaluation(network, toy_dataset(tokens, *toy), {.passes = 8, .rows_per_call = 256});
    const double nats = 1 / bits_per_dim(1.0, toy->length());
    const auto entropy = toy->entropy();
    const double error = std::hypot(report.standard_error * nats, entropy.standard_error);
    rows.push_back(within("G1", concat(toy->name(), ", ", toy->length(), " tokens, estimated: entropy"), entropy.nats,
                          report.bits_per_dim * nats, 4 * error + kExact));
    const auto excess = mean_estimate(differences(nats, report.example_bits, code_lengths(*toy, tokens)));
    rows.push_back(within("G1", concat(toy->name(), ", ", toy->length(), " tokens, estimated: excess over -log p"), 0,
                          excess.value, 4 * excess.standard_error + kExact));
  }
}

}  // namespace

std::vector<GateRow> oracle_gate(const MaskedLoss& loss, const Evaluation& evaluation) {
  std::vector<GateRow> rows;
  enumerated_rows(loss, rows);
  quadrature_rows(rows);
  evaluated_rows(evaluation, rows);
  return rows;
}

}  // namespace veil
