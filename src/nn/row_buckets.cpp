#include "nn/row_buckets.h"

#include <ATen/autocast_mode.h>

#include <algorithm>
#include <bit>

#include "base/torch.h"

namespace veil {

int64_t bucket_of(int64_t count) {
  constexpr int kBits = 3;  // after the leading one
  const int width = std::bit_width(static_cast<uint64_t>(count));
  const int64_t step = int64_t{1} << std::max(0, width - 1 - kBits);
  return (count + step - 1) / step * step;
}

torch::Tensor in_buckets(const torch::Tensor& positions, torch::Device device) {
  const bool is_compiled_by_size = device.is_cpu() && at::autocast::is_autocast_enabled(at::kCPU);
  const int64_t size = positions.numel();
  const int64_t more = is_compiled_by_size ? bucket_of(size) - size : 0;
  return more == 0 ? positions : torch::cat({positions, positions.narrow(0, size - 1, 1).expand({more})});
}

}  // namespace veil
