#pragma once

#include <span>
#include <vector>

#include "veil/selfcheck/gate.h"
#include "selfcheck/subjects.h"

namespace veil {

/// G1: with the true conditionals the bound is the entropy. `loss` by enumeration of all examples and masks of the
/// small toys, to 1e-9; the time form by quadrature, to 1e-9; `evaluation` on draws from the larger toys, within four
/// standard errors of the entropy and, pass noise alone, of the mean of -log p of those very draws. The networks under
/// evaluation have dropout and come in training mode.
[[nodiscard]] std::vector<GateRow> oracle_gate(const MaskedLoss& loss, const Evaluation& evaluation);

/// G2: what is called a bound is one. For every toy under true, perturbed (inconsistent) and overconfident
/// conditionals, the mean of every loss is at least the entropy less three standard errors. One row for each toy and
/// model: the loss that comes lowest, by its difference from -log p of the same examples.
[[nodiscard]] std::vector<GateRow> bound_gate(std::span<const NamedBound> bounds);

/// G8: the 95 % interval of a figure, and of the difference of two models measured with one seed, holds the truth in 92
/// to 98 of 100 repeats over data and masks.
[[nodiscard]] std::vector<GateRow> coverage_gate(const Evaluation& evaluation);

}  // namespace veil
