#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "io/dataset/inspect_images.h"
#include "io/image/compressed_size.h"

namespace veil::io {

/// Whether number `seen` of `total` is one of `wanted` at even distances.
[[nodiscard]] bool is_sampled(int64_t seen, int64_t total, int64_t wanted);

/// What compressors make of some of the images that come by: 500 small ones, fewer of large ones, of which the centre
/// is taken. It takes some seconds, however many and large the images are.
class CompressorSample {
 public:
  explicit CompressorSample(int64_t images_in_all) : total_(images_in_all) {}

  /// The next images, as they come. Uses all cores.
  void add(const std::vector<PreparedImage>& block);

  [[nodiscard]] CompressorFigures figures() const;

 private:
  int64_t total_;
  int64_t wanted_ = 0;
  int64_t seen_ = 0;
  int64_t taken_ = 0;
  int64_t values_ = 0;
  bool is_any_cut_ = false;
  std::map<Compressor, int64_t> bytes_;
};

}  // namespace veil::io
