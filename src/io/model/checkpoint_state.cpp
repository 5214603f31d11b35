#include "io/model/checkpoint_state.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/words.h"
#include "io/file/digest.h"
#include "io/file/files.h"
#include "io/file/json_fields.h"
#include "io/file/strict_json.h"
#include "io/model/dataset_json.h"
#include "io/model/history_json.h"
#include "io/model/model_files.h"
#include "veil/base/error.h"
#include "veil/io/model/model_file.h"

namespace veil::io {
namespace {

using Json = nlohmann::json;

constexpr int64_t kSchemaVersion = 1;
constexpr int64_t kMaxStateBytes = int64_t{16} << 20;
constexpr int64_t kMaxInteger = std::numeric_limits<int64_t>::max();
constexpr const char* kChecksum = "checksum";
constexpr const char* kHistory = "history";

std::string sha256(const std::string& text) {
  return sha256_of({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

std::string dump(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace); }

/// JSON has no word for these three; the shortest decimal form of every other double is exact.
Json number_to_json(double number) {
  if (std::isfinite(number)) {
    return number;
  }
  return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
}

double number_from_json(const Json& value, const std::string& subject) {
  if (value == "nan") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (value == "inf" || value == "-inf") {
    return value == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
  }
  require<DataError>(value.is_number(), subject, " is not a number");
  return value.get<double>();
}

void check_digests(const Json& files, const std::filesystem::path& path, const std::string& origin) {
  const JsonFields fields(files, origin);
  for (const char* name : kTensorFiles) {
    const auto file = path / name;
    const std::string want = fields.text(name);
    const std::string found = sha256_of_file(file);
    require<DataError>(found == want, file.string(), ": damaged: its SHA-256 is ", found, ", want ", in_quotes(want));
  }
}

Checkpoint parse_state(const Json& state, const std::string& origin) {
  const JsonFields fields(state, origin);
  fields.only({"schema_version", "step", "config", "dataset", "numbers", "integers", "files", kHistory, kChecksum});
  std::ignore = fields.integer("schema_version", kSchemaVersion, kSchemaVersion);
  Checkpoint checkpoint;
  checkpoint.step = fields.integer("step", 0, kMaxInteger);
  checkpoint.config = from_json(dump(fields.at("config")), origin + ": config");
  checkpoint.dataset = dataset_from_json(dump(fields.at("dataset")), origin + ": dataset");
  if (state.contains(kHistory)) {  // files of older versions have none
    checkpoint.history = history_from_json(dump(state[kHistory]), origin + ": history");
  }
  for (const auto& [name, value] : fields.at("numbers").items()) {
    checkpoint.numbers[name] = number_from_json(value, origin + ": number " + in_quotes(name));
  }
  const JsonFields integers(fields.at("integers"), origin);
  for (const auto& [name, value] : fields.at("integers").items()) {
    checkpoint.integers[name] = integers.integer(name, std::numeric_limits<int64_t>::min(), kMaxInteger);
  }
  return checkpoint;
}

}  // namespace

std::string make_state(const Checkpoint& checkpoint, const std::filesystem::path& path) {
  Json state{{"schema_version", kSchemaVersion},
             {"step", checkpoint.step},
             {"config", Json::parse(to_json(checkpoint.config))},
             {"dataset", Json::parse(dataset_to_json(checkpoint.dataset))},
             {kHistory, Json::parse(history_to_json(checkpoint.history))},
             {"numbers", Json::object()},
             {"integers", checkpoint.integers}};
  for (const auto& [name, number] : checkpoint.numbers) {
    state["numbers"][name] = number_to_json(number);
  }
  for (const char* name : kTensorFiles) {
    state["files"][name] = sha256_of_file(path / name);
  }
  state[kChecksum] = sha256(dump(state));
  return dump(state) + "\n";
}

Checkpoint read_state(const std::filesystem::path& path) {
  const auto file = path / kStateName;
  const std::string origin = file.string();
  const auto bytes = read_file(file, kMaxStateBytes);
  Json state = parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, origin);
  const std::string want = JsonFields(state, origin).text(kChecksum);
  state.erase(kChecksum);
  require<DataError>(sha256(dump(state)) == want, origin,
                     ": damaged: its content does not have the checksum that it names");
  const Checkpoint checkpoint = parse_state(state, origin);
  check_digests(JsonFields(state, origin).at("files"), path, origin);
  return checkpoint;
}

}  // namespace veil::io
