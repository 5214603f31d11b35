#include "io/config/count_grid_file.h"

#include <nlohmann/json.hpp>

#include "io/file/files.h"
#include "io/file/json_fields.h"
#include "io/file/strict_json.h"
#include "veil/base/error.h"
#include "veil/diffusion/count_grid.h"

namespace veil::io {
namespace {

constexpr int64_t kMaxBytes = int64_t{256} << 20;
constexpr int64_t kMaxLength = 1'000'000'000;

std::vector<int64_t> counts_of(const nlohmann::json& list, const std::string& origin) {
  require<DataError>(list.is_array(), origin, ": 'counts' is not a list");
  std::vector<int64_t> counts;
  for (const auto& number : list) {
    require<DataError>(number.is_number_integer(), origin, ": 'counts' holds something that is not a whole number");
    counts.push_back(number.get<int64_t>());
  }
  return counts;
}

}  // namespace

void write_count_grids(const std::filesystem::path& file, const CountGridFile& grids) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [steps, counts] : grids.grids) {
    list.push_back({{"steps", steps}, {"counts", counts}});
  }
  const nlohmann::ordered_json object{{"schema_version", 1},
                                      {"content", kCountGridContent},
                                      {"length", grids.length},
                                      {"origin", grids.origin},
                                      {"grids", list}};
  write_file(file, object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
}

CountGridFile read_count_grids(const std::filesystem::path& file) {
  const auto bytes = read_file(file, kMaxBytes);
  const std::string origin = file.string();
  const auto object = parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, origin);
  const JsonFields fields(object, origin);
  require<DataError>(object.is_object() && object.contains("content") && object["content"] == kCountGridContent, origin,
                     ": not a file of count grids, as `veil schedules design` writes them");
  require<DataError>(fields.integer("schema_version", 0, INT64_MAX) == 1, origin,
                     ": count grids of another version of veil");
  CountGridFile grids{.length = fields.integer("length", 1, kMaxLength), .origin = fields.text("origin"), .grids = {}};
  require<DataError>(fields.at("grids").is_array(), origin, ": 'grids' is not a list");
  for (const auto& entry : fields.at("grids")) {
    const JsonFields grid(entry, origin);
    const int64_t steps = grid.integer("steps", 1, grids.length);
    auto counts = counts_of(grid.at("counts"), origin);
    try {
      check_counts(counts, grids.length);
    } catch (const InvalidArgument& error) {
      throw DataError(concat(origin, ": ", error.what()));
    }
    require<DataError>(std::ssize(counts) == steps + 1, origin, ": a grid of ", std::ssize(counts) - 1,
                       " steps stands as one of ", steps);
    require<DataError>(grids.grids.emplace(steps, std::move(counts)).second, origin, ": has two grids of ", steps,
                       steps == 1 ? " step" : " steps");
  }
  require<DataError>(!grids.grids.empty(), origin, ": holds no grid");
  return grids;
}

}  // namespace veil::io
