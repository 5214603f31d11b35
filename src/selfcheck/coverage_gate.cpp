#include <cmath>

#include "selfcheck/example_statistics.h"
#include "selfcheck/likelihood_gates.h"
#include "toys/oracle_denoiser.h"
#include "toys/toy_bounds.h"
#include "toys/toy_dataset.h"

namespace veil {

std::vector<GateRow> coverage_gate(const Evaluation& evaluation) {
  constexpr int64_t kRepeats = 400;
  constexpr int64_t kExamples = 100;
  const EnumeratedToy toy(random_joint(4, 3, 5));
  const ToyConditionals first(toy.joint(), /*strength=*/0.5);
  const ToyConditionals second(toy.joint(), /*strength=*/1.0, /*seed=*/2);
  OracleDenoiser first_network(first);
  OracleDenoiser second_network(second);
  const double bound = bits_per_dim(exact_bound(toy.joint(), first), toy.length());
  const double difference = bits_per_dim(exact_bound(toy.joint(), second), toy.length()) - bound;
  int64_t covered = 0;
  int64_t covered_difference = 0;
  for (int64_t repeat = 0; repeat < kRepeats; ++repeat) {
    const auto seed = static_cast<uint64_t>(repeat);
    const auto dataset = toy_dataset(draw_tokens(toy, kExamples, seed), toy);
    const EvaluationOptions options{.passes = 4, .rows_per_call = 4 * kExamples, .seed = seed};
    const auto report = evaluation(first_network, dataset, options);
    covered += report.confidence_low <= bound && bound <= report.confidence_high ? 1 : 0;
    const auto other = evaluation(second_network, dataset, options);
    const auto paired = mean_estimate(differences(1, other.example_bits, report.example_bits));
    covered_difference += std::abs(paired.value - difference) <= 1.96 * paired.standard_error ? 1 : 0;
  }
  const auto share = [](int64_t count) { return static_cast<double>(count) / kRepeats; };
  return {within("G8", "share of 400 intervals that hold the bound", 0.95, share(covered), 0.03),
          within("G8", "share of 400 intervals that hold the difference of two models", 0.95, share(covered_difference),
                 0.03)};
}

}  // namespace veil
