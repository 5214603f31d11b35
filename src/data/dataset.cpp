#include "veil/data/dataset.h"

#include <algorithm>
#include <numeric>
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

constexpr int64_t kLabelBlock = 256;  // examples

}  // namespace

void Dataset::check_index(int64_t index) const {
  require(index >= 0 && index < size(), info().name, ": index ", index, ", want [0, ", size(), ")");
}

torch::Tensor Dataset::labels() const {
  if (info().classes == 0) {
    return {};
  }
  std::vector<torch::Tensor> parts;
  for (int64_t first = 0; first < size(); first += kLabelBlock) {
    std::vector<int64_t> ids(static_cast<size_t>(std::min(kLabelBlock, size() - first)));
    std::iota(ids.begin(), ids.end(), first);
    parts.push_back(get(ids).labels.value());
  }
  return torch::cat(parts);
}

std::string Dataset::name(int64_t index) const {
  check_index(index);
  return {};
}

TensorDataset::TensorDataset(DatasetInfo info, torch::Tensor tokens, torch::Tensor labels,
                             std::vector<std::string> names)
    : info_(std::move(info)), tokens_(std::move(tokens)), labels_(std::move(labels)), names_(std::move(names)) {
  check_info(info_);
  check_tokens(info_, tokens_);
  check_labels(info_, labels_, tokens_.size(0));
  require(names_.empty() || static_cast<int64_t>(names_.size()) == tokens_.size(0), info_.name, ": ", names_.size(),
          " names for ", tokens_.size(0), " examples");
  tokens_ = tokens_.cpu().contiguous();
  if (labels_.defined()) {
    labels_ = labels_.cpu().contiguous();
  }
}

TokenBatch TensorDataset::get(std::span<const int64_t> indices) const {
  auto ids = torch::empty({static_cast<int64_t>(indices.size())}, torch::kInt64);
  auto* target = ids.data_ptr<int64_t>();
  for (const auto index : indices) {
    check_index(index);
    *target++ = index;
  }
  TokenBatch batch{.tokens = tokens_.index_select(0, ids).to(torch::kInt64), .labels = {}, .example_ids = ids};
  if (labels_.defined()) {
    batch.labels = labels_.index_select(0, ids);
  }
  return batch;
}

std::string TensorDataset::name(int64_t index) const {
  check_index(index);
  return names_.empty() ? std::string() : names_[static_cast<size_t>(index)];
}

}  // namespace veil
