#include "evaluate/dataset_check.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "veil/base/error.h"

namespace veil {

void check_dataset(const DenoiserOptions& network, const Dataset& dataset) {
  const auto& info = dataset.info();
  require(dataset.size() > 0, "data set ", info.name, " (", info.split, ") has no examples");
  require(info.shape == network.shape, "data set ", info.name, " has examples of ", info.shape.height, "x",
          info.shape.width, "x", info.shape.channels, ", the network takes ", network.shape.height, "x",
          network.shape.width, "x", network.shape.channels);
  require(info.vocab_size == network.vocab_size, "data set ", info.name, " has ", info.vocab_size,
          " token values, the network ", network.vocab_size);
  require(network.classes == 0 || info.classes == network.classes, "data set ", info.name, " has ", info.classes,
          " classes, the network is conditioned on ", network.classes);
}

int64_t scored_examples(const Dataset& dataset, const EvaluationOptions& options) {
  return options.limit == 0 ? dataset.size() : std::min(options.limit, dataset.size());
}

void for_each_scored_batch(const Dataset& dataset, const EvaluationOptions& options,
                           const std::function<void(const TokenBatch&, int64_t)>& use) {
  const int64_t examples = scored_examples(dataset, options);
  for (int64_t first = 0; first < examples; first += options.batch_size) {
    std::vector<int64_t> indices(static_cast<size_t>(std::min(options.batch_size, examples - first)));
    std::iota(indices.begin(), indices.end(), first);
    use(dataset.get(indices), first);
  }
}

}  // namespace veil
