#include "cli/command/schedules/comparison_settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "io/config/config_scan.h"

namespace veil::cli {
namespace {

constexpr std::string_view kSection = "compare.";
constexpr int64_t kMost = 1'000'000'000;

// The flags that may stand in the file too.
constexpr std::array<std::string_view, 10> kKeys{"schedules",    "steps", "calls", "limit", "samples",
                                                 "sample-calls", "batch", "seed",  "base",  "seeds"};

// The settings of the file as if they had been flags, but for those that were.
Arguments with_file(Arguments arguments) {
  if (!arguments.has("config")) {
    return arguments;
  }
  const std::string path = arguments.text("config");
  for (const auto& line : io::scan_config(path)) {
    const bool is_ours = line.key.starts_with(kSection);
    const std::string name = line.key.substr(is_ours ? kSection.size() : 0);
    require<UsageError>(is_ours && std::find(kKeys.begin(), kKeys.end(), name) != kKeys.end(), path, ":", line.line,
                        ": ", in_quotes(line.key), " is no setting of a comparison, want [compare] with ",
                        joined({kKeys.begin(), kKeys.end()}));
    arguments.flags.try_emplace(name, line.value);
  }
  return arguments;
}

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const size_t comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    part.remove_suffix(part.size() - std::min(part.find_last_not_of(' ') + 1, part.size()));
    parts.emplace_back(part);
    if (comma == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(comma + 1);
  }
}

// 8, 16, … up to `most`, in text.
std::string doublings(int64_t most) {
  std::string text;
  for (int64_t value = 8; value <= most; value *= 2) {
    text += concat(text.empty() ? "" : ",", value);
  }
  return text.empty() ? std::to_string(most) : text;
}

// None twice. more: names that may stand beside schedules.
std::vector<io::NamedSchedule> schedules_of(const std::string& list, const std::vector<std::string>& more) {
  std::vector<io::NamedSchedule> schedules;
  for (const std::string& text : parts_of(list)) {
    const bool is_other = std::find(more.begin(), more.end(), text) != more.end();
    const auto found = is_other ? io::NamedSchedule{.name = text, .options = {}} : io::read_schedule(text);
    for (const auto& earlier : schedules) {
      require<UsageError>(earlier.name != found.name, "--schedules names ", found.name, " twice");
    }
    schedules.push_back(found);
  }
  return schedules;
}

}  // namespace

std::vector<int64_t> whole_numbers(const std::string& flag, const std::string& text, int64_t low, int64_t high) {
  const auto number = [&](std::string_view word) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    require<UsageError>(error == std::errc() && end == word.data() + word.size() && value >= low && value <= high, "--",
                        flag, " has ", in_quotes(word), ", want whole numbers in [", low, ", ", high,
                        "], as 8,16,32 or 8..32");
    return value;
  };
  std::vector<int64_t> numbers;
  for (const std::string& part : parts_of(text)) {
    const size_t dots = part.find("..");
    const int64_t first = number(std::string_view(part).substr(0, dots));
    const int64_t last = dots == std::string::npos ? first : number(std::string_view(part).substr(dots + 2));
    require<UsageError>(first <= last, "--", flag, " has ", in_quotes(part), ", want the smaller number first");
    for (int64_t value = first; value <= last; ++value) {
      numbers.push_back(value);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::vector<io::NamedSchedule> named_schedules(const Arguments& arguments) {
  return schedules_of(arguments.text("schedules", "linear,cosine,poly2,poly3,geometric"), {});
}

ComparisonSettings comparison_settings(const Arguments& given, int64_t length) {
  const Arguments arguments = with_file(given);
  const ComparisonSettings defaults;
  ComparisonSettings settings;
  settings.schedules = named_schedules(arguments);
  settings.steps = whole_numbers("steps", arguments.text("steps", doublings(1024)), 1, 1'000'000);
  const std::string calls = arguments.text("calls", doublings(std::min<int64_t>(256, length)));
  settings.calls = whole_numbers("calls", calls, 1, length);
  settings.limit = arguments.integer("limit", defaults.limit, 0, kMost);
  settings.samples = arguments.integer("samples", defaults.samples, 0, 1'000'000);
  settings.sample_calls = arguments.integer("sample-calls", std::min(defaults.sample_calls, length), 1, length);
  settings.batch_size = arguments.integer("batch", defaults.batch_size, 1, 1'000'000);
  settings.seed = static_cast<uint64_t>(arguments.integer("seed", 0, 0, INT64_MAX));
  return settings;
}

TrainingSettings training_settings(const Arguments& given) {
  const Arguments arguments = with_file(given);
  require<UsageError>(arguments.has("base"),
                      "schedules are compared by training with --base FILE, the configuration of the runs, or a line "
                      "base = FILE in the file --config");
  return {.base = arguments.text("base"),
          .arms = schedules_of(arguments.text("schedules", "count,linear,cosine,poly2,poly3,geometric,genmd4"),
                               {kCountArm, kGenMd4Arm}),
          .seeds = arguments.integer("seeds", 1, 1, 1000)};
}

}  // namespace veil::cli
