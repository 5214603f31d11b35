#include "nn/layers/rotary.h"

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {

RotaryTable rotary_table(int64_t length, int64_t head_width, torch::Device device) {
  require(head_width > 0 && head_width % 2 == 0, "width of a head is ", head_width, ", want an even number");
  const auto options = torch::TensorOptions(torch::kFloat64).device(device);
  const auto exponents = torch::arange(0, head_width, 2, options) / static_cast<double>(head_width);
  const auto angles = torch::arange(length, options).unsqueeze(1) * at::pow(10000.0, -exponents);
  return {.cosine = angles.cos().to(torch::kFloat32), .sine = angles.sin().to(torch::kFloat32)};
}

torch::Tensor rotate_pairs(const torch::Tensor& x, const RotaryTable& table) {
  const auto pair = x.unflatten(-1, {-1, 2}).unbind(-1);
  const auto first = pair[0] * table.cosine - pair[1] * table.sine;
  const auto second = pair[0] * table.sine + pair[1] * table.cosine;
  return torch::stack({first, second}, -1).flatten(-2);
}

}  // namespace veil
