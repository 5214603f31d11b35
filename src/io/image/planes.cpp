#include "io/image/planes.h"

namespace veil::io {
namespace {

// [rows, columns] to [columns, rows].
std::vector<uint8_t> transposed(std::span<const uint8_t> values, size_t rows) {
  const auto columns = values.size() / rows;
  std::vector<uint8_t> result(values.size());
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < columns; ++column) {
      result[column * rows + row] = values[row * columns + column];
    }
  }
  return result;
}

}  // namespace

std::vector<uint8_t> pixels_of_planes(std::span<const uint8_t> planes, int64_t channels) {
  return transposed(planes, static_cast<size_t>(channels));
}

std::vector<uint8_t> planes_of_pixels(std::span<const uint8_t> pixels, int64_t channels) {
  return transposed(pixels, pixels.size() / static_cast<size_t>(channels));
}

}  // namespace veil::io
