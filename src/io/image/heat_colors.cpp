#include "io/image/heat_colors.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "veil/base/error.h"

namespace veil::io {
namespace {

using Color = std::array<double, 3>;

constexpr std::array<Color, 5> kScale{{{0, 0, 0}, {87, 16, 110}, {203, 62, 70}, {250, 180, 40}, {255, 255, 255}}};
constexpr double kBelowWhite = 0.995;

}  // namespace

std::array<uint8_t, 3> heat_color(double part) {
  const double place = std::clamp(part, 0.0, 1.0) * static_cast<double>(kScale.size() - 1);
  const auto low = std::min(static_cast<size_t>(place), kScale.size() - 2);
  std::array<uint8_t, 3> color{};
  for (size_t c = 0; c < 3; ++c) {
    color[c] = static_cast<uint8_t>(
        std::lround(kScale[low][c] + (place - static_cast<double>(low)) * (kScale[low + 1][c] - kScale[low][c])));
  }
  return color;
}

Pixels heat_picture(std::span<const double> values, int64_t height, int64_t width, double white) {
  require(std::ssize(values) == height * width, "a heat map of ", height, " x ", width, " has ", values.size(),
          " values");
  Pixels picture{.height = height, .width = width, .channels = 3, .values = {}};
  for (const double value : values) {
    const auto color = heat_color(white > 0 ? value / white : 0.0);
    picture.values.insert(picture.values.end(), color.begin(), color.end());
  }
  return picture;
}

double heat_white(std::span<const double> values) {
  require(!values.empty(), "a heat map has no values");
  std::vector<double> all(values.begin(), values.end());
  const auto place = all.begin() + static_cast<int64_t>(kBelowWhite * static_cast<double>(all.size() - 1));
  std::nth_element(all.begin(), place, all.end());
  return *place;
}

}  // namespace veil::io
