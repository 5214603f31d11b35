#include "veil/data/dataset.h"

#include <utility>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

void check_info(const DatasetInfo& info) {
  const auto& shape = info.shape;
  require(shape.height > 0 && shape.width > 0 && shape.channels > 0, info.name, ": shape is ", shape.height, " x ",
          shape.width, " x ", shape.channels, ", want positive sizes");
  require(info.vocab_size > 0, info.name, ": vocab_size is ", info.vocab_size, ", want a positive number");
  require(info.classes >= 0, info.name, ": classes is ", info.classes, ", want 0 or more");
  const auto names = static_cast<int64_t>(info.class_names.size());
  require(names == 0 || names == info.classes, info.name, ": ", names, " class names for ", info.classes, " classes");
}

void check_tokens(const DatasetInfo& info, const torch::Tensor& tokens) {
  require(tokens.defined() && tokens.scalar_type() == torch::kUInt8 && tokens.dim() == 2, info.name,
          ": tokens are not a uint8 matrix");
  require(tokens.size(0) > 0, info.name, ": no examples");
  require(tokens.size(1) == info.shape.length(), info.name, ": tokens have length ", tokens.size(1), ", want ",
          info.shape.length());
  if (info.vocab_size < 256) {
    const auto largest = tokens.max().item<int64_t>();
    require(largest < info.vocab_size, info.name, ": a token is ", largest, ", want less than ", info.vocab_size);
  }
}

void check_labels(const DatasetInfo& info, const torch::Tensor& labels, int64_t examples) {
  require(labels.defined() == (info.classes > 0), info.name, ": ", info.classes, " classes ",
          labels.defined() ? "with" : "without", " labels");
  if (!labels.defined()) {
    return;
  }
  require(labels.scalar_type() == torch::kInt64 && labels.dim() == 1 && labels.size(0) == examples, info.name,
          ": labels are ", labels.scalar_type(), " of shape ", labels.sizes(), ", want int64 [", examples, "]");
  const auto smallest = labels.min().item<int64_t>();
  const auto largest = labels.max().item<int64_t>();
  require(smallest >= 0 && largest < info.classes, info.name, ": labels lie in [", smallest, ", ", largest,
          "], want [0, ", info.classes - 1, "]");
}

}  // namespace

TensorDataset::TensorDataset(DatasetInfo info, torch::Tensor tokens, torch::Tensor labels)
    : info_(std::move(info)), tokens_(std::move(tokens)), labels_(std::move(labels)) {
  check_info(info_);
  check_tokens(info_, tokens_);
  check_labels(info_, labels_, tokens_.size(0));
  tokens_ = tokens_.cpu().contiguous();
  if (labels_.defined()) {
    labels_ = labels_.cpu().contiguous();
  }
}

TokenBatch TensorDataset::get(std::span<const int64_t> indices) const {
  auto ids = torch::empty({static_cast<int64_t>(indices.size())}, torch::kInt64);
  auto* target = ids.data_ptr<int64_t>();
  for (const auto index : indices) {
    require(index >= 0 && index < size(), info_.name, ": index ", index, ", want [0, ", size(), ")");
    *target++ = index;
  }
  TokenBatch batch{.tokens = tokens_.index_select(0, ids).to(torch::kInt64), .labels = {}, .example_ids = ids};
  if (labels_.defined()) {
    batch.labels = labels_.index_select(0, ids);
  }
  return batch;
}

}  // namespace veil
