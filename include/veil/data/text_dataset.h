#pragma once

#include <cstdint>
#include <vector>

#include "veil/data/dataset.h"

namespace veil {

/// Windows of one long text held in memory as bytes: example i is the `length` tokens from i * stride on. A stride of 1
/// gives every window (training), a stride of `length` each token once (evaluation); a tail shorter than a window is
/// left out.
class TextDataset : public Dataset {
 public:
  /// tokens: values below info.vocab_size; info.shape must be {1, length, 1}. Throws InvalidArgument on a stride below
  /// 1, a value out of range, or a text shorter than one window.
  TextDataset(DatasetInfo info, std::vector<uint8_t> tokens, int64_t stride);

  [[nodiscard]] const DatasetInfo& info() const override { return info_; }
  [[nodiscard]] int64_t size() const override;
  [[nodiscard]] TokenBatch get(std::span<const int64_t> indices) const override;

 private:
  DatasetInfo info_;
  std::vector<uint8_t> tokens_;
  int64_t stride_;
};

}  // namespace veil
