#pragma once

#include <cstdint>
#include <vector>

#include "io/dataset/inspect_images.h"
#include "io/image/compressed_size.h"

namespace veil::io {

/// Whether number `seen` of `total` is one of `wanted` at even distances.
[[nodiscard]] bool is_sampled(int64_t seen, int64_t total, int64_t wanted);

/// What compressors make of some of the images that come by: up to 500 at even distances, of which no more than the
/// centre is taken; fewer where these have more than two million pixels, but at least 32. It takes some seconds,
/// however many and large the images are. Memory: these pixels.
class CompressorSample {
 public:
  explicit CompressorSample(int64_t images_in_all) : total_(images_in_all) {}

  /// The next images, as they come.
  void add(const std::vector<PreparedImage>& block);

  /// Of those that came. Uses all cores.
  [[nodiscard]] CompressorFigures figures() const;

 private:
  void thin();

  int64_t total_;
  int64_t seen_ = 0;
  int64_t candidates_ = 0;  // of 500 at even distances
  int64_t step_ = 1;        // of these, each so many is taken
  int64_t pixels_ = 0;
  bool is_any_cut_ = false;
  std::vector<Pixels> images_;
};

}  // namespace veil::io
