#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "veil/base/option.h"
#include "veil/io/image/pixels.h"

namespace veil::io {

enum class ResizeFilter {
  kArea,    ///< each new pixel is the mean of the area it covers (OpenCV's INTER_AREA); enlarges linearly
  kBox,     ///< the mean of the pixels whose centres it covers (Pillow's BOX)
  kLanczos  ///< windowed sinc of three lobes, widened when it shrinks (Pillow's LANCZOS)
};

/// How an image that is no square becomes one.
enum class FitKind {
  kCrop,  ///< its middle is cut out
  kPad    ///< all of it is kept, in the middle of a square of one colour
};

/// A colour of three channels. In grey images it is its luma.
struct Colour {
  uint8_t red = 255;
  uint8_t green = 255;
  uint8_t blue = 255;

  [[nodiscard]] bool operator==(const Colour&) const = default;
};

/// What images are made into before they become tokens.
struct FitOptions {
  int64_t size = 0;      ///< side of the square that they become; 0: as they are
  int64_t channels = 0;  ///< 1 or 3; 0: as they are
  ResizeFilter filter = ResizeFilter::kArea;
  bool upscale = false;  ///< enlarge what is smaller than `size` instead of refusing it
  FitKind fit = FitKind::kCrop;
  Colour padding{};  ///< of kPad: what lies around the image; white, which transparent pixels become too

  [[nodiscard]] bool operator==(const FitOptions&) const = default;
};

/// What each number of FitOptions may be, channels 2 excepted.
struct FitRanges {
  static constexpr IntegerRange kSize{.low = 0, .high = 16384};
  static constexpr IntegerRange kChannels{.low = 0, .high = 3};
};

/// Throws InvalidOption if a field is out of range, if images are to be padded to no size, or if there is a colour for
/// padding where nothing is padded.
void check_options(const FitOptions& options);

/// Makes an image size x size, and its channels those asked for: grey is repeated, colour becomes its luma (ITU-R
/// BT.601, as Pillow rounds it). With size 0 the pixels stay where they are.
///   kCrop   cuts the centre square (side min(height, width); top and left floor of half the rest) and resizes it.
///   kPad    resizes the whole so that its longer side is `size` and the shorter one to scale (rounded to the nearest,
///           half up; at least 1), and puts it in the middle, top and left floor of half the rest.
/// A side that keeps its length keeps its pixels. kBox and kLanczos give Pillow's pixels to the byte, of padded images
/// those of two calls, width first (in one call Pillow 13 begins with the height of tall ones, which can differ by a
/// few levels). Throws DataError, whose message is the reason alone, if the side that decides (kCrop: the shorter,
/// kPad: the longer) is below `size` and may not be enlarged; InvalidOption, as check_options; InvalidArgument if
/// `image` contradicts itself.
[[nodiscard]] Pixels fit_image(const Pixels& image, const FitOptions& options);

/// The largest `size` that an image becomes without being enlarged: the side that decides (kCrop: the shorter, kPad:
/// the longer), in pixels.
[[nodiscard]] int64_t largest_size(const Pixels& image, FitKind fit);

/// The middle of an image: `height` rows and `width` columns, top and left floor of half the rest. Throws
/// InvalidArgument if it has not so many.
[[nodiscard]] Pixels centre_of(const Pixels& image, int64_t height, int64_t width);

/// In words, for provenance: "centre crop, area filter to 64x64"; "padded with white, area filter to 64x64"; "as they
/// are" if nothing is asked for.
[[nodiscard]] std::string describe(const FitOptions& options);

/// "white", "black", or a number where all channels are equal ("128"), else the three: "255,128,0".
[[nodiscard]] std::string colour_text(const Colour& colour);

/// The reverse; every colour may also be three numbers. Nullopt for other texts.
[[nodiscard]] std::optional<Colour> parse_colour(std::string_view text);

}  // namespace veil::io
