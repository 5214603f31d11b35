#pragma once

#include <torch/types.h>

#include <filesystem>
#include <functional>

namespace veil::io {

/// A network of the user's, saved by torch.jit.save, as numbers that describe images: uint8 [B, H, W, C] → float
/// [B, F]. It is called with float [B, 3, H, W] with values in [0, 1], grey repeated, in evaluation mode on the CPU,
/// and must return [B, F]. TorchScript may run any computation: use files that you trust.
///
/// Throws DataError if the file cannot be read as TorchScript, and later if the network refuses the images or returns
/// something else, or numbers that are not finite.
[[nodiscard]] std::function<torch::Tensor(const torch::Tensor&)> read_feature_network(
    const std::filesystem::path& file);

}  // namespace veil::io
