#include "io/report/film_maps.h"

#include "base/torch.h"
#include "io/file/base64.h"
#include "io/image/heat_colors.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"

namespace veil::io {

torch::Tensor heat_map(const torch::Tensor& values, const TokenShape& shape, double white) {
  const auto pixels = values.to(torch::kFloat64).view({values.size(0), -1, shape.channels}).mean(-1).contiguous();
  auto tokens = torch::empty({values.size(0), 3 * shape.height * shape.width}, torch::kInt64);
  const auto* value = pixels.const_data_ptr<double>();
  auto* token = tokens.mutable_data_ptr<int64_t>();
  for (int64_t i = 0; i < pixels.numel(); ++i) {
    for (const uint8_t channel : heat_color(value[i] / white)) {
      *token++ = channel;
    }
  }
  return tokens;
}

Pixels film_grid(const torch::Tensor& pictures, const TokenShape& shape) {
  constexpr uint8_t kBetween = 128;
  return image_grid(pictures, in_colour(shape), {.background = kBetween});
}

std::string encoded_png(const Pixels& image) { return base64(encode_png(image)); }

}  // namespace veil::io
