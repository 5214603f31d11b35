#include <optional>
#include <utility>
#include <vector>

#include "base/torch.h"
#include "io/dataset/export_formats.h"
#include "io/dataset/size_choices.h"
#include "io/file/file_mark.h"
#include "veil/base/error.h"
#include "veil/io/format/numpy_writer.h"

namespace veil::io {
namespace {

// The images of a split.
struct Rows {
  std::vector<uint8_t> tokens;
  std::vector<int64_t> labels;
};

}  // namespace

ExportResult export_npz(const ImageSource& source, const std::filesystem::path& target, const PrepareOptions& options,
                        const ImageProgress& progress) {
  std::map<std::string, Rows> splits;
  int64_t bytes = 0;
  std::optional<TokenShape> shape;
  auto result = for_each_exported(
      source, options,
      [&](const std::string& split, int64_t /*number*/, const PreparedImage& image) {
        const auto& pixels = image.pixels;
        if (shape && *shape != pixels.shape()) {
          throw DataError(concat(source.info().name, ": the splits differ in size; ", size_choices(source, options)));
        }
        shape = pixels.shape();
        bytes += static_cast<int64_t>(pixels.values.size());
        require<DataError>(bytes <= kMostBytesInMemory, source.info().name, ": its images take more than ",
                           kMostBytesInMemory >> 30, " GiB; export them as png, or pack them");
        auto& rows = splits[split];
        rows.tokens.insert(rows.tokens.end(), pixels.values.begin(), pixels.values.end());
        rows.labels.push_back(image.label);
      },
      progress);
  std::vector<std::pair<std::string, torch::Tensor>> arrays;
  for (auto& [split, rows] : splits) {
    arrays.emplace_back(
        "x_" + split,
        torch::from_blob(rows.tokens.data(), {result.images.at(split), shape->height, shape->width, shape->channels},
                         torch::kUInt8));
    if (source.info().classes > 0) {
      arrays.emplace_back("y_" + split, torch::tensor(rows.labels, torch::kInt64));
    }
  }
  write_npz(target, arrays, file_mark(kImagesMark));
  return result;
}

}  // namespace veil::io
