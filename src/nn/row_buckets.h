#pragma once

#include <torch/types.h>

#include <cstdint>

namespace veil {

/// `count` rounded up to one of eight sizes between two powers of two: at most an eighth more, and below 8 itself.
[[nodiscard]] int64_t bucket_of(int64_t count);

/// `positions`, int64 [M] on the CPU, with the last one repeated until there are bucket_of(M) of them where a matrix
/// product of as many rows is one of oneDNN's (bfloat16 on the CPU); elsewhere as they are. oneDNN compiles and keeps a
/// program for every number of rows that it meets, and the number of masked positions is another one in every call:
/// time and memory would grow with the number of calls. Rows of a product do not depend on each other, so whoever
/// computes at these positions leaves out what is beyond M.
[[nodiscard]] torch::Tensor in_buckets(const torch::Tensor& positions, torch::Device device);

}  // namespace veil
