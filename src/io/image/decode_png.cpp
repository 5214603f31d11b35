#include <png.h>

#include <array>
#include <csetjmp>
#include <cstring>
#include <new>
#include <utility>

#include "io/image/decoders.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr png_alloc_size_t kMaxChunk = png_alloc_size_t{8} << 20;
constexpr size_t kSignature = 8;
constexpr size_t kEntry = 3;        // of a palette
constexpr size_t kChunkFrame = 12;  // length, type, check sum

/// What libpng's callbacks need. Nothing in it has a destructor: longjmp leaves their frames.
struct PngInput {
  const uint8_t* next = nullptr;
  size_t left = 0;
  bool ended = false;
  std::array<char, 128> message{};
};

void note(PngInput& input, const char* message) {
  if (input.message[0] == '\0') {
    std::strncpy(input.message.data(), message, input.message.size() - 1);
  }
}

void read_bytes(png_structp png, png_bytep out, size_t size) {
  auto& input = *static_cast<PngInput*>(png_get_io_ptr(png));
  if (size > input.left) {
    input.ended = true;
    png_error(png, "end of data");
  }
  std::memcpy(out, input.next, size);
  input.next += size;
  input.left -= size;
}

[[noreturn]] void on_error(png_structp png, const char* message) {
  note(*static_cast<PngInput*>(png_get_error_ptr(png)), message);
  png_longjmp(png, 1);
}

// Chunks that do not touch the pixels are skipped unread, so what libpng warns of are damaged data.
void on_warning(png_structp png, const char* message) { on_error(png, message); }

class PngReader {
 public:
  explicit PngReader(std::span<const uint8_t> bytes) : input_{.next = bytes.data(), .left = bytes.size()} {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &input_, on_error, on_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  PngReader(PngReader&&) = delete;
  PngReader& operator=(PngReader&&) = delete;

  /// Calls `step(png, info)`, which may hold nothing that has a destructor: libpng jumps out of it when it fails.
  template <typename Step>
  void run(const Step& step) {
    if (setjmp(png_jmpbuf(png_)) != 0) {
      require<DataError>(!input_.ended, "the PNG data end early");
      throw DataError(concat("the PNG data are damaged (", input_.message.data(), ")"));
    }
    step(png_, info_);
  }

  void set_input() { png_set_read_fn(png_, &input_, read_bytes); }

 private:
  PngInput input_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

struct Format {
  png_uint_32 width = 0;
  png_uint_32 height = 0;
  int depth = 0;
  int type = 0;
  int interlace = 0;
  bool has_alpha = false;
  std::span<const uint8_t> palette;  // lives as long as the reader

  [[nodiscard]] int64_t channels() const {
    return type == PNG_COLOR_TYPE_PALETTE || (type & PNG_COLOR_MASK_COLOR) ? 3 : 1;
  }
};

void set_limits(png_structp png) {
  // Only IHDR, PLTE, tRNS, IDAT and IEND are looked at; of the others the check sums alone.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_benign_errors(png, 0);
  png_set_chunk_malloc_max(png, kMaxChunk);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // check_image_size says more
}

std::span<const uint8_t> palette_of(png_const_structp png, png_infop info) {
  static_assert(sizeof(png_color) == kEntry);
  png_colorp colours = nullptr;
  int count = 0;
  if (png_get_PLTE(png, info, &colours, &count) == 0) {
    return {};
  }
  return {&colours->red, kEntry * static_cast<size_t>(count)};
}

void read_header(png_structp png, png_infop info, Format& format) {
  set_limits(png);
  png_read_info(png, info);
  png_get_IHDR(png, info, &format.width, &format.height, &format.depth, &format.type, &format.interlace, nullptr,
               nullptr);
  const bool has_key = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  format.has_alpha = has_key || (format.type & PNG_COLOR_MASK_ALPHA) != 0;
  format.palette = palette_of(png, info);
}

// Asks for 8 bits a channel, no palette, and transparency as a channel.
void set_transformations(png_structp png, png_infop info) {
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

std::vector<uint8_t> read_pixels(PngReader& reader, const Format& format) {
  size_t row_bytes = 0;
  reader.run([&](png_structp png, png_infop info) {
    set_transformations(png, info);
    row_bytes = png_get_rowbytes(png, info);
  });
  const auto depth = static_cast<size_t>(format.channels() + (format.has_alpha ? 1 : 0));
  require<std::logic_error>(row_bytes == format.width * depth, "libpng gives rows of ", row_bytes, " bytes, want ",
                            format.width * depth);
  std::vector<uint8_t> values(row_bytes * format.height);
  std::vector<png_bytep> rows(format.height);
  for (size_t y = 0; y < rows.size(); ++y) {
    rows[y] = &values[y * row_bytes];
  }
  reader.run([&](png_structp png, png_infop) {
    png_read_image(png, rows.data());
    png_read_end(png, nullptr);
  });
  return values;
}

uint32_t big_endian(std::span<const uint8_t> bytes, size_t at) {
  return uint32_t{bytes[at]} << 24 | uint32_t{bytes[at + 1]} << 16 | uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

// The data of the first chunk of that type; their check sum is left to libpng.
std::span<const uint8_t> find_chunk(std::span<const uint8_t> bytes, const char* type) {
  for (size_t at = kSignature; at < bytes.size() && bytes.size() - at >= kChunkFrame;) {
    const size_t length = big_endian(bytes, at);
    if (length > bytes.size() - at - kChunkFrame) {
      break;
    }
    if (std::memcmp(&bytes[at + 4], type, 4) == 0) {
      return bytes.subspan(at + 8, length);
    }
    at += kChunkFrame + length;
  }
  return {};
}

}  // namespace

DecodedImage decode_png(std::span<const uint8_t> bytes) {
  PngReader reader(bytes);
  reader.set_input();
  Format format;
  reader.run([&](png_structp png, png_infop info) { read_header(png, info, format); });
  check_image_size(format.width, format.height);
  require<DataError>(find_chunk(bytes, "acTL").empty(), "an animated PNG; want a single image");
  auto values = read_pixels(reader, format);
  DecodedImage image;
  if (format.depth == 16) {
    image.conversions.emplace_back(kSixteenBits);
  }
  if (format.has_alpha) {
    image.pixels = without_alpha(format.height, format.width, format.channels(), std::move(values), image.conversions);
  } else {
    image.pixels = {
        .height = format.height, .width = format.width, .channels = format.channels(), .values = std::move(values)};
  }
  if (format.type == PNG_COLOR_TYPE_PALETTE) {
    convert_palette(image, format.palette, kEntry);
  }
  turn_upright(image, find_chunk(bytes, "eXIf"));
  return image;
}

}  // namespace veil::io
