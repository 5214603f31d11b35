#include "io/run/sample_files.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "base/torch.h"
#include "io/file/files.h"
#include "io/file/publish.h"
#include "io/image/animated_png.h"
#include "io/image/picture_mark.h"
#include "io/image/picture_strip.h"
#include "io/model/model_files.h"
#include "io/text/text.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPicture = ".png";
constexpr const char* kLines = ".txt";

fs::path with_ending(fs::path stem, const char* ending) { return stem += ending; }

fs::path write(const fs::path& stem, const torch::Tensor& tokens, const DatasetInfo& data, int64_t rows) {
  if (data.kind == DataKind::kImage) {
    auto path = with_ending(stem, kPicture);
    write_png(path, image_grid(tokens, data.shape, {.rows = rows, .scale = 0, .vocab_size = data.vocab_size}),
              picture_mark(kSamplesMark));
    return path;
  }
  auto path = with_ending(stem, kLines);
  write_texts(path, tokens_to_texts(tokens, data.alphabet));
  return path;
}

constexpr int64_t kMostPictureBytes = 1'250'000;  // of all frames of an animation together, before they are compressed
constexpr int64_t kMostFrames = 25;
constexpr int64_t kFewestFrames = 5;
constexpr std::array<int64_t, 4> kImages{16, 9, 4, 1};

std::vector<uint8_t> unmasking_film(const std::vector<torch::Tensor>& pictures, const TokenShape& shape) {
  constexpr int64_t kFrame = 120;  // milliseconds
  constexpr int64_t kEnds = 1'500;
  std::vector<AnimationFrame> frames;
  for (const auto& picture : pictures) {
    frames.push_back({.image = image_grid(picture, shape, {.scale = 1}), .milliseconds = kFrame});
  }
  frames.front().milliseconds = kEnds / 2;
  frames.back().milliseconds = kEnds;
  return encode_animated_png(frames, picture_mark(kSamplesMark));
}

}  // namespace

int64_t grid_rows(const DenoiserOptions& network, const SampleOptions& options) {
  constexpr int64_t kMostRows = 256;
  return options.label >= 0 || network.classes > kMostRows ? 0 : std::min(network.classes, options.count);
}

UnmaskingOptions watched_for_pictures(const SampleOptions& options, const DatasetInfo& data) {
  if (data.kind != DataKind::kImage) {
    return {.samples = 0};
  }
  UnmaskingOptions watched;
  const int64_t image_bytes = 3 * data.shape.height * data.shape.width;
  for (const int64_t images : kImages) {
    if (images <= options.count && images * image_bytes * kMostFrames <= kMostPictureBytes) {
      watched.samples = images;
      break;
    }
  }
  watched.frames = std::clamp(kMostPictureBytes / (watched.samples * image_bytes), kFewestFrames, kMostFrames);
  return watched;
}

void write_unmasking(const RunLayout& layout, const std::vector<UnmaskingFrame>& frames, const DatasetInfo& data) {
  if (frames.empty()) {
    return;
  }
  const TokenShape shape{data.shape.height, data.shape.width, 3};
  std::vector<torch::Tensor> pictures;
  for (const auto& frame : frames) {
    pictures.push_back(with_visible_masks(frame.tokens, data));
  }
  write_png(layout.unmasking, picture_strip(pictures, shape), picture_mark(kSamplesMark));
  write_file(layout.film, unmasking_film(pictures, shape));
}

fs::path write_samples(const RunLayout& layout, const torch::Tensor& tokens, const DatasetInfo& data, int64_t rows) {
  return write(layout.samples, tokens, data, rows);
}

fs::path samples_file(const RunLayout& layout, DataKind kind) {
  return with_ending(layout.samples, kind == DataKind::kImage ? kPicture : kLines);
}

fs::path write_step_samples(const RunLayout& layout, int64_t step, const torch::Tensor& tokens, const DatasetInfo& data,
                            int64_t rows) {
  make_folder(layout.samples);
  return write(layout.samples / step_name(step), tokens, data, rows);
}

std::vector<fs::path> sample_pictures(const RunLayout& layout) {
  std::vector<fs::path> pictures;
  std::error_code error;
  for (fs::directory_iterator entry(layout.samples, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() == kPicture && entry->is_regular_file(ignored)) {
      pictures.push_back(entry->path());
    }
  }
  std::sort(pictures.begin(), pictures.end());
  if (const auto last = with_ending(layout.samples, kPicture); fs::is_regular_file(last, error)) {
    pictures.push_back(last);
  }
  return pictures;
}

}  // namespace veil::io
