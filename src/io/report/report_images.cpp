#include "io/report/report_images.h"

#include <algorithm>
#include <optional>
#include <system_error>

#include "io/file/base64.h"
#include "io/file/files.h"
#include "io/report/markup.h"
#include "io/report/report_maps.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxImageBytes = 2'500'000;
constexpr size_t kMostGrids = 6;
constexpr size_t kMostText = 600;  // of an example

/// A PNG file in base64 that still fits into the page.
std::optional<std::string> read_picture(const fs::path& file, PictureBudget& budget) {
  try {
    const auto bytes = read_file(file, kMaxImageBytes);
    const bool is_png = bytes.size() > 8 && bytes[0] == 0x89 && bytes[1] == 'P';
    return is_png && budget.take(bytes.size() * 4 / 3 + 4) ? std::optional(base64(bytes)) : std::nullopt;
  } catch (const DataError&) {
    return std::nullopt;
  }
}

std::string figure(const std::string& encoded, const std::string& words, const std::string& caption,
                   const char* kind = "") {
  return concat("<figure", *kind == '\0' ? "" : concat(" class=\"", kind, "\""), ">", picture(encoded, words),
                "<figcaption>", escape_markup(caption), "</figcaption></figure>\n");
}

bool is_final(const fs::path& picture, const RunLayout& layout) { return picture.parent_path() == layout.folder; }

/// Of a grid that is called by its step: ": after 200 updates".
std::string updates_of(const fs::path& picture) {
  const std::string stem = picture.stem().string();
  const auto digits = stem.find_first_not_of('0', stem.find_first_of("0123456789"));
  const bool is_step = stem.starts_with("step-") && stem.find_first_not_of("0123456789", 5) == std::string::npos;
  return is_step && digits != std::string::npos ? concat(": after ", stem.substr(digits), " updates") : std::string();
}

std::string unmasking(RunRecords& records, const RunLayout& layout, PictureBudget& budget) {
  std::string html;
  for (const auto& [file, words, caption, kind] :
       {std::tuple{layout.unmasking, "Samples on their way",
                   "From all masked (slate blue) on the left to the finished sample on the right, at even distances "
                   "of denoising steps.",
                   "strip"},
        std::tuple{layout.film, "Samples on their way, as an animation", "The same as an animation.", "film"}}) {
    std::error_code error;
    if (!fs::exists(file, error)) {
      continue;
    }
    if (const auto encoded = read_picture(file, budget)) {
      html += figure(*encoded, words, caption, kind);
    } else {
      records.notes.push_back(file.filename().string() + " is damaged, or too large for this page.");
    }
  }
  return html.empty() ? "" : "<h3>How samples come to be</h3>\n" + html;
}

std::string texts_of(const std::vector<std::string>& texts) {
  std::string html = "<ul class=\"texts\">\n";
  for (const auto& text : texts) {
    html += concat("<li>", escape_markup(std::string_view(text).substr(0, kMostText)), "</li>\n");
  }
  return html + "</ul>\n";
}

std::string example_item(const PicturedExample& example) {
  const std::string title = concat(example.name.empty() ? "" : example.name + ", ", "example ", example.index);
  std::string text = concat("<li title=\"", escape_markup(title), "\">");
  for (const auto& [encoded, words] : {std::pair{&example.picture, "Example "}, {&example.map, "Bits of example "}}) {
    text += encoded->empty() ? "" : picture(*encoded, concat(words, example.index), 82);
  }
  return concat(
      text, "<b>", fixed_number(example.bits_per_dim, 3), "</b><br>", plus_minus(example.mask_standard_error, 3),
      "<br>no. ", example.index, example.class_name.empty() ? "" : concat(", ", escape_markup(example.class_name)),
      example.text.empty() ? "" : concat("<br>", escape_markup(std::string_view(example.text).substr(0, kMostText))),
      "</li>\n");
}

size_t size_of(const std::vector<PicturedExample>& examples) {
  size_t bytes = 0;
  for (const auto& example : examples) {
    bytes += example.picture.size() + example.map.size();
  }
  return bytes;
}

std::string ranked(RunRecords& records, PictureBudget& budget) {
  const auto& details = *records.details;
  if (!budget.take(size_of(details.most_bits) + size_of(details.fewest_bits))) {
    records.notes.emplace_back("The examples of most and of fewest bits are too large for this page.");
    return "";
  }
  std::string html;
  for (const auto& [examples, title] :
       {std::pair{&details.most_bits, "Examples of most bits, the least likely first"},
        std::pair{&details.fewest_bits, "Examples of fewest bits, the likeliest first"}}) {
    if (examples->empty()) {
      continue;
    }
    const bool is_text = !examples->front().text.empty();
    html += concat("<h3>", title, "</h3>\n<ul class=\"", is_text ? "texts" : "pictures", "\">\n");
    for (const auto& example : *examples) {
      html += example_item(example);
    }
    html += "</ul>\n";
  }
  return html + remark(concat("Bits per dimension ± the standard error that is due to masks, the number in the split",
                              details.white > 0 ? concat(", and below each image its map: black is 0 bits, white ",
                                                         fixed_number(details.white, 1), " bits a pixel or more.")
                                                : std::string(".")));
}

}  // namespace

std::string samples_section(RunRecords& records, const RunLayout& layout, PictureBudget& budget) {
  if (!records.texts.empty()) {
    return texts_of(records.texts);
  }
  std::string html;
  if (!records.pictures.empty() && is_final(records.pictures.back(), layout)) {
    const fs::path last = records.pictures.back();
    if (const auto encoded = read_picture(last, budget)) {
      html += figure(*encoded, concat("Samples ", last.filename().string()),
                     concat(last.filename().string(), ": drawn by the finished model"));
    } else {
      records.notes.push_back(last.filename().string() + " is damaged, or too large for this page.");
    }
  }
  if (records.details && !records.details->pictured.empty() && budget.take(records.details->pictured.size())) {
    html += figure(records.details->pictured, "Images of the data",
                   concat("images of the data that it was scored on (",
                          records.evaluation ? records.evaluation->split : std::string(), ")"));
  }
  html = html.empty() ? "" : concat("<div class=\"pair\">\n", html, "</div>\n");
  return html + unmasking(records, layout, budget);
}

std::string training_grids(RunRecords& records, const RunLayout& layout, PictureBudget& budget) {
  std::string html;
  size_t left_out = 0;
  size_t shown = 0;
  size_t all = 0;
  for (auto path = records.pictures.rbegin(); path != records.pictures.rend(); ++path) {
    if (is_final(*path, layout)) {
      continue;
    }
    ++all;
    const auto encoded = shown < kMostGrids ? read_picture(*path, budget) : std::nullopt;
    if (!encoded) {
      ++left_out;
      continue;
    }
    ++shown;
    const std::string name = path->filename().string();
    html += figure(*encoded, concat("Samples ", name), name + updates_of(*path));
  }
  if (left_out > 0) {
    records.notes.push_back(concat(left_out, " of ", all, " sample grids are left out, to keep this page small."));
  }
  return html.empty() ? "" : concat("<div class=\"pair\">\n", html, "</div>\n");
}

std::string bits_section(RunRecords& records, PictureBudget& budget) {
  if (!records.details) {
    return "";
  }
  return concat(mean_maps(*records.details, budget), ranked(records, budget));
}

}  // namespace veil::io
