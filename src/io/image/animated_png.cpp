#include "io/image/animated_png.h"

#include <array>
#include <iterator>

#include "io/image/encoders.h"
#include "io/image/picture_mark.h"
#include "io/image/png_chunks.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr std::array<uint8_t, 8> kSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr int64_t kMostMilliseconds = 65535;

void check(const std::vector<AnimationFrame>& frames) {
  require(!frames.empty(), "an animation has no frame, want one or more");
  for (const auto& frame : frames) {
    require(frame.image.shape() == frames.front().image.shape(), "frames of an animation are ",
            shape_text(frames.front().image.shape()), " and ", shape_text(frame.image.shape()), ", want one shape");
    require(frame.milliseconds >= 1 && frame.milliseconds <= kMostMilliseconds, "a frame is shown for ",
            frame.milliseconds, " ms, want 1 .. ", kMostMilliseconds);
  }
}

// How the picture behind it is shown: all of the canvas, in place of what was there.
void append_frame_control(std::vector<uint8_t>& file, uint32_t sequence, const AnimationFrame& frame) {
  std::vector<uint8_t> control;
  for (const int64_t number : {static_cast<int64_t>(sequence), frame.image.width, frame.image.height, int64_t{0},
                               int64_t{0}}) {
    append_big_endian(control, static_cast<uint32_t>(number));
  }
  const auto append_short = [&](int64_t number) {
    control.push_back(static_cast<uint8_t>(number >> 8));
    control.push_back(static_cast<uint8_t>(number));
  };
  append_short(frame.milliseconds);
  append_short(1000);  // of this part of a second
  control.insert(control.end(), {0, 0});
  append_chunk(file, "fcTL", control);
}

}  // namespace

std::vector<uint8_t> encode_animated_png(const std::vector<AnimationFrame>& frames, const PngText& text) {
  check(frames);
  const auto still = encode_png(frames.back().image);
  std::vector<uint8_t> file(kSignature.begin(), kSignature.end());
  append_chunk(file, "IHDR", chunk_content(still, "IHDR"));
  std::vector<uint8_t> animation;
  append_big_endian(animation, static_cast<uint32_t>(frames.size()));
  append_big_endian(animation, 0);  // again and again
  append_chunk(file, "acTL", animation);
  append_chunk(file, "IDAT", chunk_content(still, "IDAT"));  // without a control before it: no frame
  uint32_t sequence = 0;
  for (const auto& frame : frames) {
    append_frame_control(file, sequence++, frame);
    std::vector<uint8_t> data;
    append_big_endian(data, sequence++);
    const auto body = chunk_content(encode_smallest_png(frame.image), "IDAT");
    data.insert(data.end(), body.begin(), body.end());
    append_chunk(file, "fdAT", data);
  }
  append_chunk(file, "IEND", {});
  return with_png_text(file, text);
}

}  // namespace veil::io
