#pragma once

#include <cstdint>
#include <string>

#include "veil/base/option.h"
#include "veil/io/image/pixels.h"

namespace veil::io {

enum class ResizeFilter {
  kArea,    ///< each new pixel is the mean of the area it covers (OpenCV's INTER_AREA); enlarges linearly
  kBox,     ///< the mean of the pixels whose centres it covers (Pillow's BOX)
  kLanczos  ///< windowed sinc of three lobes, widened when it shrinks (Pillow's LANCZOS)
};

/// What images are made into before they become tokens.
struct FitOptions {
  int64_t size = 0;      ///< side of the square that they become; 0: as they are
  int64_t channels = 0;  ///< 1 or 3; 0: as they are
  ResizeFilter filter = ResizeFilter::kArea;
  bool upscale = false;  ///< enlarge what is smaller than `size` instead of refusing it

  [[nodiscard]] bool operator==(const FitOptions&) const = default;
};

/// What each number of FitOptions may be, channels 2 excepted.
struct FitRanges {
  static constexpr IntegerRange kSize{.low = 0, .high = 16384};
  static constexpr IntegerRange kChannels{.low = 0, .high = 3};
};

/// Throws InvalidOption if a field is out of range.
void check_options(const FitOptions& options);

/// Cuts the centre square (side min(height, width); top and left floor of half the rest), resizes it to size x size,
/// and makes the channels those asked for: grey is repeated, colour becomes its luma (ITU-R BT.601, as Pillow rounds
/// it). A square that is already size x size keeps its pixels; with size 0 nothing is cut. kBox and kLanczos give
/// Pillow's pixels to the byte. Throws DataError, whose message is the reason alone, if the shorter side is below
/// `size` and may not be enlarged; InvalidOption, as check_options; InvalidArgument if `image` contradicts itself.
[[nodiscard]] Pixels fit_image(const Pixels& image, const FitOptions& options);

/// The middle of an image: `height` rows and `width` columns, top and left floor of half the rest. Throws
/// InvalidArgument if it has not so many.
[[nodiscard]] Pixels centre_of(const Pixels& image, int64_t height, int64_t width);

/// In words, for provenance: "centre crop, area filter to 64x64"; "as they are" if nothing is asked for.
[[nodiscard]] std::string describe(const FitOptions& options);

}  // namespace veil::io
