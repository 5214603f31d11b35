#pragma once

#include <torch/types.h>

#include <cstdint>

namespace veil {

/// Angles of rotary position embedding: float32 [length, head_width / 2] each.
struct RotaryTable {
  torch::Tensor cosine;
  torch::Tensor sine;
};

/// Angle of pair k at position i: i * 10000^(-2k / head_width), computed in float64 on `device`. head_width: even.
/// Source: Su et al. 2021, arXiv 2104.09864.
[[nodiscard]] RotaryTable rotary_table(int64_t length, int64_t head_width, torch::Device device = torch::kCPU);

/// Turns each neighbouring pair (x_2k, x_2k+1) of x [..., length, head_width] by its angle:
/// (a, b) → (a cos - b sin, a sin + b cos).
[[nodiscard]] torch::Tensor rotate_pairs(const torch::Tensor& x, const RotaryTable& table);

}  // namespace veil
