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

constexpr const char* kDigest = "part_sha256";

std::string digest_of(const nlohmann::json& part) { return io::sha256_of_texts({part.dump()}); }

// Nothing if there is no such file, or it is of other work or damaged: it is made anew then.
std::optional<nlohmann::json> stored(const fs::path& file, const std::string& key) {
  try {
    const auto bytes = io::read_file(file, kMaxBytes);
    const std::string origin = file.string();
    const auto object = io::parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, origin);
    const io::JsonFields fields(object, origin);
    const auto& part = fields.at("part");
    const bool is_whole = !object.contains(kDigest) || fields.text(kDigest) == digest_of(part);  // once there was none
    return is_whole && fields.text("key") == key ? std::optional(part) : std::nullopt;
  } catch (const DataError&) {
    return std::nullopt;
  }
}

}  // namespace

void PartStore::forget(const std::string& name) const { fs::remove(folder_ / (name + ".json")); }

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
  io::write_file(file, nlohmann::json{{"key", key}, {kDigest, digest_of(part)}, {"part", part}}.dump() + '\n');
  return part;
}

}  // namespace veil::cli
