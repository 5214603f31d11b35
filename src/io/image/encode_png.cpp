#include <png.h>

#include <array>
#include <csetjmp>
#include <cstring>
#include <new>
#include <stdexcept>

#include "io/image/encoders.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int kLevel = 9;

void append(png_structp png, png_bytep bytes, size_t size) {
  auto& file = *static_cast<std::vector<uint8_t>*>(png_get_io_ptr(png));
  file.insert(file.end(), bytes, bytes + size);
}

void flush(png_structp) {}

[[noreturn]] void on_error(png_structp png, const char* message) {
  std::strncpy(static_cast<char*>(png_get_error_ptr(png)), message, 127);
  png_longjmp(png, 1);
}

void on_warning(png_structp, const char*) {}

class PngWriter {
 public:
  PngWriter() {
    png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, message_.data(), on_error, on_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_write_struct(&png_, nullptr);
      throw std::bad_alloc();
    }
  }
  ~PngWriter() { png_destroy_write_struct(&png_, &info_); }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;
  PngWriter(PngWriter&&) = delete;
  PngWriter& operator=(PngWriter&&) = delete;

  /// Calls `step(png, info)`, which may hold nothing that has a destructor: libpng jumps out of it when it fails.
  template <typename Step>
  void run(const Step& step) {
    if (setjmp(png_jmpbuf(png_)) != 0) {
      throw std::runtime_error(concat("libpng: ", message_.data()));
    }
    step(png_, info_);
  }

 private:
  std::array<char, 128> message_{};
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

std::vector<uint8_t> encode_smallest_png(const Pixels& image) {
  std::vector<uint8_t> file;
  PngWriter writer;
  writer.run([&](png_structp png, png_infop info) {
    png_set_write_fn(png, &file, append, flush);
    png_set_compression_level(png, kLevel);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_ALL_FILTERS);
    png_set_IHDR(png, info, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height), 8,
                 image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int64_t y = 0; y < image.height; ++y) {
      png_write_row(png, image.values.data() + y * image.width * image.channels);
    }
    png_write_end(png, info);
  });
  return file;
}

}  // namespace veil::io
