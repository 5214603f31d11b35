#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/words.h"
#include "cli/command/schedules/comparison_output.h"
#include "io/file/base64.h"
#include "io/file/file_mark.h"
#include "io/file/files.h"
#include "io/report/markup.h"
#include "io/report/page.h"
#include "io/report/quality_table.h"
#include "io/run/quality_figures.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kMaxPicture = 1 << 20;

// With its exact value for programs, by the place of the figure in comparison.json.
std::string figure_html(const std::string& field, const SpreadFigure& figure, int decimals) {
  return std::isfinite(figure.value) ? concat(io::exact_number(concat(field, ".value"), figure.value, decimals),
                                              io::plus_minus(figure.half_width, decimals))
                                     : std::string("–");
}

std::string answer(const std::string& question, const std::string& html) {
  return concat("<dt>", question, "</dt><dd>", html, "</dd>\n");
}

template <typename Rows, typename Less>
const auto& least_of(const Rows& rows, const Less& less) {
  return *std::min_element(rows.begin(), rows.end(), less);
}

std::string noise_answer(const ComparisonFigures& figures) {
  const auto& least = least_of(
      figures.noise, [](const auto& a, const auto& b) { return a.loss_variance.value < b.loss_variance.value; });
  const auto& most = least_of(
      figures.noise, [](const auto& a, const auto& b) { return a.loss_variance.value > b.loss_variance.value; });
  return concat("The loss varies least with ", io::escape_markup(least.name), " and most with ",
                io::escape_markup(most.name), ", by a factor of ",
                io::fixed_number(most.loss_variance.value / least.loss_variance.value, 1),
                ": <a href=\"#noise\">table</a>.");
}

// Of the fewest network calls that were compared: there the choice matters most.
std::string grid_answer(const ComparisonFigures& figures) {
  const int64_t calls = figures.grids.front().calls;
  const CountGridRow* least = nullptr;
  for (const auto& row : figures.grids) {
    const bool is_named = row.calls == calls && row.schedule != "best";
    least = is_named && (least == nullptr || row.excess.value < least->excess.value) ? &row : least;
  }
  if (least == nullptr) {
    return "No schedule was compared.";
  }
  return concat("With ", calls, " network calls the grid that was fitted to the training split costs ",
                io::fixed_number(figures.grids.front().bound.value, 4),
                " bits per dimension here. The best of the schedules is ", io::escape_markup(least->schedule),
                " on the ", least->grid, " grid: ", io::signed_number(least->excess.value, 4),
                io::plus_minus(least->excess.half_width, 4), " beside it. <a href=\"#sampling\">More</a>.");
}

std::string answers(const Json& object, const ComparisonFigures& figures) {
  return concat(
      "<dl class=\"answers\">\n",
      answer("Does the bound depend on the schedule?",
             concat("No: in infinitely many steps it is ", figure_html("continuous_bound", figures.continuous, 4),
                    " bits per dimension for all. What differs is the noise of training and what few steps cost.")),
      answer("Which makes training less noisy?", noise_answer(figures)),
      answer("Which steps should a sampler take?", grid_answer(figures)),
      answer("How do I repeat it?", io::command_box(object.at("command"))), "</dl>\n");
}

std::string noise_section(const ComparisonFigures& figures) {
  io::HeadedTable table{.head = {"noise levels by", "bound", "variance of the loss", "ratio",
                                 "noise of the gradient, ratio", "cosine of gradients"},
                        .rows = {}};
  std::vector<io::PlotBar> bars;
  for (size_t i = 0; i < figures.noise.size(); ++i) {
    const auto& arm = figures.noise[i];
    const std::string field = concat("noise.", i, ".");
    table.rows.push_back({io::escape_markup(arm.name), figure_html(concat(field, "bits_per_dim"), arm.bits_per_dim, 3),
                          figure_html(concat(field, "loss_variance"), arm.loss_variance, 3),
                          figure_html(concat(field, "loss_ratio"), arm.loss_ratio, 2),
                          figure_html(concat(field, "gradient_ratio"), arm.gradient_ratio, 2),
                          figure_html(concat(field, "direction_cosine"), arm.direction_cosine, 3)});
    bars.push_back({.label = arm.name,
                    .value = arm.loss_ratio.value,
                    .low = std::max(0.0, arm.loss_ratio.value - arm.loss_ratio.half_width),
                    .high = arm.loss_ratio.value + arm.loss_ratio.half_width,
                    .text = io::fixed_number(arm.loss_ratio.value, 2),
                    .is_marked = i > 0});
  }
  return io::section("noise", "Noise of training",
                     concat(table.html(), io::page_bars(bars, "Variance of the loss, as a multiple of drawing counts"),
                            conclusion_html(kOfNoise)));
}

