#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <string>

#include "veil/nn/layers/layers.h"

namespace veil {

/// Fills every parameter of the layers inside `module` with what its Initializer says. Noise is keyed by (seed, full
/// name of the parameter, index): a parameter starts from the same numbers whatever else the network has. Computed on
/// the CPU. The reference's conventions: weights LeCun normal, truncated at two deviations and widened so that the
/// realised deviation is 1/sqrt(fan_in); embeddings normal; biases zero.
void initialize(torch::nn::Module& module, uint64_t seed);

/// The value of one parameter of `sizes`, float32 on the CPU. `name` keys the noise.
[[nodiscard]] torch::Tensor initial_value(const Initializer& initializer, torch::IntArrayRef sizes, uint64_t seed,
                                          const std::string& name);

/// Positions of a grid: float32 [rows, columns, width]. The first half of a vector is [sin(column f), cos(column f)],
/// the second the same of the row, f_i = 10000^(-i / (width/4)); computed in float64. width: a multiple of 4.
[[nodiscard]] torch::Tensor grid_sin_cos(int64_t rows, int64_t columns, int64_t width);

}  // namespace veil
