#include "io/dataset/export_formats.h"

#include <vector>

#include "veil/base/error.h"

namespace veil::io {

ExportResult for_each_exported(const ImageSource& source, const PrepareOptions& options, const ExportImage& write,
                               const ImageProgress& progress) {
  ExportResult result;
  const auto visit = [&](const std::string& split, const std::vector<PreparedImage>& block) {
    for (const auto& image : block) {
      const bool is_whole = split == "all";
      const std::string name = !is_whole ? split : image.is_held_out ? "test" : "train";
      write(name, result.images[name]++, image);
    }
  };
  const auto remarks = for_each_block(source, options, visit, progress);
  for (size_t split = 0; split < remarks.size(); ++split) {
    const auto& refused = remarks[split].refused;
    result.refused.insert(result.refused.end(), refused.begin(), refused.end());
    result.duplicates[source.info().splits[split].name] = remarks[split].duplicates;
  }
  require<DataError>(!result.images.empty(), source.info().name, ": no image can be used",
                     refusals_text(result.refused, options.fit));
  return result;
}

}  // namespace veil::io
