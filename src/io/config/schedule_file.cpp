#include "io/config/schedule_file.h"

#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "base/words.h"
#include "io/file/files.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kMaxBytes = 1 << 20;
constexpr std::string_view kBetween = " \t\r,;";

// What stands between commas and blanks.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  line = line.substr(0, line.find('#'));
  while (true) {
    const size_t begin = line.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) {
      return words;
    }
    line.remove_prefix(begin);
    words.push_back(line.substr(0, line.find_first_of(kBetween)));
    line.remove_prefix(words.back().size());
  }
}

std::optional<double> number_of(std::string_view word) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && end == word.data() + word.size() ? std::optional(value) : std::nullopt;
}

MaskScheduleOptions read_table(const std::string& file) {
  const auto bytes = read_file(file, kMaxBytes);
  MaskScheduleOptions options;
  options.kind = ScheduleKind::kTable;
  std::istringstream text(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  int64_t number = 0;
  bool may_be_headings = true;
  for (std::string line; std::getline(text, line);) {
    ++number;
    const auto words = words_of(line);
    const auto time = words.empty() ? std::nullopt : number_of(words.front());
    if (words.empty() || (may_be_headings && !time)) {
      may_be_headings = may_be_headings && words.empty();
      continue;
    }
    may_be_headings = false;
    const auto alpha = words.size() == 2 ? number_of(words.back()) : std::nullopt;
    require<DataError>(time && alpha, file, ":", number, ": ", in_quotes(shortened(line)),
                       ", want a time and an alpha, as 0.5, 0.3");
    options.points.push_back({.time = *time, .alpha = *alpha});
  }
  try {
    check_options(options);
  } catch (const InvalidOption& error) {
    throw DataError(concat(file, ": ", error.message([](std::string_view) { return "the schedule"; })));
  }
  return options;
}

}  // namespace

NamedSchedule read_schedule(const std::string& text) {
  if (text.ends_with(".csv")) {
    return {.name = std::filesystem::path(text).stem().string(), .options = read_table(text)};
  }
  const auto options = parse_schedule(text);
  return {.name = schedule_name(options), .options = options};
}

}  // namespace veil::io
