#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/report/bar_plot.h"
#include "io/report/plot.h"

namespace veil::io {

/// From <!DOCTYPE> into the body, with the page's style, title and mark (file_mark.h). Nothing is loaded, and nothing
/// runs but `script`, which the page must hold as <script>…</script> and by whose SHA-256 the browser knows it.
[[nodiscard]] std::string page_begin(const std::string& title, std::string_view mark, std::string_view more_style = "",
                                     std::string_view script = "");
[[nodiscard]] std::string page_end();

/// A heading that links reach by `id`, and what is below it; empty where that is.
[[nodiscard]] std::string section(const char* id, const std::string& title, const std::string& content);

/// A paragraph of markup; empty for an empty one. And one of plain text.
[[nodiscard]] std::string paragraph(const std::string& html);
[[nodiscard]] std::string plain_paragraph(const std::string& text);

/// A small remark below a figure, plain text.
[[nodiscard]] std::string remark(const std::string& text);

/// What to type, in a box.
[[nodiscard]] std::string command_box(const std::string& command);

/// A number in `decimals` places with its exact value beside it for programs: <data data-field="F" value="V">.
[[nodiscard]] std::string exact_number(const std::string& field, double value, int decimals);

/// The same of a difference, with its sign.
[[nodiscard]] std::string exact_difference(const std::string& field, double value, int decimals);

/// "± 0.0123"; empty where it is not known.
[[nodiscard]] std::string plus_minus(double half, int decimals);

/// A plot for wide screens and paper and one for narrow screens, of which one is shown; above them options.title. Texts
/// are 12 pixels high where a unit is a pixel, and never smaller than 11 from 340 pixels upwards.
[[nodiscard]] std::string page_plot(const std::vector<PlotSeries>& series, PlotOptions options);
[[nodiscard]] std::string page_bars(const std::vector<PlotBar>& bars, const std::string& title);

/// <img> of a PNG file in base64. side: of the page's pixels that it is as wide; 0: its own.
[[nodiscard]] std::string picture(const std::string& base64, const std::string& words, int64_t width = 0);

/// The rows of a table; what is not known is left out. Names and texts are plain.
class Rows {
 public:
  void add(const std::string& name, const std::string& value);
  /// field: of evaluation.json.
  void add(const std::string& name, const std::string& field, double value);
  void add(const std::string& name, const std::string& field, int64_t value);
  void add_html(const std::string& name, const std::string& html);

  /// Empty without rows.
  [[nodiscard]] std::string table() const;

 private:
  std::string html_;
};

/// A table with a head. Cells are markup. On narrow screens each row is a card that names its cells.
struct HeadedTable {
  std::vector<std::string> head = {};  ///< plain texts
  std::vector<std::vector<std::string>> rows = {};

  /// Empty without rows.
  [[nodiscard]] std::string html() const;
};

/// How much room pictures have in a page, which stays below 5 MB.
class PictureBudget {
 public:
  /// Whether so many bytes of base64 still fit; then they are taken.
  [[nodiscard]] bool take(size_t bytes);

 private:
  size_t left_ = 3'400'000;
};

}  // namespace veil::io
