#include <jxl/encode.h>

#include <memory>
#include <stdexcept>

#include "io/image/encoders.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kEffort = 7;
constexpr size_t kPiece = size_t{1} << 16;

void check(bool done, const char* step) { require<std::runtime_error>(done, "libjxl: ", step, " failed"); }

void set_up(JxlEncoder* encoder, const Pixels& image) {
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = static_cast<uint32_t>(image.width);
  info.ysize = static_cast<uint32_t>(image.height);
  info.bits_per_sample = 8;
  info.num_color_channels = static_cast<uint32_t>(image.channels);
  info.uses_original_profile = JXL_TRUE;  // without it the colours are turned into another space, with loss
  check(JxlEncoderSetBasicInfo(encoder, &info) == JXL_ENC_SUCCESS, "the size");
  JxlColorEncoding colours;
  JxlColorEncodingSetToSRGB(&colours, image.channels == 1 ? JXL_TRUE : JXL_FALSE);
  check(JxlEncoderSetColorEncoding(encoder, &colours) == JXL_ENC_SUCCESS, "the colour space");
}

void add_pixels(JxlEncoder* encoder, const Pixels& image) {
  auto* settings = JxlEncoderFrameSettingsCreate(encoder, nullptr);  // owned by the encoder
  check(settings != nullptr && JxlEncoderSetFrameLossless(settings, JXL_TRUE) == JXL_ENC_SUCCESS &&
            JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, kEffort) == JXL_ENC_SUCCESS,
        "the settings");
  const JxlPixelFormat format{.num_channels = static_cast<uint32_t>(image.channels),
                              .data_type = JXL_TYPE_UINT8,
                              .endianness = JXL_NATIVE_ENDIAN,
                              .align = 0};
  check(JxlEncoderAddImageFrame(settings, &format, image.values.data(), image.values.size()) == JXL_ENC_SUCCESS,
        "taking the pixels");
  JxlEncoderCloseInput(encoder);
}

std::vector<uint8_t> take_file(JxlEncoder* encoder) {
  std::vector<uint8_t> file;
  auto status = JXL_ENC_NEED_MORE_OUTPUT;
  while (status == JXL_ENC_NEED_MORE_OUTPUT) {
    const size_t done = file.size();
    file.resize(done + kPiece);
    auto* next = file.data() + done;
    size_t left = kPiece;
    status = JxlEncoderProcessOutput(encoder, &next, &left);
    file.resize(file.size() - left);
  }
  check(status == JXL_ENC_SUCCESS, "encoding");
  return file;
}

}  // namespace

std::vector<uint8_t> encode_lossless_jxl(const Pixels& image) {
  const std::unique_ptr<JxlEncoder, void (*)(JxlEncoder*)> encoder(JxlEncoderCreate(nullptr), JxlEncoderDestroy);
  check(encoder != nullptr, "starting");
  set_up(encoder.get(), image);
  add_pixels(encoder.get(), image);
  return take_file(encoder.get());
}

}  // namespace veil::io
