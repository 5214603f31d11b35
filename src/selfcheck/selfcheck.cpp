#include "veil/selfcheck/selfcheck.h"

#include <array>
#include <functional>
#include <iterator>

#include "selfcheck/likelihood_gates.h"
#include "selfcheck/sampler_gates.h"
#include "selfcheck/subjects.h"
#include "selfcheck/training_gate.h"

namespace veil {
namespace {

void append(std::vector<GateRow>& rows, std::vector<GateRow> more) {
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<GateRow> selfcheck(const SelfcheckOptions& options, const SelfcheckProgress& progress) {
  const Subjects own = own_subjects();
  const std::array<std::function<std::vector<GateRow>()>, 6> gates{
      [&] { return oracle_gate(own.masked_loss, own.evaluation); },
      [&] { return bound_gate(own.bounds); },
      [&] { return sampler_law_gate(own.sampling); },
      [&] { return step_bound_gate(); },
      [&] { return rare_value_gate(own.draw); },
      [&] { return coverage_gate(own.evaluation); }};
  const auto toy = training_toy();
  const TrainingPlan plan = training_plan(*toy);
  const auto parts = static_cast<int64_t>(gates.size()) + (options.train ? plan.steps : 0);
  const auto report = [&](int64_t done) {
    if (progress) {
      progress(done, parts);
    }
  };
  std::vector<GateRow> rows;
  for (size_t i = 0; i < gates.size(); ++i) {
    append(rows, gates[i]());
    report(static_cast<int64_t>(i) + 1);
  }
  if (options.train) {
    append(rows, training_gate(*toy, plan, own.weights,
                               [&](int64_t step, int64_t) { report(static_cast<int64_t>(gates.size()) + step); }));
  }
  return rows;
}

}  // namespace veil
