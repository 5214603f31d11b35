#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "veil/data/dataset_info.h"
#include "veil/data/token_batch.h"

namespace veil {

/// A finite set of token sequences of one shape. Immutable, so it may be read from several threads.
class Dataset {
 public:
  Dataset() = default;
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;
  Dataset(Dataset&&) = delete;
  Dataset& operator=(Dataset&&) = delete;
  virtual ~Dataset() = default;

  [[nodiscard]] virtual const DatasetInfo& info() const = 0;
  [[nodiscard]] virtual int64_t size() const = 0;

  /// The examples at `indices`, in that order; example_ids = indices. The tensors are the caller's: to change them does
  /// not change the data set. Throws InvalidArgument if an index is outside [0, size()).
  [[nodiscard]] virtual TokenBatch get(std::span<const int64_t> indices) const = 0;

  /// The class of every example, int64 [size()]; undefined where info().classes is 0. This form reads all examples by
  /// get(), a block at a time; the data sets of veil read nothing but labels, in milliseconds for a million.
  [[nodiscard]] virtual torch::Tensor labels() const;

  /// Where an example comes from, for people: "cat/7.png", "data_batch_1.bin[17]"; empty where that is not known, as it
  /// is in this form. May be any bytes but zero. Throws InvalidArgument if index is outside [0, size()).
  [[nodiscard]] virtual std::string name(int64_t index) const;

 protected:
  /// Throws InvalidArgument if `index` is outside [0, size()).
  void check_index(int64_t index) const;
};

/// A data set held in memory as bytes.
class TensorDataset : public Dataset {
 public:
  /// tokens: uint8 [N, L] with values below info.vocab_size; labels: int64 [N] with values below info.classes, or
  /// undefined where that is 0; names: as name() gives them, N of them or none. Throws InvalidArgument if a shape, a
  /// value or a number of names does not fit `info` or the set is empty.
  TensorDataset(DatasetInfo info, torch::Tensor tokens, torch::Tensor labels = {}, std::vector<std::string> names = {});

  [[nodiscard]] const DatasetInfo& info() const override { return info_; }
  [[nodiscard]] int64_t size() const override { return tokens_.size(0); }
  [[nodiscard]] TokenBatch get(std::span<const int64_t> indices) const override;
  [[nodiscard]] torch::Tensor labels() const override { return labels_.defined() ? labels_.clone() : labels_; }
  [[nodiscard]] std::string name(int64_t index) const override;

 private:
  DatasetInfo info_;
  torch::Tensor tokens_;
  torch::Tensor labels_;
  std::vector<std::string> names_;
};

}  // namespace veil
