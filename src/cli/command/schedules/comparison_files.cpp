#include <cmath>
#include <utility>
#include <vector>

#include "base/words.h"
#include "cli/command/schedules/comparison_output.h"
#include "io/file/files.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json json_of(const ScheduleNoise& noise) {
  return {{"name", noise.name},
          {"forward_passes_per_example", 1},
          {"bits_per_dim", figure_json(noise.bits_per_dim)},
          {"loss_variance", figure_json(noise.loss_variance)},
          {"loss_ratio", figure_json(noise.loss_ratio)},
          {"gradient_norm", figure_json(noise.gradient_norm)},
          {"norm_variance", figure_json(noise.norm_variance)},
          {"gradient_noise", figure_json(noise.gradient_noise)},
          {"gradient_ratio", figure_json(noise.gradient_ratio)},
          {"direction_cosine", figure_json(noise.direction_cosine)}};
}

Json json_of(const StepBoundRow& row) {
  return {{"schedule", row.schedule},
          {"grid", row.grid},
          {"steps", row.steps},
          {"bits_per_dim", figure_json(row.bound)},
          {"gap", figure_json(row.gap)},
          {"direct", figure_json(row.direct)},
          {"direct_less_profile", figure_json(row.disagreement)},
          {"expected_network_calls", row.calls}};
}

Json json_of(const CountGridRow& row) {
  return {{"network_calls", row.calls},
          {"schedule", row.schedule},
          {"grid", row.grid},
          {"counts", row.counts},
          {"bits_per_dim", figure_json(row.bound)},
          {"over_best", figure_json(row.excess)}};
}

template <typename Item>
Json list_of(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const Item& item : items) {
    list.push_back(json_of(item));
  }
  return list;
}

// A line of CSV; what is not known is empty.
class CsvLine {
 public:
  CsvLine& add(const std::string& text) {
    text_ += concat(text_.empty() ? "" : ",", text);
    return *this;
  }
  CsvLine& add(int64_t value) { return add(std::to_string(value)); }
  CsvLine& add(double value) { return add(std::isfinite(value) ? number_text(value) : std::string()); }
  CsvLine& add(const SpreadFigure& figure) { return add(figure.value).add(figure.half_width); }

  [[nodiscard]] std::string line() const { return text_ + "\r\n"; }

 private:
  std::string text_;
};

std::string noise_table(const ComparisonFigures& figures) {
  std::string text =
      "noise_levels_by,bits_per_dim,+-,loss_variance,+-,loss_ratio,+-,gradient_norm,+-,norm_variance,+-,gradient_noise,"
      "+-,gradient_ratio,+-,direction_cosine,+-\r\n";
  for (const auto& arm : figures.noise) {
    text += CsvLine()
                .add(arm.name)
                .add(arm.bits_per_dim)
                .add(arm.loss_variance)
                .add(arm.loss_ratio)
                .add(arm.gradient_norm)
                .add(arm.norm_variance)
                .add(arm.gradient_noise)
                .add(arm.gradient_ratio)
                .add(arm.direction_cosine)
                .line();
  }
  return text;
}

std::string bounds_table(const ComparisonFigures& figures) {
  std::string text =
      "schedule,grid,steps,bits_per_dim,+-,gap,+-,direct,+-,direct_less_profile,+-,expected_network_calls\r\n";
  for (const auto& row : figures.bounds) {
    text += CsvLine()
                .add(row.schedule)
                .add(row.grid)
                .add(row.steps)
                .add(row.bound)
                .add(row.gap)
                .add(row.direct)
                .add(row.disagreement)
                .add(row.calls)
                .line();
  }
  return text;
}

std::string grids_table(const ComparisonFigures& figures) {
  std::string text = "network_calls,schedule,grid,bits_per_dim,+-,over_best,+-\r\n";
  for (const auto& row : figures.grids) {
    text += CsvLine().add(row.calls).add(row.schedule).add(row.grid).add(row.bound).add(row.excess).line();
  }
  return text;
}

}  // namespace

Json figure_json(const SpreadFigure& figure) {
  return {{"value", number(figure.value)}, {"half_width", number(figure.half_width)}};
}

Json comparison_json(const ComparisonFigures& figures) {
  return {{"clip", figures.clip},
          {"noise", list_of(figures.noise)},
          {"continuous_bound", figure_json(figures.continuous)},
          {"step_bounds", list_of(figures.bounds)},
          {"count_grids", list_of(figures.grids)}};
}

void write_comparison_tables(const fs::path& folder, const ComparisonFigures& figures) {
  io::write_file(folder / "noise.csv", noise_table(figures));
  io::write_file(folder / "step-bounds.csv", bounds_table(figures));
  io::write_file(folder / "count-grids.csv", grids_table(figures));
}

}  // namespace veil::cli
