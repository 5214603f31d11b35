#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <vector>

#include "veil/io/source/image_source.h"

namespace veil::io {

/// The images of a split in memory.
struct TensorSplit {
  torch::Tensor tokens;  ///< uint8 [N, H * W * C], pixel by pixel
  torch::Tensor labels;  ///< int64 [N], or undefined
};

/// A source of which a whole split is read when it is opened: formats of small data sets. loaders[i] reads split i of
/// `info`, whose shape is set.
[[nodiscard]] std::unique_ptr<ImageSource> make_tensor_source(SourceInfo info,
                                                              std::vector<std::function<TensorSplit()>> loaders);

}  // namespace veil::io
