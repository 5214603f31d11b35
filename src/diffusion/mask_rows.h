#pragma once

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "veil/base/random.h"
#include "veil/diffusion/forward_process.h"

namespace veil {

/// Throws InvalidArgument unless x0 is contiguous int64 [B, L] on the CPU with `levels` = B and example_ids int64 [B].
void check_rows(const torch::Tensor& x0, size_t levels, const torch::Tensor& example_ids);

/// The masked batch whose positions have flag 1; `flags` has B*L of them.
[[nodiscard]] MaskedTokens collect_masked(const torch::Tensor& x0, const std::vector<uint8_t>& flags, int64_t mask_id);

/// 1 if a position with this noise word is masked with `probability`, else 0.
[[nodiscard]] inline uint8_t is_masked(uint32_t word, double probability, Antithetic antithetic) {
  const double u = (word + 0.5) * 0x1p-32;
  return (antithetic == Antithetic::kYes ? 1 - u : u) < probability ? 1 : 0;
}

/// Calls row(b, words, flags) for every row of x0, words being the row's noise; returns the B*L flags that it set.
template <typename Row>
std::vector<uint8_t> flag_rows(const torch::Tensor& x0, const torch::Tensor& example_ids, const NoiseKey& key,
                               const Row& row) {
  const int64_t length = x0.size(1);
  std::vector<uint8_t> flags(static_cast<size_t>(x0.numel()), 0);
  const auto* ids = example_ids.data_ptr<int64_t>();
  at::parallel_for(0, x0.size(0), 8, [&](int64_t begin, int64_t end) {
    std::vector<uint32_t> words(static_cast<size_t>(length));
    for (int64_t b = begin; b < end; ++b) {
      fill_words(key, static_cast<uint64_t>(ids[b]), words.data(), length);
      row(b, words, flags.data() + b * length);
    }
  });
  return flags;
}

}  // namespace veil
