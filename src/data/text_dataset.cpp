#include "veil/data/text_dataset.h"

#include <algorithm>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {

TextDataset::TextDataset(DatasetInfo info, std::vector<uint8_t> tokens, int64_t stride)
    : info_(std::move(info)), tokens_(std::move(tokens)), stride_(stride) {
  require(stride_ >= 1, "the stride of a text is ", stride_, ", want at least 1");
  require(info_.shape.height == 1 && info_.shape.channels == 1 && info_.shape.width >= 1, "examples of ", info_.name,
          " have shape ", info_.shape.height, "x", info_.shape.width, "x", info_.shape.channels, ", want 1xLx1");
  require(static_cast<int64_t>(tokens_.size()) >= info_.shape.width, info_.name, " (", info_.split, ") has ",
          tokens_.size(), " tokens, want at least one window of ", info_.shape.width);
  const auto largest = *std::max_element(tokens_.begin(), tokens_.end());
  require(largest < info_.vocab_size, info_.name, " has a token of value ", static_cast<int>(largest),
          ", want values below ", info_.vocab_size);
}

int64_t TextDataset::size() const {
  return (static_cast<int64_t>(tokens_.size()) - info_.shape.width) / stride_ + 1;
}

TokenBatch TextDataset::get(std::span<const int64_t> indices) const {
  const auto count = static_cast<int64_t>(indices.size());
  TokenBatch batch{.tokens = torch::empty({count, info_.shape.width}, torch::kInt64),
                   .labels = {},
                   .example_ids = torch::empty({count}, torch::kInt64)};
  auto* out = batch.tokens.mutable_data_ptr<int64_t>();
  auto* ids = batch.example_ids.mutable_data_ptr<int64_t>();
  for (const int64_t index : indices) {
    require(index >= 0 && index < size(), "example ", index, " of ", info_.name, " (", info_.split,
            ") was asked for, want a number in [0, ", size() - 1, "]");
    const auto first = tokens_.begin() + index * stride_;
    out = std::copy(first, first + info_.shape.width, out);
    *ids++ = index;
  }
  return batch;
}

}  // namespace veil
