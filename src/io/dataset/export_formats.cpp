#include "io/dataset/export_formats.h"

#include <vector>

#include "veil/base/error.h"

namespace veil::io {

std::map<std::string, int64_t> for_each_exported(const ImageSource& source, const PrepareOptions& options,
                                                 const ExportImage& write, const ImageProgress& progress) {
  std::map<std::string, int64_t> counts;
  const auto visit = [&](const std::string& split, const std::vector<PreparedImage>& block) {
    for (const auto& image : block) {
      const bool is_whole = split == "all";
      const std::string name = !is_whole ? split : image.is_held_out ? "test" : "train";
      write(name, counts[name]++, image);
    }
  };
  std::vector<Refusal> refused;
  for (const auto& remarks : for_each_block(source, options, visit, progress)) {
    refused.insert(refused.end(), remarks.refused.begin(), remarks.refused.end());
  }
  require<DataError>(!counts.empty(), source.info().name, ": no image can be used", first_refusal(refused));
  return counts;
}

}  // namespace veil::io
