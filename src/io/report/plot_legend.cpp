#include "io/report/plot_legend.h"

#include <algorithm>
#include <array>

namespace veil::io {
namespace {

// Mid-tones that stand out on white and on black, told apart by brightness as well as by hue.
constexpr std::array<PlotColor, 6> kColors{{{0x2f, 0x7e, 0xd8},
                                            {0xe0, 0x7b, 0x26},
                                            {0x3a, 0xa6, 0x6a},
                                            {0xc4, 0x49, 0x5d},
                                            {0x8a, 0x63, 0xc9},
                                            {0x8a, 0x8a, 0x8a}}};
constexpr double kRow = 20;
constexpr double kLine = 15;    // a further line of one label
constexpr double kSample = 24;  // of colour before a label, and the gap behind it

/// The beginning of a word that has room in `width`: at least a letter, whole ones of UTF-8.
size_t fitting_part(const PlotCanvas& canvas, const std::string& word, double width) {
  size_t fits = 0;
  for (size_t end = 1; end <= word.size(); ++end) {
    const bool is_whole = end == word.size() || (static_cast<unsigned char>(word[end]) & 0xc0) != 0x80;
    if (is_whole && (fits == 0 || canvas.text_width(word.substr(0, end)) <= width)) {
      fits = end;
    }
  }
  return fits;
}

/// Words in lines of at most `width`; a word that is longer goes on in the next.
std::vector<std::string> lines_of(const PlotCanvas& canvas, const std::string& text, double width) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    std::string word = text.substr(at, end - at);
    if (!lines.empty() && canvas.text_width(lines.back() + " " + word) <= width) {
      lines.back().append(" ").append(word);
      word.clear();
    }
    while (!word.empty()) {
      const size_t part = fitting_part(canvas, word, width);
      lines.push_back(word.substr(0, part));
      word.erase(0, part);
    }
    at = end + 1;
  }
  return lines;
}

double width_of(const PlotCanvas& canvas, const std::vector<std::string>& lines) {
  double width = 0;
  for (const auto& line : lines) {
    width = std::max(width, canvas.text_width(line));
  }
  return kSample + width;
}

}  // namespace

PlotColor curve_color(size_t index) { return kColors[index % kColors.size()]; }

Legend arrange_legend(const PlotCanvas& canvas, const std::vector<PlotSeries>& series, double left, double right) {
  Legend legend;
  PlotPoint place{left, 0};
  double row = kRow;  // height of the present one
  for (const auto& line : series) {
    auto lines = lines_of(canvas, line.label, right - left - kSample);
    const double width = lines.empty() ? 0 : width_of(canvas, lines);
    if (width > 0 && place.x > left && place.x + width > right) {
      place = {left, place.y + row};
      row = kRow;
    }
    if (width > 0) {
      row = std::max(row, kRow + kLine * static_cast<double>(lines.size() - 1));
      legend.height = place.y + row;
    }
    legend.entries.push_back({.place = place, .lines = std::move(lines)});
    place.x += width > 0 ? width + kSample : 0;
  }
  return legend;
}

void draw_legend(PlotCanvas& canvas, const Legend& legend, double top) {
  for (size_t i = 0; i < legend.entries.size(); ++i) {
    const auto& entry = legend.entries[i];
    const PlotPoint place{entry.place.x, top + entry.place.y};
    if (!entry.lines.empty()) {
      canvas.bar({place.x, place.y - 6}, 18, 4, curve_color(i));
    }
    for (size_t line = 0; line < entry.lines.size(); ++line) {
      canvas.text({place.x + kSample, place.y + kLine * static_cast<double>(line)}, entry.lines[line], {});
    }
  }
}

}  // namespace veil::io
