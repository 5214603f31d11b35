#include "cli/command/schedules/training_output.h"

#include <cmath>

#include "base/words.h"
#include "cli/command/schedules/comparison_output.h"
#include "cli/terminal/plain_numbers.h"
#include "io/file/file_mark.h"
#include "io/report/markup.h"
#include "io/report/page.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json json_of(const ArmResult& result) {
  Json curve = Json::array();
  for (const CurvePoint& point : result.curve) {
    curve.push_back({{"step", point.step},
                     {"bits_per_dim", figure_json(point.bits)},
                     {"difference", figure_json(point.difference)}});
  }
  return {{"arm", result.arm.name},
          {"seed", result.arm.seed},
          {"run", result.arm.run.string()},
          {"forward_passes_per_example", result.arm.passes_per_example},
          {"bits_per_dim", figure_json(result.bits)},
          {"difference", figure_json(result.difference)},
          {"curve", curve}};
}

std::string with_error(const SpreadFigure& figure) {
  return std::isfinite(figure.value)
             ? concat(figure.value < 0 ? "" : "+", fixed(figure.value, 4), " +- ", fixed(figure.half_width, 4))
             : std::string("not on the same examples");
}

// Bits and differences over the updates, times the forward passes of an example that an update takes.
void add_curve(const ArmResult& result, io::PlotSeries& bits, io::PlotSeries& differences) {
  bits.label = differences.label = concat(result.arm.name, ", seed ", result.arm.seed);
  bits.markers = differences.markers = true;
  for (const CurvePoint& point : result.curve) {
    const auto x = static_cast<double>(point.step * result.arm.passes_per_example);
    bits.x.push_back(x);
    bits.y.push_back(point.bits.value);
    add_point(differences, x, point.difference);
  }
}

std::string difference_html(const std::string& field, const SpreadFigure& figure) {
  if (!std::isfinite(figure.value)) {
    return "not on the same examples";
  }
  return concat(io::exact_difference(field, figure.value, 4), io::plus_minus(figure.half_width, 4));
}

std::string arms_table(const std::vector<ArmResult>& results, const fs::path& folder) {
  io::HeadedTable table{
      .head = {"arm", "seed", "forward passes per example", "bits per dim, 95 %", "more than the first arm"},
      .rows = {}};
  for (size_t i = 0; i < results.size(); ++i) {
    const auto& [arm, curve, bits, difference] = results[i];
    const std::string link = (arm.run.lexically_relative(folder) / "report.html").generic_string();
    const bool is_first = arm.name == results.front().arm.name;
    table.rows.push_back({concat("<a href=\"", io::escape_markup(link), "\">", io::escape_markup(arm.name), "</a>"),
                          std::to_string(arm.seed), std::to_string(arm.passes_per_example),
                          concat(io::exact_number(concat("arms.", i, ".bits_per_dim.value"), bits.value, 4),
                                 io::plus_minus(bits.half_width, 4)),
                          is_first ? "–" : difference_html(concat("arms.", i, ".difference.value"), difference)});
  }
  return table.html();
}

}  // namespace

Json training_json(const std::vector<ArmResult>& results, const std::string& base, const std::string& command) {
  Json object{{"schema_version", 1}, {"content", "schedules by training"},
              {"command", command},  {"veil_version", VEIL_VERSION},
              {"base", base},        {"arms", Json::array()}};
  for (const ArmResult& result : results) {
    object["arms"].push_back(json_of(result));
  }
  return object;
}

std::string training_table(const std::vector<ArmResult>& results) {
  std::string text = "arm,seed,forward_passes_per_example,step,bits_per_dim,+-,difference,+-\r\n";
  const auto cell = [](double value) { return std::isfinite(value) ? number_text(value) : std::string(); };
  for (const ArmResult& result : results) {
    for (const CurvePoint& point : result.curve) {
      text += concat(result.arm.name, ",", result.arm.seed, ",", result.arm.passes_per_example, ",", point.step, ",",
                     cell(point.bits.value), ",", cell(point.bits.half_width), ",", cell(point.difference.value), ",",
                     cell(point.difference.half_width), "\r\n");
    }
  }
  return text;
}

std::string training_text(const std::vector<ArmResult>& results) {
  std::string text =
      "arm (seed), forward passes an example: bits/dim of the finished model; difference to the first arm\n";
  for (const ArmResult& result : results) {
    text += concat("  ", result.arm.name, " (", result.arm.seed, "), ", result.arm.passes_per_example, ": ",
                   fixed(result.bits.value, 4), " +- ", fixed(result.bits.half_width, 4), "; ",
                   with_error(result.difference), "\n");
  }
  return concat(text, "  +- is half of a 95 % interval over images, the same ones in all arms.\n",
                conclusion_text(kOfDifferences));
}

std::vector<ExplainedPlot> training_plots(const std::vector<ArmResult>& results) {
  const std::string x_label = "updates times forward passes of an example";
  ExplainedPlot learning{
      .name = "learning",
      .series = {},
      .options = {.title = "Bits per dimension (EMA)", .x_label = x_label, .y_label = "bits per dimension"},
      .conclusion = kOfLearning};
  ExplainedPlot differences{.name = "differences",
                            .series = {},
                            .options = {.title = concat("Paired difference to ", results.front().arm.name),
                                        .x_label = x_label,
                                        .y_label = "bits per dimension"},
                            .conclusion = kOfDifferences};
  for (const ArmResult& result : results) {
    io::PlotSeries difference;
    add_curve(result, learning.series.emplace_back(), difference);
    if (result.arm.name != results.front().arm.name) {
      differences.series.push_back(std::move(difference));
    }
  }
  std::vector<ExplainedPlot> plots{std::move(learning)};
  if (!differences.series.empty()) {
    plots.push_back(std::move(differences));
  }
  return plots;
}

std::string training_page(const Json& object, const std::vector<ArmResult>& results,
                          const std::vector<ExplainedPlot>& plots, const fs::path& folder) {
  const std::string lead =
      concat("One model for each way of drawing noise levels and each seed, configured by ",
             object.at("base").get<std::string>(),
             ". The runs of a seed have the same initial weights, order of the data, noise and number of updates. ± is "
             "half of a 95 % interval over images, the same ones in all.");
  std::string html =
      concat(io::page_begin("Masking schedules compared by training", io::kReportMark), "<p class=\"lead\">",
             io::escape_markup(lead), "</p>\n",
             io::section("arms", "Finished models", arms_table(results, folder) + conclusion_html(kOfDifferences)));
  for (const ExplainedPlot& plot : plots) {
    html += io::section(plot.name.c_str(), io::escape_markup(plot.options.title), plot_html(plot));
  }
  return concat(html, io::section("repeat", "How to repeat it", io::command_box(object.at("command"))), io::page_end());
}

}  // namespace veil::cli
