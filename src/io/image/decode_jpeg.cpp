// jpeglib.h needs FILE and size_t.
#include <cstdio>
// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <array>
#include <csetjmp>
#include <string_view>
#include <utility>

#include "io/image/decoders.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int kMaxScans = 100;
constexpr int kExifMarker = JPEG_APP0 + 1;
constexpr unsigned kMaxMarker = 0xffff;

/// What libjpeg's callbacks need: the manager comes first, because libjpeg hands back a pointer to it. Nothing in it
/// has a destructor: longjmp leaves their frames.
struct JpegErrors {
  jpeg_error_mgr manager{};
  std::jmp_buf back{};
  std::array<char, JMSG_LENGTH_MAX> message{};
  bool ended = false;
  bool has_too_many_scans = false;
};

JpegErrors& errors_of(j_common_ptr jpeg) { return *reinterpret_cast<JpegErrors*>(jpeg->err); }

[[noreturn]] void on_error(j_common_ptr jpeg) {
  auto& errors = errors_of(jpeg);
  errors.ended = jpeg->err->msg_code == JWRN_JPEG_EOF || jpeg->err->msg_code == JERR_INPUT_EOF ||
                 jpeg->err->msg_code == JERR_INPUT_EMPTY;
  jpeg->err->format_message(jpeg, errors.message.data());
  std::longjmp(errors.back, 1);
}

// Level -1 is a warning: libjpeg would go on with pixels that it made up. Higher levels are traces.
void on_message(j_common_ptr jpeg, int level) {
  const bool is_harmless = jpeg->err->msg_code == JWRN_JFIF_MAJOR;  // a version number that libjpeg does not know
  if (level < 0 && !is_harmless) {
    on_error(jpeg);
  }
}

// A small file with thousands of scans would take hours.
void on_progress(j_common_ptr jpeg) {
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kMaxScans) {
    auto& errors = errors_of(jpeg);
    errors.has_too_many_scans = true;
    std::longjmp(errors.back, 1);
  }
}

class JpegReader {
 public:
  JpegReader() {
    jpeg_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = on_error;
    errors_.manager.emit_message = on_message;
    progress_.progress_monitor = on_progress;
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  JpegReader(JpegReader&&) = delete;
  JpegReader& operator=(JpegReader&&) = delete;

  [[nodiscard]] const jpeg_decompress_struct& state() const { return jpeg_; }

  /// Calls `step(&jpeg)`, which may hold nothing that has a destructor: libjpeg jumps out of it when it fails.
  template <typename Step>
  void run(const Step& step) {
    if (setjmp(errors_.back) != 0) {
      require<DataError>(!errors_.has_too_many_scans, "a JPEG of more than ", kMaxScans, " scans");
      require<DataError>(!errors_.ended, "the JPEG data end early");
      throw DataError(concat("the JPEG data are damaged or of a kind that is not read (", errors_.message.data(), ")"));
    }
    step(&jpeg_);
  }

  void read_header(std::span<const uint8_t> bytes) {
    run([&](j_decompress_ptr jpeg) {
      jpeg_create_decompress(jpeg);
      jpeg->progress = &progress_;
      jpeg_mem_src(jpeg, bytes.data(), bytes.size());
      jpeg_save_markers(jpeg, kExifMarker, kMaxMarker);
      jpeg_read_header(jpeg, TRUE);
    });
  }

 private:
  jpeg_decompress_struct jpeg_{};
  JpegErrors errors_{};
  jpeg_progress_mgr progress_{};
};

// A copy: libjpeg forgets the markers when it is done.
std::vector<uint8_t> exif_of(const jpeg_decompress_struct& jpeg) {
  using std::string_view_literals::operator""sv;
  constexpr auto kStart = "Exif\0\0"sv;
  for (const auto* marker = jpeg.marker_list; marker != nullptr; marker = marker->next) {
    const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (marker->marker == kExifMarker && data.starts_with(kStart)) {
      return {marker->data, marker->data + marker->data_length};
    }
  }
  return {};
}

// A progressive file can end properly and still lack whole scans; libjpeg says nothing then.
bool lacks_scans(const jpeg_decompress_struct& jpeg) {
  for (int i = 0; jpeg.progressive_mode != 0 && jpeg.coef_bits != nullptr && i < jpeg.num_components; ++i) {
    if (jpeg.coef_bits[i][0] != 0) {
      return true;
    }
  }
  return false;
}

std::vector<uint8_t> read_pixels(JpegReader& reader) {
  const auto& state = reader.state();
  const auto row_bytes = size_t{state.image_width} * static_cast<size_t>(state.num_components);
  std::vector<uint8_t> values(row_bytes * state.image_height);
  auto* const out = values.data();
  reader.run([&](j_decompress_ptr jpeg) {
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height) {
      JSAMPROW row = out + row_bytes * jpeg->output_scanline;
      jpeg_read_scanlines(jpeg, &row, 1);
    }
  });
  require<DataError>(!lacks_scans(state), "a progressive JPEG that lacks scans");
  reader.run([](j_decompress_ptr jpeg) { jpeg_finish_decompress(jpeg); });
  return values;
}

// Without a colour profile: red = (255 - cyan) (255 - black) / 255. Adobe's files hold the complements already.
std::vector<uint8_t> cmyk_to_colour(std::vector<uint8_t> values, bool is_inverted) {
  const uint8_t flip = is_inverted ? 0 : 255;
  const size_t count = values.size() / 4;
  for (size_t i = 0; i < count; ++i) {
    const auto* pixel = &values[4 * i];
    const uint32_t light = pixel[3] ^ flip;
    for (size_t c = 0; c < 3; ++c) {
      values[3 * i + c] = static_cast<uint8_t>(((pixel[c] ^ flip) * light + 127) / 255);
    }
  }
  values.resize(3 * count);
  values.shrink_to_fit();
  return values;
}

}  // namespace

DecodedImage decode_jpeg(std::span<const uint8_t> bytes) {
  JpegReader reader;
  reader.read_header(bytes);
  const auto& state = reader.state();
  check_image_size(state.image_width, state.image_height);
  const int stored = state.num_components;
  require<DataError>(stored == 1 || stored == 3 || stored == 4, "a JPEG of ", stored, " channels, want 1, 3 or 4");
  reader.run([stored](j_decompress_ptr jpeg) {
    jpeg->out_color_space = stored == 1 ? JCS_GRAYSCALE : stored == 3 ? JCS_RGB : JCS_CMYK;
  });
  const auto exif = exif_of(state);
  const bool is_adobe = state.saw_Adobe_marker != 0;
  auto values = read_pixels(reader);
  DecodedImage image;
  if (stored == 4) {
    values = cmyk_to_colour(std::move(values), is_adobe);
    image.conversions.emplace_back(kCmyk);
  }
  image.pixels = {.height = state.image_height,
                  .width = state.image_width,
                  .channels = stored == 1 ? 1 : 3,
                  .values = std::move(values)};
  turn_upright(image, exif);
  return image;
}

}  // namespace veil::io
