#include "cli/command/data/data_report.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/words.h"
#include "cli/command/data/flag_words.h"
#include "cli/terminal/plain_numbers.h"
#include "io/dataset/duplicates.h"
#include "io/dataset/packing_note.h"
#include "io/dataset/refusals.h"
#include "io/source/class_numbers.h"
#include "io/source/left_out.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

constexpr size_t kIndent = 16;  // of what stands behind a name
constexpr size_t kShownReasons = 8;
constexpr size_t kShownShapes = 6;
constexpr size_t kShownClasses = 100;
constexpr size_t kShownEmpty = 20;
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

// At most so many, and a word on the others.
void shorten(std::vector<std::string>& parts, size_t most) {
  if (parts.size() > most) {
    const auto others = parts.size() - most;
    parts.resize(most);
    parts.push_back(concat("and ", others, " more, which --json lists"));
  }
}

// What all splits have in common.
struct Common {
  const io::SourceInfo& source;
  const io::FitOptions& fit;
  std::vector<bool> are_empty;  // classes without an image in any split, which are named once
};

std::vector<bool> empty_classes(const io::Inspection& inspection) {
  std::vector<bool> are_empty(static_cast<size_t>(inspection.source.classes), true);
  for (const auto& split : inspection.splits) {
    for (size_t label = 0; label < split.per_class.size(); ++label) {
      are_empty[label] = are_empty[label] && split.per_class[label] == 0;
    }
  }
  return are_empty;
}

std::string empty_classes_text(const Common& common) {
  std::vector<std::string> names;
  for (size_t label = 0; label < common.are_empty.size(); ++label) {
    if (common.are_empty[label]) {
      names.push_back(class_name(common.source, label));
    }
  }
  shorten(names, kShownEmpty);
  const auto& remarks = common.source.remarks;  // where the source knew it
  const bool is_told = std::any_of(remarks.begin(), remarks.end(), [](const auto& remark) {
    return remark.find(io::kWithoutExample) != std::string::npos;
  });
  return names.empty() || is_told ? "" : line("  no image of", wrapped(names));
}

std::string per_class_text(const Common& common, const io::SplitInspection& split) {
  std::vector<std::string> parts;
  int64_t least = split.images;
  int64_t most = 0;
  for (size_t label = 0; label < split.per_class.size(); ++label) {
    const auto count = split.per_class[label];
    if (!common.are_empty[label]) {
      parts.push_back(concat(class_name(common.source, label), " ", count));
      least = std::min(least, count);
      most = std::max(most, count);
    }
  }
  shorten(parts, kShownClasses);
  return parts.empty() ? ""
                       : line("  per class", least == most ? concat(least, " each") : concat(least, " to ", most)) +
                             line("", wrapped(parts));
}

std::string refusals_text(const Common& common, const io::SplitInspection& split) {
  if (split.refused.empty()) {
    return "";
  }
  const auto groups = io::refusal_groups(split.refused, common.fit);
  std::string text = line("  refused", files_text(std::ssize(split.refused)));
  for (const auto& each : io::refusal_lines(groups, kShownReasons)) {
    text += concat("      ", each, "\n");
  }
  return text + (split.refused.size() > groups.size() || groups.size() > kShownReasons
                     ? "                --json lists all\n"
                     : "");
}

