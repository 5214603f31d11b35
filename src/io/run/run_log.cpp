#include "io/run/run_log.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "io/file/files.h"
#include "io/file/json_fields.h"
#include "io/file/strict_json.h"
#include "io/run/quality_figures.h"
#include "io/run/record_fields.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMaxLogBytes = int64_t{1} << 30;
constexpr int kMaxDepth = 8;
constexpr const char* kEvent = "event";
constexpr const char* kTrain = "train";
constexpr const char* kEvaluate = "evaluate";
constexpr const char* kQuality = "quality";
constexpr const char* kSamples = "samples";
constexpr const char* kFigures = "figures";
constexpr const char* kChange = "change";
constexpr const char* kBits = "bits";
constexpr const char* kStart = "start";
constexpr const char* kWarning = "warning";

void visit_step(auto& line, const auto& visit) { visit("step", line.step); }

template <Is<TrainLine> Line>
void visit_fields(Line& line, const auto& visit) {
  visit(kBitsPerDim, line.bits_per_dim);
  visit("learning_rate", line.learning_rate);
  visit("gradient_norm", line.gradient_norm);
  visit(kExamples, line.examples);
  visit("skipped", line.skipped);
}

template <Is<PowerSpread> Powers>
void visit_fields(Powers& powers, const auto& visit) {
  visit("power_low", powers.low);
  visit("power_high", powers.high);
  visit("power_mean", powers.mean);
}

template <Is<EvaluationLine> Line>
void visit_fields(Line& line, const auto& visit) {
  visit(kBitsPerDim, line.bits_per_dim);
  visit(kStandardError, line.standard_error);
  visit(kExamples, line.examples);
  visit(kDatasetSize, line.dataset_size);
}

template <Is<SettingChange> Line>
void visit_fields(Line& change, const auto& visit) {
  visit("key", change.key);
  visit("before", change.before);
  visit("after", change.after);
}

template <Is<TimingLine> Line>
void visit_fields(Line& line, const auto& visit) {
  visit("seconds", line.seconds);
  visit("examples_per_second", line.examples_per_second);
  visit("peak_memory_bytes", line.peak_memory_bytes);
}

template <Is<StartLine> Line>
void visit_fields(Line& line, const auto& visit) {
  visit("command", line.command);
  visit("time", line.time);
}

template <Is<WarningLine> Line>
void visit_fields(Line& line, const auto& visit) {
  visit("text", line.text);
}

/// The object of a line and its step, which every line has.
class ParsedLine {
 public:
  explicit ParsedLine(std::string_view text) : object_(parse_json(text, origin_, kMaxDepth)) {
    visit_step(*this, FieldReader(object_, origin_, Missing::kNone));
  }

  [[nodiscard]] bool has_event(const char* event) const {
    const auto found = object_.find(kEvent);
    return found != object_.end() && *found == event;
  }

  [[nodiscard]] const Json& at(const char* name) const { return JsonFields(object_, origin_).at(name); }
  [[nodiscard]] bool has_any_event() const { return object_.contains(kEvent); }

  /// Sets all but the step.
  void read(auto& record) const { visit_fields(record, FieldReader(object_, origin_, Missing::kUnusable)); }

  int64_t step = 0;

 private:
  std::string origin_ = "line";  // errors are counted, not shown
  Json object_;
};