std::string grids_table(const ComparisonFigures& figures) {
  io::HeadedTable table{.head = {"network calls"}, .rows = {}};
  for (const auto& row : figures.grids) {
    if (row.schedule == "best") {
      table.rows.push_back({std::to_string(row.calls)});
    }
    if (row.grid != "cosine" || row.schedule == "linear") {
      if (table.rows.size() == 1) {
        table.head.push_back(row.schedule == "best"
                                 ? "best, fitted"
                                 : concat(row.schedule, row.grid == "cosine" ? ", cosine grid" : ""));
      }
      const size_t place = &row - figures.grids.data();
      table.rows.back().push_back(
          row.schedule == "best"
              ? figure_html(concat("count_grids.", place, ".bits_per_dim"), row.bound, 4)
              : concat(io::exact_difference(concat("count_grids.", place, ".over_best.value"), row.excess.value, 4),
                       io::plus_minus(row.excess.half_width, 4)));
    }
  }
  return concat(table.html(),
                io::remark("Bits per dimension of the law of a sampler that reveals fixed counts of tokens in "
                           "random order; of the schedules how much more than the best."));
}

const ExplainedPlot& plot_called(const std::vector<ExplainedPlot>& plots, const char* name) {
  return *std::find_if(plots.begin(), plots.end(), [&](const ExplainedPlot& plot) { return plot.name == name; });
}

std::string samples_section(const Json& samples, const fs::path& folder) {
  io::PictureBudget budget;
  std::string pictures;
  std::vector<io::ComparedSamples> compared;
  for (const Json& arm : samples) {
    const std::string grid = arm.at("grid");
    const std::string label =
        concat(arm.at("schedule").get<std::string>(), ", ", grid, grid == "fitted" ? "" : " grid");
    const std::string file = arm.at("picture");
    const auto bytes = io::read_file(folder / file, kMaxPicture);
    if (budget.take(bytes.size() * 4 / 3 + 4)) {
      pictures += concat("<figure>", io::picture(io::base64(bytes), concat("Samples: ", label)), "<figcaption>",
                         io::escape_markup(label), "</figcaption></figure>\n");
    } else {
      pictures += io::remark(concat(label, ": ", file, ", for which this page has no room"));
    }
    io::ComparedSamples each{.label = label, .figures = {}};
    for (const Json& figure : arm.at("quality")) {
      each.figures.push_back(io::quality_figure_from(figure, "quality"));
    }
    if (!each.figures.empty()) {
      compared.push_back(std::move(each));
    }
  }
  if (samples.empty()) {
    return "";
  }
  const std::string lead = concat("Each grid made ", samples.front().at("samples").dump(), " samples with ",
                                  samples.front().at("network_calls").dump(), " network calls, from the same noise.");
  const std::string table = io::quality_table(compared);
  return io::section("samples", "Samples at equal network calls",
                     concat(io::plain_paragraph(lead), table, table.empty() ? "" : conclusion_html(kOfSamples),
                            "<div class=\"pair\">\n", pictures, "</div>\n"));
}

}  // namespace

std::string comparison_page(const Json& object, const ComparisonFigures& figures,
                            const std::vector<ExplainedPlot>& plots, const fs::path& folder) {
  const std::string lead =
      concat(object.at("model").get<std::string>(), " on ", object.at("dataset").get<std::string>(), ", ",
             object.at("split").get<std::string>(), ": ", object.at("examples").dump(), " of ",
             object.at("dataset_size").dump(), " examples; ± is half of a 95 % interval. veil ",
             object.at("veil_version").get<std::string>(), ", seed ", object.at("seed").dump(), ".");
  return concat(
      io::page_begin("Masking schedules compared", io::kReportMark), "<p class=\"lead\">", io::escape_markup(lead),
      "</p>\n", answers(object, figures), noise_section(figures),
      io::section("sampling", "What few steps cost",
                  concat(plot_html(plot_called(plots, "step-bounds")), plot_html(plot_called(plots, "count-grids")),
                         grids_table(figures), plot_html(plot_called(plots, "network-calls")))),
      samples_section(object.at("samples"), folder),
      io::section("schedules", "The schedules", plot_html(plot_called(plots, "alpha"))), io::page_end());
}

}  // namespace veil::cli
