#include "io/run/quality_figures.h"

#include <cmath>

#include "io/file/json_fields.h"

namespace veil::io {
namespace {

constexpr const char* kShare = "share";

nlohmann::ordered_json to_json(const Measured& measured) {
  return {{"value", measured.value}, {"low", measured.low}, {"high", measured.high}};
}

double number_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : std::nan("");
}

Measured measured_from(const nlohmann::json& object) {
  return {.value = number_of(object, "value"), .low = number_of(object, "low"), .high = number_of(object, "high")};
}

}  // namespace

nlohmann::ordered_json to_json(const QualityFigure& figure) {
  return {{"name", figure.name},
          {"title", figure.title},
          {"unit", figure.unit == "%" ? kShare : figure.unit},
          {"better", figure.is_lower_better ? "lower" : "higher"},
          {"images", figure.images},
          {"training_images", figure.reference},
          {"samples", to_json(figure.samples)},
          {"real", to_json(figure.real)},
          {"p_value", figure.p_value},
          {"adjusted_p", figure.adjusted_p},
          {"alarm", figure.is_alarm}};
}

QualityFigure quality_figure_from(const nlohmann::json& object, const std::string& origin) {
  const JsonFields fields(object, origin);
  QualityFigure figure;
  figure.name = fields.text("name");
  figure.title = fields.text("title");
  figure.unit = fields.text("unit") == kShare ? "%" : fields.text("unit");
  figure.is_lower_better = fields.text("better") == "lower";
  figure.images = fields.integer("images", 0, INT64_MAX);
  figure.reference = fields.integer("training_images", 0, INT64_MAX);
  figure.samples = measured_from(fields.at("samples"));
  figure.real = measured_from(fields.at("real"));
  figure.p_value = number_of(object, "p_value");
  figure.adjusted_p = number_of(object, "adjusted_p");
  return figure;
}

}  // namespace veil::io
