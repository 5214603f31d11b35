#include "io/dataset/duplicates.h"

#include <algorithm>

#include "base/words.h"
#include "io/source/variant.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr const char* kDistinct = "-distinct";

}  // namespace

std::vector<std::string> splits_above(const SourceInfo& info, const std::string& split, double holdout) {
  if (!info.is_divided()) {
    return split == "test" || holdout == 0.0 ? std::vector<std::string>() : std::vector<std::string>{"test"};
  }
  std::vector<std::string> above;
  for (const char* name : {"test", "valid"}) {
    if (split == name) {
      break;
    }
    const bool is_there =
        std::any_of(info.splits.begin(), info.splits.end(), [&](const auto& each) { return each.name == name; });
    if (is_there) {
      above.emplace_back(name);
    }
  }
  return above;
}

int64_t images_compared(const SourceInfo& info, const std::string& split, const PrepareOptions& options) {
  int64_t images = 0;
  if (options.duplicates == Duplicates::kDrop) {
    for (const auto& above : splits_above(info, split, options.holdout)) {
      for (const auto& each : info.splits) {
        images += !info.is_divided() || each.name == above ? each.images : 0;
      }
    }
  }
  return images;
}

void DuplicateFilter::add_above(const PreparedImage& image) {
  known_.try_emplace(key_of(image.pixels), Known{.label = image.label, .is_above = true});
}

bool DuplicateFilter::takes(const PreparedImage& image, bool is_above) {
  auto& known = known_.try_emplace(key_of(image.pixels), Known{.label = image.label}).first->second;
  if (!known.is_taken && (is_above || !known.is_above)) {
    known.is_taken = true;
    return true;
  }
  ++dropped_.images;
  dropped_.in_other_split += known.is_above && !is_above ? 1 : 0;
  dropped_.of_other_class += known.label != image.label ? 1 : 0;
  return false;
}

std::string describe(const DroppedDuplicates& dropped) {
  std::vector<std::string> parts;
  if (dropped.in_other_split > 0) {
    parts.push_back(concat(dropped.in_other_split, " equal to one that is kept for scoring"));
  }
  if (dropped.of_other_class > 0) {
    parts.push_back(concat(dropped.of_other_class, " of another class than the one that is kept"));
  }
  return concat(dropped.images, dropped.images == 1 ? " duplicate dropped" : " duplicates dropped",
                parts.empty() ? "" : concat(" (", joined(parts), ")"));
}

nlohmann::ordered_json duplicates_json(const DroppedDuplicates& dropped) {
  return {{"images", dropped.images},
          {"in_other_split", dropped.in_other_split},
          {"of_other_class", dropped.of_other_class}};
}

nlohmann::ordered_json duplicates_json(const std::map<std::string, DroppedDuplicates>& splits) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [split, dropped] : splits) {
    json[split] = duplicates_json(dropped);
  }
  return json;
}

std::string describe(const PrepareOptions& options) {
  return concat(describe(options.fit), options.duplicates == Duplicates::kDrop ? ", duplicates dropped" : "");
}

DatasetInfo described(const SourceInfo& source, const std::string& split, const PrepareOptions& options) {
  DatasetInfo info = described(source, split, options.fit);
  const bool is_done = source.without_duplicates && options.fit == FitOptions{};
  if (options.duplicates == Duplicates::kDrop && !is_done) {
    info.preparation += info.preparation.empty() ? "duplicates dropped" : ", duplicates dropped";
    if (!info.name.starts_with("custom-") && info.name.find(kDistinct) == std::string::npos) {
      info.name += kDistinct;
    }
  }
  return info;
}

}  // namespace veil::io
