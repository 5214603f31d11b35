#include "diffusion/schedule_table.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil {
namespace {

constexpr size_t kMostPoints = 1000;

// The number of the piece that t lies in, which is right of its first point.
size_t piece_of(std::span<const SchedulePoint> points, double t) {
  const auto right = std::lower_bound(points.begin() + 1, points.end() - 1, t,
                                      [](const SchedulePoint& point, double time) { return point.time < time; });
  return static_cast<size_t>(right - points.begin()) - 1;
}

double slope_of(std::span<const SchedulePoint> points, size_t piece) {
  const SchedulePoint& left = points[piece];
  const SchedulePoint& right = points[piece + 1];
  return (right.alpha - left.alpha) / (right.time - left.time);
}

double number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  require(error == std::errc() && end == text.data() + text.size(), "a table of a schedule has ", in_quotes(text),
          ", want time:alpha in numbers, one point after the other: 0:1 0.5:0.3 1:0");
  return value;
}

}  // namespace

void check_table(std::span<const SchedulePoint> points) {
  const auto want = [](bool is_met, const auto&... words) {
    require<InvalidOption>(is_met, Field{"kind"}, " is a table ", words...);
  };
  want(points.size() >= 2 && points.size() <= kMostPoints, "of ", points.size(), " points, want 2 to ", kMostPoints);
  want(points.front() == SchedulePoint{.time = 0, .alpha = 1} && points.back() == SchedulePoint{.time = 1, .alpha = 0},
       "from ", table_text(points.first(1)), " to ", table_text(points.last(1)),
       " (time:alpha), want the first point to be 0:1 and the last 1:0");
  for (size_t i = 1; i < points.size(); ++i) {
    want(points[i].time > points[i - 1].time && points[i].alpha <= points[i - 1].alpha, "with ",
         table_text(points.subspan(i, 1)), " behind ", table_text(points.subspan(i - 1, 1)),
         " (time:alpha), want times that rise and alphas that never do");
  }
}

double table_alpha(std::span<const SchedulePoint> points, double t) {
  const size_t piece = piece_of(points, t);
  const SchedulePoint& right = points[piece + 1];
  return right.alpha + slope_of(points, piece) * (t - right.time);  // exact at t = 1
}

double table_masked(std::span<const SchedulePoint> points, double t) {
  const size_t piece = piece_of(points, t);
  const SchedulePoint& left = points[piece];
  return t >= points[piece + 1].time ? 1 - points[piece + 1].alpha
                                     : (1 - left.alpha) - slope_of(points, piece) * (t - left.time);
}

double table_derivative(std::span<const SchedulePoint> points, double t) {
  return slope_of(points, piece_of(points, t));
}

double table_inverse(std::span<const SchedulePoint> points, double alpha) {
  const auto right = std::find_if(points.begin() + 1, points.end() - 1,
                                  [&](const SchedulePoint& point) { return point.alpha <= alpha; });
  const SchedulePoint& left = *(right - 1);
  return alpha >= left.alpha ? left.time
                             : left.time + (alpha - left.alpha) / slope_of(points, right - 1 - points.begin());
}

std::vector<SchedulePoint> parse_table(std::string_view text) {
  std::vector<SchedulePoint> points;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!word.empty()) {
      const size_t colon = std::min(word.find(':'), word.size());
      points.push_back({.time = number_of(word.substr(0, colon)),
                        .alpha = number_of(word.substr(std::min(word.size(), colon + 1)))});
    }
  }
  return points;
}

std::string table_text(std::span<const SchedulePoint> points) {
  std::string text;
  for (const SchedulePoint& point : points) {
    text += concat(text.empty() ? "" : " ", number_text(point.time), ":", number_text(point.alpha));
  }
  return text;
}

}  // namespace veil
