#include "cli/command/data/data_report.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/words.h"
#include "cli/terminal/plain_numbers.h"
#include "io/dataset/duplicates.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

constexpr size_t kIndent = 16;  // of what stands behind a name
constexpr size_t kShownReasons = 8;
constexpr size_t kShownShapes = 6;
constexpr size_t kShownClasses = 100;
constexpr size_t kWidth = 110;  // of a line, where it can be chosen
constexpr const char* kDensity = " .:-=+*#";

std::string padded(const std::string& text, size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 0, ' ');
}

std::string line(const std::string& name, const std::string& value) { return padded(name, kIndent) + value + "\n"; }

std::string files_text(int64_t count) { return concat(count, count == 1 ? " file" : " files"); }

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

// The parts with commas, in lines that begin below the first.
std::string wrapped(const std::vector<std::string>& parts) {
  std::string text;
  size_t column = 0;
  for (const auto& part : parts) {
    const bool fits = column + part.size() + 3 <= kWidth - kIndent;
    text += column == 0 ? "" : fits ? ", " : concat(",\n", std::string(kIndent, ' '));
    column = (fits ? column : 0) + part.size() + 2;
    text += part;
  }
  return text;
}

std::string classes_text(const io::SourceInfo& source, const io::SplitInspection& split) {
  if (split.per_class.empty()) {
    return "";
  }
  const auto [least, most] = std::minmax_element(split.per_class.begin(), split.per_class.end());
  std::vector<std::string> parts;
  for (size_t label = 0; label < std::min(split.per_class.size(), kShownClasses); ++label) {
    parts.push_back(concat(class_name(source, label), " ", split.per_class[label]));
  }
  if (split.per_class.size() > kShownClasses) {
    parts.push_back(concat("and ", split.per_class.size() - kShownClasses, " more, which --json lists"));
  }
  return line("  per class", *least == *most ? concat(*least, " each") : concat(*least, " to ", *most)) +
         line("", wrapped(parts));
}

// Reasons that differ in numbers alone are one.
std::string without_numbers(const std::string& reason) {
  std::string text;
  for (const char letter : reason) {
    const bool is_digit = letter >= '0' && letter <= '9';
    if (!is_digit || !text.ends_with('#')) {
      text += is_digit ? '#' : letter;
    }
  }
  return text;
}

std::string refusals_text(const io::SplitInspection& split) {
  if (split.refused.empty()) {
    return "";
  }
  std::vector<std::pair<int64_t, const io::Refusal*>> reasons;  // how many, and the first of them
  std::map<std::string, size_t> places;
  for (const auto& refusal : split.refused) {
    const auto [place, is_new] = places.emplace(without_numbers(refusal.reason), reasons.size());
    if (is_new) {
      reasons.emplace_back(0, &refusal);
    }
    ++reasons[place->second].first;
  }
  std::stable_sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text = line("  refused", files_text(std::ssize(split.refused)));
  for (size_t i = 0; i < std::min(reasons.size(), kShownReasons); ++i) {
    const auto& [count, first] = reasons[i];
    text += concat("    ", padded(concat(count), 12), printable(first->origin), ": ", printable(first->reason), "\n");
  }
  return text + (split.refused.size() > reasons.size() || reasons.size() > kShownReasons
                     ? "                --json lists all\n"
                     : "");
}

std::string split_text(const io::SourceInfo& source, const io::SplitInspection& split) {
  std::string text = line(split.name, concat(split.images, split.images == 1 ? " image" : " images"));
  if (split.images == 0) {
    return text + refusals_text(split);
  }
  if (split.name == "all") {
    text += line("  test split", concat(split.held_out, " of them, chosen by content (data.holdout)"));
  }
  text += line("  shape", shapes_text(split));
  text +=
      split.shapes.size() > 1
          ? line("",
                 "they differ; pack and train want --size N, perhaps with --fit pad, and --channels 1 or 3, if need be")
          : "";
  for (size_t channel = 0; channel < split.mean.size(); ++channel) {
    const char* names = split.mean.size() == 1 ? "g" : "rgb";
    text += line(concat("  mean ", split.mean.size() == 1 ? "grey" : std::string(1, names[channel])),
                 concat(fixed(split.mean[channel], 2), " ± ", fixed(split.deviation[channel], 2), "  ",
                        histogram_text(split.histogram[channel])));
  }
  text += classes_text(source, split);
  const char* label = "  converted";
  for (const auto& [what, count] : split.conversions) {
    text += line(std::exchange(label, ""), concat(count, ": ", what));
  }
  text +=
      split.duplicates > 0 ? line("  duplicates", concat(split.duplicates, "; --duplicates drop leaves them out")) : "";
  text += split.dropped.images > 0 ? line("  duplicates", io::describe(split.dropped)) : "";
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
          {"dropped_duplicates", io::duplicates_json(split.dropped)},
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

// How the files were understood, and which are not used.
std::string layout_text(const io::SourceInfo& source) {
  std::string text = source.layout.empty() ? "" : line("taken as", printable(source.layout));
  for (size_t i = 0; i < source.left_out.size(); ++i) {
    const auto& each = source.left_out[i];
    text += line(i == 0 ? "left out" : "",
                 concat(each.kind, ": ", each.count, ", ", each.count > 1 ? "such as " : "", printable(each.example)));
  }
  for (const auto& remark : source.remarks) {
    text += line("note", printable(remark));
  }
  return text;
}

nlohmann::ordered_json left_out_json(const io::SourceInfo& source) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& each : source.left_out) {
    list.push_back({{"kind", each.kind}, {"count", each.count}, {"example", each.example}});
  }
  return list;
}

}  // namespace

std::string inspection_text(const io::Inspection& inspection) {
  const auto& source = inspection.source;
  std::string text = line("name", printable(source.name)) + line("format", source.format);
  text += source.preparation.empty() ? "" : line("preparation", printable(source.preparation));
  text += line("classes", classes_text(source)) + layout_text(source);
  for (const auto& split : inspection.splits) {
    text += split_text(source, split);
  }
  if (inspection.scored_twice > 0) {
    text +=
        line("in train too", concat(inspection.scored_twice, " images of the test split: their figures are too good"));
  }
  if (inspection.of_other_class > 0) {
    text += line("of two classes", concat(inspection.of_other_class, " images equal an earlier one of another class"));
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
                                    {"layout", source.layout},
                                    {"left_out", left_out_json(source)},
                                    {"remarks", source.remarks},
                                    {"splits", splits},
                                    {"scored_twice", inspection.scored_twice},
                                    {"of_other_class", inspection.of_other_class},
                                    {"compressor_images", inspection.compressors.images},
                                    {"compressor_largest_side", inspection.compressors.largest_side},
                                    {"compressor_bits_per_dim", compressors}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace veil::cli
