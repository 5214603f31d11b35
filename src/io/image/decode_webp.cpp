#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>
#include <utility>

#include "io/file/byte_order.h"
#include "io/image/decoders.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kRiffHeader = 8;  // "RIFF" and the size of what follows

[[noreturn]] void refuse(VP8StatusCode status) {
  require<DataError>(status != VP8_STATUS_NOT_ENOUGH_DATA && status != VP8_STATUS_SUSPENDED, "the WebP data end early");
  require<DataError>(status != VP8_STATUS_OUT_OF_MEMORY, "the WebP data take more memory than there is");
  throw DataError("the WebP data are damaged");
}

std::vector<uint8_t> read_pixels(std::span<const uint8_t> bytes, const WebPBitstreamFeatures& features) {
  const size_t row_bytes = static_cast<size_t>(features.width) * (features.has_alpha != 0 ? 4 : 3);
  std::vector<uint8_t> values(row_bytes * static_cast<size_t>(features.height));
  WebPDecoderConfig config;
  require<std::logic_error>(WebPInitDecoderConfig(&config) != 0, "libwebp is of another version than its headers");
  config.output.colorspace = features.has_alpha != 0 ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {.rgba = values.data(), .stride = static_cast<int>(row_bytes), .size = values.size()};
  const auto status = WebPDecode(bytes.data(), bytes.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK) {
    refuse(status);
  }
  return values;
}

void turn_upright_by_chunk(DecodedImage& image, std::span<const uint8_t> bytes) {
  const WebPData data{.bytes = bytes.data(), .size = bytes.size()};
  const std::unique_ptr<WebPDemuxer, void (*)(WebPDemuxer*)> demuxer(WebPDemux(&data), WebPDemuxDelete);
  WebPChunkIterator chunk{};
  if (demuxer != nullptr && WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &chunk) != 0) {
    turn_upright(image, {chunk.chunk.bytes, chunk.chunk.size});
    WebPDemuxReleaseChunkIterator(&chunk);
  }
}

}  // namespace

DecodedImage decode_webp(std::span<const uint8_t> bytes) {
  require<DataError>(bytes.size() - kRiffHeader >= little_endian(bytes, 4, 4), "the WebP data end early");
  WebPBitstreamFeatures features;
  const auto status = WebPGetFeatures(bytes.data(), bytes.size(), &features);
  if (status != VP8_STATUS_OK) {
    refuse(status);
  }
  require<DataError>(features.has_animation == 0, "an animated WebP; want a single image");
  check_image_size(features.width, features.height);
  auto values = read_pixels(bytes, features);
  DecodedImage image;
  if (features.has_alpha != 0) {
    image.pixels = without_alpha(features.height, features.width, 3, std::move(values), image.conversions);
  } else {
    image.pixels = {.height = features.height, .width = features.width, .channels = 3, .values = std::move(values)};
  }
  turn_upright_by_chunk(image, bytes);
  return image;
}

}  // namespace veil::io
