#include "cli/command/data/data_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/words.h"
#include "cli/terminal/plain_numbers.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

constexpr size_t kShownRefusals = 20;
constexpr size_t kShownShapes = 8;
constexpr size_t kShownClasses = 100;
constexpr const char* kDensity = " .:-=+*#";

std::string padded(const std::string& text, size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 0, ' ');
}

std::string line(const std::string& name, const std::string& value) { return padded(name, 16) + value + "\n"; }

std::string class_name(const io::SourceInfo& source, size_t label) {
  return source.class_names.empty() ? concat("class ", label) : printable(source.class_names[label]);
}

// Sixteen marks, darker where there are more pixels.
std::string histogram_text(const std::array<int64_t, 16>& bins) {
  const auto most = std::max<int64_t>(*std::max_element(bins.begin(), bins.end()), 1);
  std::string text = "|";
  for (const auto count : bins) {
    text += count == 0 ? ' ' : kDensity[1 + 6 * count / most];
  }
  return text + "|";
}

std::string shapes_text(const io::SplitInspection& split) {
  std::vector<std::pair<int64_t, std::string>> shapes;
  for (const auto& [shape, count] : split.shapes) {
    shapes.emplace_back(-count, shape);
  }
  std::sort(shapes.begin(), shapes.end());
  std::string text;
  for (size_t i = 0; i < std::min(shapes.size(), kShownShapes); ++i) {
    text += concat(i == 0 ? "" : ", ", shapes[i].second, shapes.size() > 1 ? concat(" (", -shapes[i].first, ")") : "");
  }
  return text + (shapes.size() > kShownShapes ? concat(" and ", shapes.size() - kShownShapes, " more") : "");
}

std::string classes_text(const io::SourceInfo& source, const io::SplitInspection& split) {
  if (split.per_class.empty()) {
    return "";
  }
  const auto [least, most] = std::minmax_element(split.per_class.begin(), split.per_class.end());
  std::string text = line("  per class", *least == *most ? concat(*least) : concat(*least, " to ", *most));
  for (size_t label = 0; label < std::min(split.per_class.size(), kShownClasses); ++label) {
    text += concat("    ", padded(concat(split.per_class[label]), 8), class_name(source, label), "\n");
  }
  return text + (split.per_class.size() > kShownClasses
                     ? concat("    … and ", split.per_class.size() - kShownClasses, " more; --json lists all\n")
                     : "");
}

std::string refusals_text(const io::SplitInspection& split) {
  std::string text;
  if (!split.refused.empty()) {
    text += line("  refused", concat(split.refused.size()));
  }
  for (size_t i = 0; i < std::min(split.refused.size(), kShownRefusals); ++i) {
    text += concat("    ", printable(split.refused[i].origin), ": ", printable(split.refused[i].reason), "\n");
  }
  if (split.refused.size() > kShownRefusals) {
    text += concat("    … and ", split.refused.size() - kShownRefusals, " more; --json lists all\n");
  }
  return text;
}

std::string split_text(const io::SourceInfo& source, const io::SplitInspection& split) {
  std::string text = line(split.name, concat(split.images, split.images == 1 ? " image" : " images"));
  if (split.name == "all") {
    text += line("  test split", concat(split.held_out, " of them, chosen by content (data.holdout)"));
  }
  text += line("  shape", shapes_text(split));
  for (size_t channel = 0; channel < split.mean.size(); ++channel) {
    const char* names = split.mean.size() == 1 ? "g" : "rgb";
    text += line(concat("  mean ", split.mean.size() == 1 ? "grey" : std::string(1, names[channel])),
                 concat(fixed(split.mean[channel], 2), " ± ", fixed(split.deviation[channel], 2), "  ",
                        histogram_text(split.histogram[channel])));
  }
  text += classes_text(source, split);
  for (const auto& [what, count] : split.conversions) {
    text += line("  converted", concat(count, ": ", what));
  }
  text += split.duplicates > 0 ? line("  duplicates", concat(split.duplicates)) : "";
  return text + refusals_text(split);
}

nlohmann::ordered_json split_json(const io::SplitInspection& split) {
  nlohmann::ordered_json refused = nlohmann::ordered_json::array();
  for (const auto& each : split.refused) {
    refused.push_back({{"file", each.origin}, {"reason", each.reason}});
  }
  return {{"name", split.name},
          {"images", split.images},
          {"shapes", split.shapes},
          {"mean", split.mean},
          {"deviation", split.deviation},
          {"histogram", split.histogram},
          {"per_class", split.per_class},
          {"duplicates", split.duplicates},
          {"held_out", split.held_out},
          {"conversions", split.conversions},
          {"refused", refused}};
}

std::string classes_text(const io::SourceInfo& source) {
  if (source.classes > 0) {
    return concat(source.classes);
  }
  return source.unlabelled.empty()
             ? "no labels"
             : concat("no labels, because not every image lies in a class folder: ", printable(source.unlabelled));
}

}  // namespace

std::string inspection_text(const io::Inspection& inspection) {
  const auto& source = inspection.source;
  std::string text = line("name", printable(source.name)) + line("format", source.format);
  text += source.preparation.empty() ? "" : line("preparation", printable(source.preparation));
  text += line("classes", classes_text(source));
  for (const auto& split : inspection.splits) {
    text += split_text(source, split);
  }
  if (inspection.scored_twice > 0) {
    text +=
        line("in train too", concat(inspection.scored_twice, " images of the test split: their figures are too good"));
  }
  const auto& compressors = inspection.compressors;
  const auto side = compressors.largest_side;
  for (const auto& [compressor, bits_per_dim] : compressors.bits_per_dim) {
    text += line(compressor,
                 concat(fixed(bits_per_dim, 3), " bits/dim, each image alone, on ", compressors.images, " of them",
                        side > 0 ? concat(", at most the ", side, "x", side, " in the centre") : ""));
  }
  return text;
}

std::string inspection_json(const io::Inspection& inspection) {
  const auto& source = inspection.source;
  nlohmann::ordered_json splits = nlohmann::ordered_json::array();
  for (const auto& split : inspection.splits) {
    splits.push_back(split_json(split));
  }
  nlohmann::ordered_json compressors = nlohmann::ordered_json::object();
  for (const auto& [compressor, bits_per_dim] : inspection.compressors.bits_per_dim) {
    compressors[compressor] = bits_per_dim;
  }
  const nlohmann::ordered_json json{{"schema_version", 1},
                                    {"name", source.name},
                                    {"format", source.format},
                                    {"preparation", source.preparation},
                                    {"provenance", source.provenance},
                                    {"classes", source.classes},
                                    {"class_names", source.class_names},
                                    {"splits", splits},
                                    {"scored_twice", inspection.scored_twice},
                                    {"compressor_images", inspection.compressors.images},
                                    {"compressor_largest_side", inspection.compressors.largest_side},
                                    {"compressor_bits_per_dim", compressors}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace veil::cli