std::string split_text(const Common& common, const io::SplitInspection& split) {
  std::string text = line(split.name, concat(split.images, split.images == 1 ? " image" : " images"));
  if (split.images == 0) {
    return text + refusals_text(common, split);
  }
  if (split.name == "all") {
    text += line("  test split", concat(split.held_out, " of them, chosen by content (data.holdout)"));
    text += split.holdout_advice.empty() ? ""
                                         : line("", concat("train wants images on both sides; ", split.holdout_advice));
  }
  text += line("  shape", shapes_text(split));
  if (!split.size_choices.empty()) {
    text += line("", "they differ, but pack and train want one size:");
    text += line("", split.size_choices);
    text += line("", "(with data.fit pad nothing is cut off, with data.channels 1 or 3 all are grey or in colour)");
  }
  text +=
      line("  values", "mean ± standard deviation; the bar runs from 0 to 255, its marks are darker where more are");
  for (size_t channel = 0; channel < split.mean.size(); ++channel) {
    const char* names = split.mean.size() == 1 ? "g" : "rgb";
    text += line(concat("  mean ", split.mean.size() == 1 ? "grey" : std::string(1, names[channel])),
                 concat(fixed(split.mean[channel], 2), " ± ", fixed(split.deviation[channel], 2), "  ",
                        histogram_text(split.histogram[channel])));
  }
  text += per_class_text(common, split);
  const char* label = "  converted";
  for (const auto& [what, count] : split.conversions) {
    text += line(std::exchange(label, ""), concat(count, ": ", what));
  }
  text +=
      split.duplicates > 0
          ? line("  duplicates", concat(split.duplicates, split.duplicates == 1 ? " equals" : " equal",
                                        " an earlier image", split.name == "all" ? "" : " of this split",
                                        "; --duplicates drop leaves ", split.duplicates == 1 ? "it" : "them", " out"))
          : "";
  text += split.dropped.images > 0 ? line("  duplicates", io::describe(split.dropped)) : "";
  return text + refusals_text(common, split);
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
  const auto left_out = io::in_order(source.left_out);
  for (size_t i = 0; i < left_out.size(); ++i) {
    const auto& each = left_out[i];
    text += line(i == 0 ? "left out" : "",
                 concat(each.kind, ": ", each.count, ", ", each.count > 1 ? "such as " : "", printable(each.example)));
  }
  for (const auto& remark : source.remarks) {
    text += line("note", printable(remark));
  }
  const auto packing = io::packing_note(source.provenance);
  return text + (packing.empty() ? "" : line("when packed", packing));
}

std::string compressors_text(const io::CompressorFigures& compressors, int64_t images) {
  std::string text;
  for (const auto& [name, bits_per_dim, error] : compressors.bits_per_dim) {
    text += line(name, concat(fixed(bits_per_dim, 3), error > 0.0 ? concat(" ± ", fixed(error, 3)) : "", " bits/dim"));
  }
  const auto side = compressors.largest_side;
  const char* why = " at even distances (500, fewer if large, so that it takes seconds)";
  if (!text.empty()) {
    text += line(
        "", concat("each image alone, ", compressors.images, " of ", images, compressors.images < images ? why : ""));
    text += side > 0 ? line("", concat("of larger images the ", side, "x", side, " in the centre")) : "";
  }
  return text;
}

}  // namespace

std::string inspection_text(const io::Inspection& inspection, const io::FitOptions& fit) {
  const auto& source = inspection.source;
  std::string text = line("name", printable(source.name)) + line("format", source.format);
  text += source.preparation.empty() ? "" : line("preparation", printable(source.preparation));
  text += line("classes", classes_text(source)) + layout_text(source);
  const Common common{.source = source, .fit = fit, .are_empty = empty_classes(inspection)};
  text += empty_classes_text(common);
  for (const auto& split : inspection.splits) {
    text += as_flags(split_text(common, split));
  }
  if (inspection.scored_twice > 0) {
    text +=
        line("in train too",
             concat(inspection.scored_twice, inspection.scored_twice == 1 ? " image" : " images",
                    " of the test split: ", "their figures are too good; --duplicates drop leaves them out of train"));
  }
  if (inspection.of_other_class > 0) {
    text += line("of two classes", concat(inspection.of_other_class, " images equal an earlier one of another class"));
  }
  return text + compressors_text(inspection.compressors, source.images());
}

std::string sheet_text(const io::Inspection& inspection, const std::string& path) {
  const auto& sheet = inspection.contact;
  std::vector<std::string> names;
  for (const auto label : sheet.rows.empty() ? sheet.pictures : sheet.rows) {
    names.push_back(class_name(inspection.source, static_cast<size_t>(label)));
  }
  const char* what = sheet.rows.empty() ? "pictures from the top left: " : "rows from the top: ";
  return line("sheet", path) + (names.empty() ? "" : concat(what, joined(names), "\n"));
}

}  // namespace veil::cli
