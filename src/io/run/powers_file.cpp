#include "io/run/powers_file.h"

#include <nlohmann/json.hpp>

#include "io/file/files.h"
#include "io/file/json_fields.h"
#include "io/file/strict_json.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kMaxBytes = int64_t{64} << 20;
constexpr const char* kPowers = "powers";

}  // namespace

void write_powers(const std::filesystem::path& file, const std::vector<double>& powers) {
  const nlohmann::ordered_json object{{kPowers, powers}};
  write_file(file, object.dump() + '\n');
}

std::vector<double> read_powers(const std::filesystem::path& file) {
  const auto bytes = read_file(file, kMaxBytes);
  const std::string origin = file.string();
  const auto object = parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, origin);
  const auto& list = JsonFields(object, origin).at(kPowers);
  require<DataError>(list.is_array(), origin, ": '", kPowers, "' is not a list");
  std::vector<double> powers;
  for (const auto& number : list) {
    require<DataError>(number.is_number(), origin, ": '", kPowers, "' holds something that is not a number");
    powers.push_back(number.get<double>());
  }
  return powers;
}

}  // namespace veil::io
