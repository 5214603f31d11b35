#include "io/report/report_maps.h"

#include <algorithm>
#include <array>

#include "io/file/base64.h"
#include "io/image/heat_colors.h"
#include "io/report/markup.h"
#include "veil/base/error.h"
#include "veil/io/image/png_file.h"

namespace veil::io {
namespace {

constexpr std::array<const char*, 3> kChannels{"red", "green", "blue"};
constexpr size_t kMostPoints = 600;

/// Of one channel.
struct ChannelMap {
  std::string name;
  std::vector<double> bits;  ///< [height, width]
};

std::vector<ChannelMap> channels_of(const EvaluationDetails& details) {
  const auto channels = static_cast<size_t>(details.shape.channels);
  std::vector<ChannelMap> maps(channels);
  for (size_t i = 0; i < details.position_bits.size(); ++i) {
    maps[i % channels].bits.push_back(details.position_bits[i]);
  }
  for (size_t c = 0; c < channels; ++c) {
    maps[c].name = channels == kChannels.size() ? kChannels[c] : channels == 1 ? "" : concat("channel ", c);
  }
  return maps;
}

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum;
}

std::string map_items(const std::vector<ChannelMap>& maps, const TokenShape& shape, double white,
                      PictureBudget& budget) {
  std::string html;
  for (const auto& map : maps) {
    const auto encoded = base64(encode_png(heat_picture(map.bits, shape.height, shape.width, white)));
    if (!budget.take(encoded.size())) {
      return "";
    }
    html += concat("<li>", picture(encoded, concat("Mean bits by position ", map.name), 160), map.name, "</li>\n");
  }
  return concat("<ul class=\"pictures maps\">\n", html, "</ul>\n");
}

std::string scale(double white) {
  return concat("<div class=\"scale\"></div><div class=\"ends\"><span>0</span><span>", fixed_number(white / 2, 2),
                "</span><span>", fixed_number(white, 2), " bits or more</span></div>\n");
}

std::string channel_bars(const std::vector<ChannelMap>& maps) {
  std::vector<PlotBar> bars;
  for (const auto& map : maps) {
    PlotBar bar;
    bar.label = map.name;
    bar.value = std::max(sum_of(map.bits) / static_cast<double>(map.bits.size()), 0.0);
    bar.text = fixed_number(bar.value, 3);
    bars.push_back(bar);
  }
  return bars.size() < 2 ? "" : page_bars(bars, "Mean bits by channel");
}

std::string text_curve(const std::vector<double>& bits) {
  PlotSeries series;
  const size_t run = (bits.size() + kMostPoints - 1) / kMostPoints;
  for (size_t begin = 0; begin < bits.size(); begin += run) {
    const size_t end = std::min(begin + run, bits.size());
    const std::vector<double> part(bits.begin() + static_cast<int64_t>(begin),
                                   bits.begin() + static_cast<int64_t>(end));
    series.x.push_back(static_cast<double>(begin));
    series.y.push_back(sum_of(part) / static_cast<double>(part.size()));
  }
  return page_plot({series},
                   {.title = "Mean bits by position", .x_label = "position", .y_label = "bits", .height = 240});
}

}  // namespace

std::string mean_maps(const EvaluationDetails& details, PictureBudget& budget) {
  if (details.position_bits.empty()) {
    return "";
  }
  const std::string about = remark(concat("The mean of ", details.mapped,
                                          " scored examples, estimated from the passes "
                                          "that mask a position; single positions are rough, the pattern is not."));
  if (details.pictured.empty()) {
    return concat(text_curve(details.position_bits), about);
  }
  const auto maps = channels_of(details);
  const double white = heat_white(details.position_bits);
  const std::string items = map_items(maps, details.shape, white, budget);
  if (items.empty()) {
    return "";
  }
  return concat("<h3>By position</h3>\n", items, scale(white), about, channel_bars(maps));
}

}  // namespace veil::io
