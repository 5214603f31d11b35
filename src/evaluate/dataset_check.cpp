#include "evaluate/dataset_check.h"

#include <algorithm>
#include <functional>

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

void check_indices(std::span<const int64_t> indices) {
  require(!indices.empty(), "no example was asked for, want one at least");
  const auto wrong = std::adjacent_find(indices.begin(), indices.end(), std::greater_equal<>());
  require(wrong == indices.end(), "example ", wrong == indices.end() ? 0 : *(wrong + 1), " was asked for after ",
          wrong == indices.end() ? 0 : *wrong, ", want ascending places in the data set, each once");
}

void for_each_batch_of(const Dataset& dataset, std::span<const int64_t> indices, int64_t batch_size,
                       const std::function<void(const TokenBatch&, int64_t)>& use) {
  const auto size = static_cast<size_t>(batch_size);
  for (size_t first = 0; first < indices.size(); first += size) {
    use(dataset.get(indices.subspan(first, std::min(size, indices.size() - first))), static_cast<int64_t>(first));
  }
}

}  // namespace veil