// Step, event where the file holds several, then the record's own fields.
std::string json_line(const auto& line, const char* event = nullptr, const std::optional<PowerSpread>& powers = {}) {
  nlohmann::ordered_json object;
  const FieldWriter write(object);
  visit_step(line, write);
  if (event != nullptr) {
    write(kEvent, event);
  }
  visit_fields(line, write);
  if (powers) {
    visit_fields(*powers, write);
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// The record that a line holds.
template <typename Line>
Line read_line(const ParsedLine& parsed) {
  Line line;
  line.step = parsed.step;
  parsed.read(line);
  return line;
}

QualityLine read_quality(const ParsedLine& parsed) {
  QualityLine line{.step = parsed.step};
  const std::string origin = "line";
  const Json& figures = parsed.at(kFigures);
  require<DataError>(figures.is_array(), "line: '", kFigures, "' is not a list");
  for (const Json& figure : figures) {
    line.figures.push_back(quality_figure_from(figure, origin));
  }
  line.samples = line.figures.empty() ? 0 : line.figures.front().images;
  return line;
}

}  // namespace

std::string to_json_line(const TrainLine& line) { return json_line(line, kTrain, line.powers); }

std::string to_json_line(const EvaluationLine& line) { return json_line(line, kEvaluate); }

std::string to_json_line(const QualityLine& line) {
  nlohmann::ordered_json object;
  const FieldWriter write(object);
  visit_step(line, write);
  write(kEvent, kQuality);
  write(kSamples, line.samples);
  object[kFigures] = nlohmann::ordered_json::array();
  for (const QualityFigure& figure : line.figures) {
    object[kFigures].push_back(to_json(figure));
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string to_json_line(const TimingLine& line) { return json_line(line); }

std::string to_json_line(const ExampleBitsLine& line) {
  nlohmann::ordered_json object;
  visit_step(line, FieldWriter(object));
  object[kBits] = line.bits;
  return object.dump();
}
std::string to_json_line(const StartLine& line) { return json_line(line, kStart); }

std::string to_json_line(const WarningLine& line) { return json_line(line, kWarning); }

std::string to_json_line(const ChangeLine& line) {
  nlohmann::ordered_json object;
  const FieldWriter write(object);
  visit_step(line, write);
  write(kEvent, kChange);
  visit_fields(line.change, write);
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

StartLine start_line_now(int64_t step, const std::string& command) {
  const auto time = std::chrono::system_clock::now().time_since_epoch();
  return {.step = step, .command = command, .time = std::chrono::duration<double>(time).count()};
}

LogLine parse_log_line(std::string_view text) {
  const ParsedLine parsed(text);
  if (parsed.has_event(kEvaluate)) {
    return read_line<EvaluationLine>(parsed);
  }
  if (parsed.has_event(kQuality)) {
    return read_quality(parsed);
  }
  if (!parsed.has_event(kTrain)) {
    return std::monostate();
  }
  auto line = read_line<TrainLine>(parsed);
  PowerSpread powers;
  parsed.read(powers);
  if (std::isfinite(powers.low) && std::isfinite(powers.high)) {
    line.powers = powers;
  }
  return line;
}

TimingEntry parse_timing_line(std::string_view text) {
  const ParsedLine parsed(text);
  if (!parsed.has_any_event()) {
    return read_line<TimingLine>(parsed);
  }
  if (parsed.has_event(kStart)) {
    return read_line<StartLine>(parsed);
  }
  return parsed.has_event(kWarning) ? TimingEntry(read_line<WarningLine>(parsed)) : TimingEntry();
}

ExampleBitsLine parse_example_bits_line(std::string_view text) {
  const ParsedLine parsed(text);
  ExampleBitsLine line{.step = parsed.step, .bits = {}};
  const Json& list = parsed.at(kBits);
  require<DataError>(list.is_array(), "line: '", kBits, "' is not a list");
  for (const Json& number : list) {
    require<DataError>(number.is_number(), "line: '", kBits, "' holds something that is not a number");
    line.bits.push_back(number.get<double>());
  }
  return line;
}

int64_t step_of_line(std::string_view text) { return ParsedLine(text).step; }

int64_t last_step(const std::filesystem::path& file) {
  int64_t last = 0;
  if (std::filesystem::exists(file)) {
    const auto bytes = read_file(file, kMaxLogBytes);
    for_each_line({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                  [&](std::string_view line) { last = std::max(last, step_of_line(line)); });
  }
  return last;
}

int64_t for_each_line(std::string_view text, const std::function<void(std::string_view)>& use) {
  int64_t damaged = 0;
  while (!text.empty()) {
    const size_t length = std::min(text.find('\n'), text.size());
    try {
      use(text.substr(0, length));
    } catch (const DataError&) {
      ++damaged;
    }
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return damaged;
}

std::vector<int64_t> steps_without_line(const std::filesystem::path& file, std::span<const int64_t> steps) {
  std::set<int64_t> there;
  if (!steps.empty() && std::filesystem::exists(file)) {
    const auto bytes = read_file(file, kMaxLogBytes);
    for_each_line({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, [&](std::string_view text) {
      const ParsedLine line(text);
      if (line.has_event(kTrain) || !line.has_any_event()) {
        there.insert(line.step);
      }
    });
  }
  std::vector<int64_t> missing;
  std::ranges::set_difference(steps, there, std::back_inserter(missing));
  return missing;
}

int64_t rewind_lines(const std::filesystem::path& file, int64_t step) {
  if (!std::filesystem::exists(file)) {
    return 0;
  }
  const auto bytes = read_file(file, kMaxLogBytes);
  const std::string text(bytes.begin(), bytes.end());
  const auto whole_lines = std::string_view(text).substr(0, text.rfind('\n') + 1);  // npos + 1 is 0
  std::string kept;
  const int64_t damaged = for_each_line(whole_lines, [&](std::string_view line) {
    if (step_of_line(line) <= step) {
      kept.append(line).push_back('\n');
    }
  });
  if (kept != text || std::filesystem::hard_link_count(file) > 1) {
    write_file(file, kept);
  }
  return damaged;
}

}  // namespace veil::io
