#include "io/report/page.h"

#include <openssl/sha.h>

#include <array>
#include <cmath>

#include "base/words.h"
#include "io/file/base64.h"
#include "io/file/file_mark.h"
#include "io/report/markup.h"
#include "io/report/page_style.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kMostText = 2'000;  // of one value
constexpr int64_t kWide = 720;
constexpr int64_t kNarrow = 328;  // of a screen of 360, without margins

std::string cut(const std::string& text) { return escape_markup(std::string_view(text).substr(0, kMostText)); }

std::string data_element(const std::string& field, double value, const std::string& text) {
  return concat("<data data-field=\"", escape_markup(field), "\" value=\"", number_text(value), "\">", text, "</data>");
}

// As Content-Security-Policy names it.
std::string script_hash(std::string_view script) {
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const uint8_t*>(script.data()), script.size(), digest.data());
  return concat("sha256-", base64(digest));
}

std::string both_widths(const std::string& title, const std::string& wide, const std::string& narrow) {
  return concat("<figure class=\"plot\"><figcaption>", escape_markup(title), "</figcaption>\n<div class=\"wide\">",
                wide, "</div>\n<div class=\"narrow\">", narrow, "</div></figure>\n");
}

}  // namespace

std::string page_begin(const std::string& title, std::string_view mark, std::string_view more_style,
                       std::string_view script) {
  std::string head(kPageHead);
  if (!script.empty()) {
    const std::string_view before = "style-src 'unsafe-inline'";
    head.insert(head.find(before) + before.size(), concat("; script-src '", script_hash(script), "'"));
  }
  // First the mark: it is looked for at the beginning of a file.
  return concat(head, html_mark(mark), kPageStyle, more_style, "<title>", escape_markup(title),
                " – veil</title>\n</head>\n<body>\n<h1>", escape_markup(title), "</h1>\n");
}

std::string page_end() { return "</body>\n</html>\n"; }

std::string section(const char* id, const std::string& title, const std::string& content) {
  return content.empty() ? "" : concat("<section id=\"", id, "\">\n<h2>", title, "</h2>\n", content, "</section>\n");
}

std::string paragraph(const std::string& html) { return html.empty() ? "" : concat("<p>", html, "</p>\n"); }

std::string plain_paragraph(const std::string& text) { return paragraph(escape_markup(text)); }

std::string remark(const std::string& text) {
  return text.empty() ? "" : concat("<p class=\"remark\">", escape_markup(text), "</p>\n");
}

std::string command_box(const std::string& command) { return concat("<pre>", escape_markup(command), "</pre>\n"); }

std::string exact_number(const std::string& field, double value, int decimals) {
  return data_element(field, value, fixed_number(value, decimals));
}

std::string exact_difference(const std::string& field, double value, int decimals) {
  return data_element(field, value, signed_number(value, decimals));
}

std::string plus_minus(double half, int decimals) {
  return std::isfinite(half) ? concat(" ± ", fixed_number(half, decimals)) : std::string();
}

std::string page_plot(const std::vector<PlotSeries>& series, PlotOptions options) {
  options.heading = false;
  options.width = kWide;
  const std::string wide = svg_plot(series, options);
  options.width = kNarrow;
  return both_widths(options.title, wide, svg_plot(series, options));
}

std::string page_bars(const std::vector<PlotBar>& bars, const std::string& title) {
  if (bars.empty()) {
    return "";
  }
  return both_widths(title, svg_bars(bars, {.title = title, .width = kWide}),
                     svg_bars(bars, {.title = title, .width = kNarrow}));
}

std::string picture(const std::string& base64, const std::string& words, int64_t width) {
  return concat("<img alt=\"", escape_markup(words), "\"", width > 0 ? concat(" width=\"", width, "\"") : std::string(),
                " src=\"data:image/png;base64,", escape_markup(base64), "\">");
}

void Rows::add(const std::string& name, const std::string& value) { add_html(name, cut(value)); }

void Rows::add(const std::string& name, const std::string& field, double value) {
  if (std::isfinite(value)) {
    add_html(name, concat("<data data-field=\"", field, "\" value=\"", number_text(value), "\">",
                          short_number(value, 7), "</data>"));
  }
}

void Rows::add(const std::string& name, const std::string& field, int64_t value) {
  if (value > 0) {
    add_html(name, concat("<data data-field=\"", field, "\" value=\"", value, "\">", value, "</data>"));
  }
}

void Rows::add_html(const std::string& name, const std::string& html) {
  if (!html.empty()) {
    html_ += concat("<tr><th scope=\"row\">", escape_markup(name), "</th><td>", html, "</td></tr>\n");
  }
}

std::string Rows::table() const { return html_.empty() ? "" : "<table>\n" + html_ + "</table>\n"; }

std::string HeadedTable::html() const {
  if (rows.empty()) {
    return "";
  }
  std::string text = "<table class=\"cards\">\n<thead><tr>";
  for (const auto& name : head) {
    text += concat("<th scope=\"col\">", escape_markup(name), "</th>");
  }
  text += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    text += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      text += concat("<td data-label=\"", escape_markup(head.at(i)), "\">",
                     row[i].empty() ? "" : concat("<span>", row[i], "</span>"), "</td>");
    }
    text += "</tr>\n";
  }
  return text + "</tbody>\n</table>\n";
}

bool PictureBudget::take(size_t bytes) {
  if (bytes > left_) {
    return false;
  }
  left_ -= bytes;
  return true;
}

}  // namespace veil::io
