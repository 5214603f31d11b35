#pragma once

#include <vector>

#include "veil/selfcheck/gate.h"
#include "selfcheck/subjects.h"

namespace veil {

/// G3: the law of the sampler on a sticky chain of five tokens (3 values, kept with probability 3/4) with the true
/// conditionals. Its divergence from the chain for T = 4, 8, 16, 64 linear and cosine steps, and one token at a time,
/// equals that of an independent enumeration by ordered set partitions to 1e-6; and draws of `sampling` pass Pearson's
/// test against the law, also under a clipped schedule that leaves masks to the last step.
[[nodiscard]] std::vector<GateRow> sampler_law_gate(const Sampling& sampling);

/// G6: KL(p || q_T) <= L_T - H for the law q_T of T sampling steps and the T-step bound L_T, with true and with
/// inconsistent conditionals: what a bound promises of samples.
[[nodiscard]] std::vector<GateRow> step_bound_gate();

/// G7: a value of probability 1e-5 is drawn 100 +- 40 times in 10^7 draws at positions that a step reveals with
/// probability 1/1000, and values of probability 0 never.
[[nodiscard]] std::vector<GateRow> rare_value_gate(const ValueDraw& draw);

}  // namespace veil
