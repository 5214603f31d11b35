#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace veil {

/// Lowers the noise that masks leave in the count form, without a network call more.
///
/// What a position costs differs little from one pass over an example to the next, so most of the noise of S/k is which
/// positions the mask happens to hold. Let h_i be the mean cost of position i in the other passes of the same replicate
/// that mask it (the mean of the known ones where none does). A pass with the mask M is then worth
///   mean over M of cost_i - beta * (mean over M of h_i - mean over all i of h_i).
/// Given the numbers of masked positions, M is a uniform set of its size and independent of the other passes, hence of
/// h: the bracket has expectation 0 whatever the network is, and the value stays unbiased for every beta.
class ControlVariate {
 public:
  /// For groups of `passes` passes over `length` positions. beta: in [0, 1].
  ControlVariate(int64_t length, int64_t passes, double beta);

  /// The next pass of the group. positions: those masked, each once, in [0, length); nats: the cost of each. Where the
  /// costs are multiples of 2^-32 below 2^20, equal costs give exactly their common value.
  void add(std::span<const int64_t> positions, std::span<const double> nats);

  [[nodiscard]] bool is_complete() const { return static_cast<int64_t>(passes_.size()) == group_; }

  /// The values of the group's passes in nats per masked token, in order; 0 for a pass that masks nothing. The next
  /// add() begins another group. Costs passes * length additions.
  [[nodiscard]] std::vector<double> take();

 private:
  struct Pass {
    std::vector<int64_t> positions;
    std::vector<double> nats;
  };

  [[nodiscard]] double value_of(const Pass& pass) const;

  int64_t group_;
  double beta_;
  std::vector<Pass> passes_;
  std::vector<double> sums_;     // over all passes of the group, by position
  std::vector<int64_t> counts_;  // passes that mask it
};

}  // namespace veil
