#include <nlohmann/json.hpp>

#include "cli/command/data/data_report.h"
#include "io/dataset/duplicates.h"

namespace veil::cli {
namespace {

nlohmann::ordered_json split_json(const io::SplitInspection& split) {
  nlohmann::ordered_json refused = nlohmann::ordered_json::array();
  for (const auto& each : split.refused) {
    refused.push_back({{"file", each.origin}, {"reason", each.reason}});
  }
  return {{"name", split.name},
          {"images", split.images},
          {"shapes", split.shapes},
          {"mean", split.mean},
          {"deviation", split.deviation},
          {"histogram", split.histogram},
          {"per_class", split.per_class},
          {"duplicates", split.duplicates},
          {"dropped_duplicates", io::duplicates_json(split.dropped)},
          {"held_out", split.held_out},
          {"conversions", split.conversions},
          {"refused", refused}};
}

nlohmann::ordered_json left_out_json(const io::SourceInfo& source) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& each : source.left_out) {
    list.push_back({{"kind", each.kind}, {"count", each.count}, {"example", each.example}});
  }
  return list;
}

}  // namespace

std::string inspection_json(const io::Inspection& inspection) {
  const auto& source = inspection.source;
  nlohmann::ordered_json splits = nlohmann::ordered_json::array();
  for (const auto& split : inspection.splits) {
    splits.push_back(split_json(split));
  }
  nlohmann::ordered_json compressors = nlohmann::ordered_json::object();
  nlohmann::ordered_json errors = nlohmann::ordered_json::object();
  for (const auto& each : inspection.compressors.bits_per_dim) {
    compressors[each.name] = each.bits_per_dim;
    errors[each.name] = each.standard_error;
  }
  const nlohmann::ordered_json json{{"schema_version", 1},
                                    {"name", source.name},
                                    {"format", source.format},
                                    {"preparation", source.preparation},
                                    {"provenance", source.provenance},
                                    {"classes", source.classes},
                                    {"class_names", source.class_names},
                                    {"layout", source.layout},
                                    {"left_out", left_out_json(source)},
                                    {"remarks", source.remarks},
                                    {"splits", splits},
                                    {"scored_twice", inspection.scored_twice},
                                    {"of_other_class", inspection.of_other_class},
                                    {"compressor_images", inspection.compressors.images},
                                    {"compressor_largest_side", inspection.compressors.largest_side},
                                    {"compressor_bits_per_dim", compressors},
                                    {"compressor_standard_errors", errors}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace veil::cli
