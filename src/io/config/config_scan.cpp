#include "io/config/config_scan.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "io/file/files.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kLongestFile = 1 << 20;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

void refuse_binary(std::string_view text, const std::string& path) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_text = byte >= 0x20 ? byte != 0x7f : byte == '\n' || byte == '\r' || byte == '\t';
    require<DataError>(is_text, path, ": byte ", i, " is ", static_cast<int>(byte),
                       ", want a text file of [section] and key = value lines");
  }
}

class Scanner {
 public:
  explicit Scanner(std::string path) : path_(std::move(path)) {}

  std::vector<ConfigLine> scan(std::string_view text) {
    while (!text.empty()) {
      ++number_;
      const size_t end = std::min(text.find('\n'), text.size());
      take_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(lines_);
  }

 private:
  void take_line(std::string_view line) {
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    line = trimmed(line.substr(0, line.find('#')));
    if (!line.empty() && line.front() != ';') {
      if (line.front() == '[') {
        take_section(line);
      } else {
        take_key(line);
      }
    }
  }

  void take_section(std::string_view line) {
    const std::string_view name = line.ends_with(']') ? trimmed(line.substr(1, line.size() - 2)) : "";
    require<DataError>(!name.empty(), place(), "\"", line.substr(0, 60), "\" is no section, want [name]");
    section_ = name;
  }

  void take_key(std::string_view line) {
    const size_t equals = line.find('=');
    require<DataError>(equals != std::string_view::npos, place(), "\"", line.substr(0, 60),
                       "\" has no =, want [section] or key = value");
    const std::string_view key = trimmed(line.substr(0, equals));
    require<DataError>(!key.empty(), place(), "nothing stands before =, want key = value");
    const std::string full = section_.empty() ? std::string(key) : concat(section_, ".", key);
    const auto [entry, is_new] = places_.emplace(full, number_);
    require(is_new, place(), full, " stands twice, first in line ", entry->second);
    lines_.push_back({full, std::string(trimmed(line.substr(equals + 1))), number_});
  }

  [[nodiscard]] std::string place() const { return concat(path_, ":", number_, ": "); }

  std::string path_;
  std::string section_;
  int64_t number_ = 0;
  std::vector<ConfigLine> lines_;
  std::map<std::string, int64_t> places_;  // the line of each key
};

}  // namespace

std::vector<ConfigLine> scan_config(const std::filesystem::path& path) {
  const std::vector<uint8_t> bytes = read_file(path, kLongestFile);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  refuse_binary(text, path.string());
  return Scanner(path.string()).scan(text);
}

}  // namespace veil::io
