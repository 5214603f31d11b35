#pragma once

#include <cstdint>
#include <vector>

#include "veil/evaluate/evaluator.h"

namespace veil {

/// What a class-conditional network says of the label of an example.
struct LabelOdds {
  int64_t index = 0;      ///< of the example in its data set
  int64_t label = 0;      ///< that it has
  int64_t likeliest = 0;  ///< the other class under which it is most likely
  double log_odds = 0.0;  ///< ln p(x | likeliest) - ln p(x | label), nats, both by their bounds: above 0 where another
                          ///< label fits better
  double standard_error = 0.0;  ///< of log_odds, from masks: from the spread of the difference between replicates,
                                ///< which have the same masks under both labels; rough with few. That
                                ///< `likeliest` was chosen for its figure is not in it
};

/// Scores every example under every class, as evaluate() does with these options, each time with the same masks, so
/// that most of their noise cancels in the difference. The examples are those that evaluate() scores, in their order.
/// Classes are taken to be equally likely. The share of log_odds below 0 is the accuracy of the network as a
/// classifier.
///
/// Costs evaluate() once for each class. Throws as evaluate() does; InvalidArgument if the network is told no class or
/// only knows one, or the data have no labels.
[[nodiscard]] std::vector<LabelOdds> label_odds(Denoiser& denoiser, const Dataset& dataset,
                                                const EvaluationOptions& options, const Compute& compute = {},
                                                const EvaluationProgress& progress = {});

}  // namespace veil
