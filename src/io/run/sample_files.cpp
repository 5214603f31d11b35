#include "io/run/sample_files.h"

#include <algorithm>
#include <system_error>

#include "base/torch.h"
#include "io/file/publish.h"
#include "io/image/picture_mark.h"
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

fs::path write(const fs::path& stem, const torch::Tensor& tokens, const DatasetInfo& data) {
  if (data.kind == DataKind::kImage) {
    auto path = with_ending(stem, kPicture);
    write_png(path, image_grid(tokens, data.shape, {.scale = 0, .vocab_size = data.vocab_size}),
              picture_mark(kSamplesMark));
    return path;
  }
  auto path = with_ending(stem, kLines);
  write_texts(path, tokens_to_texts(tokens, data.alphabet));
  return path;
}

}  // namespace

fs::path write_samples(const RunLayout& layout, const torch::Tensor& tokens, const DatasetInfo& data) {
  return write(layout.samples, tokens, data);
}

fs::path samples_file(const RunLayout& layout, DataKind kind) {
  return with_ending(layout.samples, kind == DataKind::kImage ? kPicture : kLines);
}

fs::path write_step_samples(const RunLayout& layout, int64_t step, const torch::Tensor& tokens,
                            const DatasetInfo& data) {
  make_folder(layout.samples);
  return write(layout.samples / step_name(step), tokens, data);
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
