#include "veil/diffusion/forward_process.h"

#include <algorithm>
#include <cmath>

#include "diffusion/mask_rows.h"
#include "veil/base/error.h"

namespace veil {

void check_rows(const torch::Tensor& x0, size_t levels, const torch::Tensor& example_ids) {
  require(x0.dim() == 2 && x0.dtype() == torch::kInt64 && x0.is_cpu() && x0.is_contiguous(), "x0 has shape ",
          x0.sizes(), " and type ", x0.dtype(), ", want contiguous int64 [B, L] on the CPU");
  require(levels == static_cast<size_t>(x0.size(0)) && example_ids.numel() == x0.size(0), "x0 has ", x0.size(0),
          " rows, but there are ", levels, " noise levels and ", example_ids.numel(), " example ids");
  require(example_ids.dtype() == torch::kInt64 && example_ids.is_cpu() && example_ids.is_contiguous(),
          "example_ids have type ", example_ids.dtype(), ", want contiguous int64 on the CPU");
}

MaskedTokens collect_masked(const torch::Tensor& x0, const std::vector<uint8_t>& is_masked, int64_t mask_id) {
  const int64_t length = x0.size(1);
  MaskedTokens masked{
      .z = x0.clone(), .positions = {}, .counts = std::vector<int64_t>(static_cast<size_t>(x0.size(0)))};
  const auto total = std::count(is_masked.begin(), is_masked.end(), uint8_t{1});
  masked.positions = torch::empty({static_cast<int64_t>(total)}, torch::kInt64);
  auto* z = masked.z.data_ptr<int64_t>();
  auto* out = masked.positions.data_ptr<int64_t>();
  for (int64_t p = 0; p < static_cast<int64_t>(is_masked.size()); ++p) {
    if (is_masked[static_cast<size_t>(p)] != 0) {
      z[p] = mask_id;
      *out++ = p;
      ++masked.counts[static_cast<size_t>(p / length)];
    }
  }
  return masked;
}

namespace {

// Flags the `count` smallest words, ties broken by position.
void flag_smallest(const std::vector<uint32_t>& words, int64_t count, uint8_t* flags) {
  std::vector<uint64_t> ranked(words.size());
  for (size_t i = 0; i < words.size(); ++i) {
    ranked[i] = static_cast<uint64_t>(words[i]) << 32 | i;
  }
  std::nth_element(ranked.begin(), ranked.begin() + count, ranked.end());
  for (int64_t i = 0; i < count; ++i) {
    flags[ranked[static_cast<size_t>(i)] & 0xffffffffU] = 1;
  }
}

double wrap(double u) { return u - std::floor(u); }

}  // namespace

MaskedTokens mask_by_count(const torch::Tensor& x0, std::span<const int64_t> counts, const torch::Tensor& example_ids,
                           int64_t mask_id, const NoiseKey& key) {
  check_rows(x0, counts.size(), example_ids);
  for (const int64_t count : counts) {
    require(count >= 0 && count <= x0.size(1), "a masked count is ", count, ", want one in [0, ", x0.size(1), "]");
  }
  const auto flags = flag_rows(x0, example_ids, key, [&](int64_t b, const std::vector<uint32_t>& words, uint8_t* row) {
    flag_smallest(words, counts[static_cast<size_t>(b)], row);
  });
  return collect_masked(x0, flags, mask_id);
}

MaskedTokens mask_by_fraction(const torch::Tensor& x0, std::span<const double> masked_fractions,
                              const torch::Tensor& example_ids, int64_t mask_id, const NoiseKey& key,
                              Antithetic antithetic) {
  check_rows(x0, masked_fractions.size(), example_ids);
  for (const double fraction : masked_fractions) {
    require(fraction >= 0 && fraction <= 1, "a masked fraction is ", fraction, ", want one in [0, 1]");
  }
  const auto flags = flag_rows(x0, example_ids, key, [&](int64_t b, const std::vector<uint32_t>& words, uint8_t* row) {
    const double fraction = masked_fractions[static_cast<size_t>(b)];
    for (size_t i = 0; i < words.size(); ++i) {
      row[i] = is_masked(words[i], fraction, antithetic);
    }
  });
  return collect_masked(x0, flags, mask_id);
}

int64_t count_of_level(double level, int64_t length) {
  return 1 + std::min(length - 1, static_cast<int64_t>(std::floor(level * static_cast<double>(length))));
}

std::vector<double> low_discrepancy_levels(const NoiseKey& key, int64_t first, int64_t size, int64_t global_size) {
  return spread_levels(uniform_double(key, 0), first, size, global_size);
}

std::vector<double> spread_levels(double u, int64_t first, int64_t size, int64_t global_size) {
  require(first >= 0 && size >= 0 && first + size <= global_size, "rows ", first, " to ", first + size,
          " do not lie in a global batch of ", global_size);
  std::vector<double> levels(static_cast<size_t>(size));
  for (int64_t b = 0; b < size; ++b) {
    levels[static_cast<size_t>(b)] = wrap(u + static_cast<double>(first + b) / static_cast<double>(global_size));
  }
  return levels;
}

double stratified_level(const NoiseKey& key, int64_t example_id, int64_t pass, int64_t passes) {
  const double u = uniform_double(key, static_cast<uint64_t>(example_id), static_cast<uint32_t>(pass));
  return (static_cast<double>(pass) + u) / static_cast<double>(passes);
}

double shifted_level(const NoiseKey& key, int64_t example_id, int64_t pass, int64_t passes) {
  const double u = uniform_double(key, static_cast<uint64_t>(example_id));
  return wrap(u + static_cast<double>(pass) / static_cast<double>(passes));
}

}  // namespace veil
