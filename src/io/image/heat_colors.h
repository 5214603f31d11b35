#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "veil/io/image/pixels.h"

namespace veil::io {

/// The colour of a value that is this part of the largest: black at 0, over violet, red and yellow to white at 1. What
/// lies outside has the colour of the nearer end.
[[nodiscard]] std::array<uint8_t, 3> heat_color(double part);

/// A picture of values, [height, width], in which `white` and more is white. Throws InvalidArgument if there are not so
/// many.
[[nodiscard]] Pixels heat_picture(std::span<const double> values, int64_t height, int64_t width, double white);

/// The value below which 99.5 % of them lie: a `white` that few large ones do not move. Of one value or more.
[[nodiscard]] double heat_white(std::span<const double> values);

}  // namespace veil::io
