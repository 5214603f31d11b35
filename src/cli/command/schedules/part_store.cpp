#include "cli/command/schedules/part_store.h"

#include <optional>

#include "io/file/digest.h"
#include "io/file/files.h"
#include "io/file/json_fields.h"
#include "io/file/strict_json.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxBytes = int64_t{1} << 30;

// Nothing if there is no such file, or it is of other work or damaged: it is made anew then.
std::optional<nlohmann::json> stored(const fs::path& file, const std::string& key) {
  try {
    const auto bytes = io::read_file(file, kMaxBytes);
    const std::string origin = file.string();
    const auto object = io::parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, origin);
    const io::JsonFields fields(object, origin);
    return fields.text("key") == key ? std::optional(fields.at("part")) : std::nullopt;
  } catch (const DataError&) {
    return std::nullopt;
  }
}

}  // namespace

nlohmann::json PartStore::part(const std::string& name, const std::vector<std::string>& more,
                               const std::function<nlohmann::json()>& make) const {
  std::vector<std::string> texts = about_;
  texts.insert(texts.end(), more.begin(), more.end());
  const std::string key = io::sha256_of_texts(texts);
  const fs::path file = folder_ / (name + ".json");
  if (auto part = stored(file, key)) {
    return *std::move(part);
  }
  auto part = make();
  fs::create_directories(folder_);
  io::write_file(file, nlohmann::json{{"key", key}, {"part", part}}.dump() + '\n');
  return part;
}

}  // namespace veil::cli
