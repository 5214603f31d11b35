#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "io/dataset/content_key.h"
#include "veil/data/dataset_info.h"
#include "veil/io/dataset/prepared_images.h"

namespace veil::io {

/// The splits whose images come before equal ones of `split`: test before valid before train. Of a source without
/// splits: "test" before "train" and among "all".
[[nodiscard]] std::vector<std::string> splits_above(const SourceInfo& info, const std::string& split, double holdout);

/// How many images of the source are looked at for these before the first of `split`; 0 where duplicates are kept.
[[nodiscard]] int64_t images_compared(const SourceInfo& info, const std::string& split, const PrepareOptions& options);

/// Keeps one of equal images: of a split that others give way to, else the first that comes. 60 bytes an image.
class DuplicateFilter {
 public:
  /// An image of a split above, which is kept there. Those of the highest split first.
  void add_above(const PreparedImage& image);

  /// Whether an image is kept. Counts it if it is not. `is_above`: it is itself one of those that others give way to.
  [[nodiscard]] bool takes(const PreparedImage& image, bool is_above);

  [[nodiscard]] const DroppedDuplicates& dropped() const { return dropped_; }

 private:
  struct Known {
    int64_t label = -1;  // of the one that is kept
    bool is_above = false;
    bool is_taken = false;
  };

  std::unordered_map<ContentKey, Known, HashKey> known_;
  DroppedDuplicates dropped_;
};

/// {"images", "in_other_split", "of_other_class"}, and an object of such for the splits.
[[nodiscard]] nlohmann::ordered_json duplicates_json(const DroppedDuplicates& dropped);
[[nodiscard]] nlohmann::ordered_json duplicates_json(const std::map<std::string, DroppedDuplicates>& splits);

/// described() of io/source/variant.h, and whether duplicates are dropped: then a known data set is another one, with
/// "-distinct" behind its name.
[[nodiscard]] DatasetInfo described(const SourceInfo& source, const std::string& split, const PrepareOptions& options);

}  // namespace veil::io
