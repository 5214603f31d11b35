#include "io/report/report_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "io/report/markup.h"
#include "io/report/page.h"
#include "veil/base/error.h"
#include "veil/evaluate/interval.h"

namespace veil::io {
namespace {

// Where the rows of the table end, as parts of all positions; a bin belongs to the first row that its middle fits in.
constexpr std::array kFractions{0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0};

constexpr int64_t kBanded = 5;  // passes: the interval of fewer would hide the curves behind it

double middle_of(const ProfileBin& bin) {
  return (static_cast<double>(bin.first_count) + static_cast<double>(bin.last_count)) / 2;
}

double mean_of(const ProfileBin& bin) { return bin.sum / static_cast<double>(bin.samples); }

// Half of the 95 % interval of the mean of S/k; NaN for a single pass.
double half_of(const ProfileBin& bin) {
  const auto samples = static_cast<double>(bin.samples);
  const double variance = std::max(0.0, bin.sum_squares / samples - mean_of(bin) * mean_of(bin)) / (samples - 1);
  return interval_half_width(std::sqrt(variance), bin.samples);
}

std::string plot(const std::vector<ProfileBin>& profile) {
  PlotSeries series{.markers = profile.size() <= 20};
  for (const ProfileBin& bin : profile) {
    if (bin.samples < 1) {
      continue;
    }
    const double half = bin.samples >= kBanded ? half_of(bin) : std::numeric_limits<double>::quiet_NaN();
    series.x.push_back(middle_of(bin));
    series.y.push_back(mean_of(bin));
    series.low.push_back(mean_of(bin) - half);
    series.high.push_back(mean_of(bin) + half);
  }
  return page_plot({series}, {.title = "Cross-entropy by the number of masked positions",
                              .x_label = "masked positions",
                              .y_label = "nats per masked position",
                              .log_x = true});
}

// Bins that are shown as one.
std::vector<ProfileBin> rows_of(const std::vector<ProfileBin>& profile) {
  const auto length = static_cast<double>(profile.back().last_count);
  std::vector<ProfileBin> rows(kFractions.size());
  for (const ProfileBin& bin : profile) {
    const auto row = std::lower_bound(kFractions.begin(), kFractions.end(), middle_of(bin) / length);
    auto& sums = rows[static_cast<size_t>(std::min(row, kFractions.end() - 1) - kFractions.begin())];
    sums.first_count = sums.first_count == 0 ? bin.first_count : sums.first_count;
    sums.last_count = bin.last_count;
    sums.samples += bin.samples;
    sums.sum += bin.sum;
    sums.sum_squares += bin.sum_squares;
  }
  std::erase_if(rows, [](const ProfileBin& row) { return row.samples < 1; });
  return rows;
}

std::string percent(double part) { return fixed_number(100 * part, part < 0.1 ? 1 : 0) + " %"; }

// Every number of masked positions is as likely as any other, so a row's part of the bound is that of its sum.
std::string table(const std::vector<ProfileBin>& profile) {
  constexpr double kBits = std::numbers::log2e;
  const auto length = static_cast<double>(profile.back().last_count);
  const auto rows = rows_of(profile);
  double sum = 0;
  for (const auto& row : rows) {
    sum += row.sum;
  }
  HeadedTable table{.head = {"positions", "of all positions", "bits per masked position", "share of the bits"},
                    .rows = {}};
  for (const auto& row : rows) {
    const auto first = static_cast<double>(row.first_count);
    table.rows.push_back(
        {concat(row.first_count, " to ", row.last_count, " masked"),
         concat(percent(first / length), " to ", percent(static_cast<double>(row.last_count) / length)),
         fixed_number(kBits * mean_of(row), 3) + plus_minus(kBits * half_of(row), 3),
         percent(sum > 0 ? row.sum / sum : 0)});
  }
  return table.html();
}

}  // namespace

std::string profile_section(const EvaluationReport& report) {
  const auto& profile = report.profile;
  const bool is_whole = std::all_of(profile.begin(), profile.end(), [](const ProfileBin& bin) {
    return bin.first_count >= 1 && bin.last_count >= bin.first_count;
  });
  if (profile.empty() || !is_whole) {
    return "";
  }
  return concat(plain_paragraph("How much the network still has to guess at a masked position, by how many are masked: "
                                "on the left it sees nearly all of an example, on the right nothing."),
                plot(profile), table(profile),
                remark("± and bands: 95 % over passes, bands of 5 passes or more. The last column says from which "
                       "stage of drawing the bits "
                       "come."));
}

}  // namespace veil::io
