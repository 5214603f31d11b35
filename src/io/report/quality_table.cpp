#include "io/report/quality_table.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "io/report/markup.h"
#include "io/report/page.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

void add_point(PlotSeries& series, int64_t step, const Measured& measured) {
  series.x.push_back(static_cast<double>(step));
  series.y.push_back(measured.value);
  series.low.push_back(measured.low);
  series.high.push_back(measured.high);
}

}  // namespace

std::vector<QualityFigure> main_figures(const std::vector<QualityFigure>& figures) {
  constexpr std::array kMain{"FD-random", "pixel_wasserstein", "gradient_wasserstein", "precision", "recall"};
  std::vector<QualityFigure> chosen;
  for (const auto* name : kMain) {
    const auto found =
        std::find_if(figures.begin(), figures.end(), [&](const QualityFigure& figure) { return figure.name == name; });
    if (found != figures.end()) {
      chosen.push_back(*found);
    }
  }
  return chosen;
}

std::string measured_text(const Measured& measured, const std::string& unit, const std::string& plus_minus) {
  const double scale = unit == "%" ? 100.0 : 1.0;
  const double half = scale * (measured.high - measured.low) / 2;
  const int digits = half > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(half))), 0, 6) : 2;
  return concat(fixed_number(scale * measured.value, digits),
                std::isfinite(half) ? concat(" ", plus_minus, " ", fixed_number(half, digits)) : std::string(),
                unit == "%" ? " %" : "");
}

std::string training_quality(const std::vector<QualityLine>& lines) {
  constexpr const char* kDistance = "FD-random";
  PlotSeries samples{.label = "samples, 95 % interval", .markers = true};
  PlotSeries real{.label = "as many real images, 95 % interval"};
  std::vector<ComparedSamples> rows;
  for (const QualityLine& line : lines) {
    rows.push_back({.label = concat("after ", line.step, " updates"), .figures = line.figures});
    for (const QualityFigure& figure : line.figures) {
      if (figure.name == kDistance) {
        add_point(samples, line.step, figure.samples);
        add_point(real, line.step, figure.real);
      }
    }
  }
  const std::string table = quality_table(rows);
  return table.empty() ? ""
                       : concat(table,
                                page_plot({samples, real}, {.title = "Fréchet distance of random features (FD-random)",
                                                            .x_label = "updates",
                                                            .y_label = "distance"}),
                                remark(concat("Of ", lines.back().samples,
                                              " samples each. What as many real images have tells "
                                              "what can be reached; no figure sees everything that an eye does.")));
}

std::string quality_table(const std::vector<ComparedSamples>& all) {
  if (all.empty()) {
    return "";
  }
  HeadedTable table{.head = {"samples"}, .rows = {}};
  std::vector<std::string> real{"real images"};
  for (const auto& figure : main_figures(all.front().figures)) {
    const bool has_unit = !figure.unit.empty() && figure.unit != "%";
    table.head.push_back(figure.title + (has_unit ? concat(" (", figure.unit, ")") : std::string()));
    real.push_back(escape_markup(measured_text(figure.real, figure.unit, "±")));
  }
  for (const auto& samples : all) {
    std::vector<std::string> row{escape_markup(samples.label)};
    for (const auto& figure : main_figures(samples.figures)) {
      row.push_back(escape_markup(measured_text(figure.samples, figure.unit, "±")));
    }
    row.resize(table.head.size());
    table.rows.push_back(std::move(row));
  }
  table.rows.push_back(std::move(real));
  return table.html();
}

}  // namespace veil::io
