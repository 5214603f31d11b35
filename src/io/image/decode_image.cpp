#include "io/image/decode_image.h"

#include <algorithm>
#include <array>

#include "base/words.h"
#include "io/file/lfs_pointer.h"
#include "io/image/decoders.h"
#include "io/image/exif.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using std::string_view_literals::operator""sv;  // NOLINT(misc-unused-using-decls): it is used

constexpr int64_t kMaxSide = 16384;
constexpr std::string_view kPdf = "a PDF file";
constexpr int64_t kMaxPixels = int64_t{64} << 20;

std::string_view as_text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Lower case, without the blanks and the mark of UTF-8 before it.
std::string start_of_text(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) {
    text.remove_prefix(3);
  }
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\f"), text.size()));
  return lower_case(text.substr(0, 16));
}

bool is_isobmff(std::string_view bytes, std::string_view brand) {
  return bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp" && bytes.substr(8).starts_with(brand);
}

// "" unless it is a format that people take for one of those that are read.
std::string_view foreign_format(std::string_view bytes) {
  if (bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv)) {
    return "a TIFF file";
  }
  if (is_isobmff(bytes, "avif")) {
    return "an AVIF file";
  }
  if (is_isobmff(bytes, "hei") || is_isobmff(bytes, "mif1")) {
    return "a HEIF file";
  }
  if (bytes.starts_with("\xff\x0a"sv) || bytes.starts_with("\0\0\0\x0cJXL "sv)) {
    return "a JPEG XL file";
  }
  return bytes.starts_with("%PDF"sv) ? kPdf : "";
}

[[noreturn]] void refuse(std::span<const uint8_t> bytes) {
  require<DataError>(!bytes.empty(), "an empty file");
  const auto text = as_text(bytes);
  const auto foreign = foreign_format(text);
  require<DataError>(foreign.empty(), foreign, "; want PNG, JPEG, WebP, BMP, GIF, PNM or TGA");
  const auto start = start_of_text(text.substr(0, 512));
  require<DataError>(!start.starts_with("<!doctype html") && !start.starts_with("<html") && !start.starts_with("<head"),
                     "a web page, not an image");
  require<DataError>(!start.starts_with("<svg") && !start.starts_with("<?xml"), "an XML or SVG file, not pixels");
  require<DataError>(!text.starts_with(kLfsPointer), "a pointer of Git LFS in place of the image");
  require<DataError>(!looks_like_text(text.substr(0, 512)), "text, not an image");
  throw DataError(
      concat("no image: the content begins with ", hexadecimal(bytes.first(std::min<size_t>(4, bytes.size())), " ")));
}

uint8_t over_white(uint32_t value, uint32_t alpha) {
  return static_cast<uint8_t>((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

void drop_to_grey(Pixels& image) {
  const auto count = static_cast<size_t>(image.height * image.width);
  for (size_t i = 1; i < count; ++i) {
    image.values[i] = image.values[3 * i];
  }
  image.values.resize(count);
  image.values.shrink_to_fit();
  image.channels = 1;
}

}  // namespace

std::string_view image_format(std::span<const uint8_t> start) {
  const auto bytes = as_text(start);
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) {
    return "PNG";
  }
  if (bytes.starts_with("\xff\xd8\xff")) {
    return "JPEG";
  }
  if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") {
    return "WebP";
  }
  // The four bytes behind the size are reserved; "BM" alone begins many a text.
  if (bytes.size() >= 12 && bytes.starts_with("BM") && bytes.substr(6, 4) == "\0\0\0\0"sv) {
    return "BMP";
  }
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) {
    return "GIF";
  }
  if (bytes.size() >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
      " \t\r\n#"sv.find(bytes[2]) != std::string_view::npos) {
    return "PNM";
  }
  return "";
}

bool begins_like_image(std::span<const uint8_t> start) {
  const auto foreign = foreign_format(as_text(start));
  return !image_format(start).empty() || (!foreign.empty() && foreign != kPdf);
}

DecodedImage decode_image(std::span<const uint8_t> bytes) {
  using Decoder = DecodedImage (*)(std::span<const uint8_t>);
  struct Entry {
    std::string_view format;
    Decoder decode;
  };
  constexpr std::array<Entry, 6> kDecoders{{{"PNG", decode_png},
                                            {"JPEG", decode_jpeg},
                                            {"WebP", decode_webp},
                                            {"BMP", decode_bmp},
                                            {"GIF", decode_gif},
                                            {"PNM", decode_pnm}}};
  const auto format = image_format(bytes);
  for (const auto& entry : kDecoders) {
    if (entry.format == format) {
      return entry.decode(bytes);
    }
  }
  if (has_tga_header(bytes) && !looks_like_text(as_text(bytes).substr(0, 512))) {
    return decode_tga(bytes);
  }
  refuse(bytes);
}

void check_image_size(int64_t width, int64_t height) {
  require<DataError>(width > 0 && height > 0, "an image without pixels, ", width, " wide and ", height, " high");
  require<DataError>(width <= kMaxSide && height <= kMaxSide, width, " x ", height, " pixels, want at most ", kMaxSide,
                     " on a side");
  require<DataError>(width * height <= kMaxPixels, width, " x ", height, " pixels, want at most ", kMaxPixels);
}

Pixels without_alpha(int64_t height, int64_t width, int64_t channels, std::vector<uint8_t> values,
                     std::vector<std::string>& conversions) {
  const auto colours = static_cast<size_t>(channels);
  const auto count = static_cast<size_t>(height * width);
  bool is_opaque = true;
  for (size_t i = 0; i < count; ++i) {
    const auto* pixel = &values[i * (colours + 1)];
    const auto alpha = pixel[colours];
    is_opaque &= alpha == 255;
    // In place: what is written lies before what is yet to be read.
    for (size_t c = 0; c < colours; ++c) {
      values[i * colours + c] = over_white(pixel[c], alpha);
    }
  }
  conversions.emplace_back(is_opaque ? kOpaqueAlpha : kTransparency);
  values.resize(count * colours);
  values.shrink_to_fit();
  return {.height = height, .width = width, .channels = channels, .values = std::move(values)};
}

void convert_palette(DecodedImage& image, std::span<const uint8_t> palette, size_t entry_bytes) {
  bool is_grey = true;
  for (size_t i = 0; i + entry_bytes <= palette.size(); i += entry_bytes) {
    is_grey &= palette[i] == palette[i + 1] && palette[i] == palette[i + 2];
  }
  image.conversions.emplace_back(is_grey ? kPaletteToGrey : kPaletteToColour);
  if (is_grey) {
    drop_to_grey(image.pixels);
  }
}

void turn_upright(DecodedImage& image, std::span<const uint8_t> exif) {
  const int orientation = exif_orientation(exif);
  if (orientation != 1) {
    apply_orientation(image.pixels, orientation);
    image.conversions.emplace_back(kOrientation);
  }
}

}  // namespace veil::io
