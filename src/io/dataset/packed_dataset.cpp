#include "io/dataset/packed_dataset.h"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/torch.h"
#include "io/dataset/fingerprint.h"
#include "io/file/digest.h"
#include "io/packed/packed_file.h"
#include "io/source/source_names.h"
#include "io/source/variant.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

class PackedDataset : public Dataset {
 public:
  PackedDataset(std::shared_ptr<const PackedFile> file, const std::string& split)
      : file_(std::move(file)),
        split_(split_position(file_->info(), split)),
        info_(described(file_->info(), split, {})) {
    info_.shape = *file_->info().shape;
    if (info_.classes > 0) {
      labels_.resize(static_cast<size_t>(size()));
      file_->read_labels(split_, 0, size(), labels_);
      info_.label_digest = short_digest(sha256_of(bytes_of(labels_)));
    }
    info_.token_digest = short_digest(file_->sha256(split_));
    info_.fingerprint = fingerprint(*this);
  }

  const DatasetInfo& info() const override { return info_; }
  int64_t size() const override { return file_->info().splits[split_].images; }

  TokenBatch get(std::span<const int64_t> indices) const override {
    const auto count = static_cast<int64_t>(indices.size());
    auto bytes = torch::empty({count, info_.shape.length()}, torch::kUInt8);
    for (int64_t row = 0; row < count;) {
      row += read_run(indices.subspan(static_cast<size_t>(row)), bytes[row].mutable_data_ptr<uint8_t>());
    }
    TokenBatch batch{
        .tokens = bytes.to(torch::kInt64),
        .labels = {},
        .example_ids = torch::tensor(torch::ArrayRef<int64_t>(indices.data(), indices.size()), torch::kInt64)};
    if (!labels_.empty()) {
      auto labels = torch::empty({count}, torch::kInt64);
      for (int64_t row = 0; row < count; ++row) {
        labels.mutable_data_ptr<int64_t>()[row] = labels_[static_cast<size_t>(indices[static_cast<size_t>(row)])];
      }
      batch.labels = labels;
    }
    return batch;
  }

  torch::Tensor labels() const override {
    return labels_.empty() ? torch::Tensor() : torch::tensor(labels_, torch::kInt64);
  }

  std::string name(int64_t index) const override {
    check_index(index);
    std::call_once(names_read_, [this] { names_ = file_->read_names(split_); });
    return names_.empty() ? std::string() : names_[static_cast<size_t>(index)];
  }

 private:
  // Reads the images that lie beside each other at the front of `indices`; returns how many.
  int64_t read_run(std::span<const int64_t> indices, uint8_t* out) const {
    const auto first = indices[0];
    check_index(first);
    int64_t count = 1;
    while (count < static_cast<int64_t>(indices.size()) && indices[static_cast<size_t>(count)] == first + count &&
           first + count < size()) {
      ++count;
    }
    file_->read_tokens(split_, first, count, {out, static_cast<size_t>(count * info_.shape.length())});
    return count;
  }

  std::shared_ptr<const PackedFile> file_;
  size_t split_;
  DatasetInfo info_;
  std::vector<int64_t> labels_;
  mutable std::once_flag names_read_;  // few who open a file want the names
  mutable std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Dataset> open_packed_dataset(std::shared_ptr<const PackedFile> file, const std::string& split) {
  return std::make_unique<PackedDataset>(std::move(file), split);
}

}  // namespace veil::io
