#include "io/run/event_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>
#include <utility>

#include "io/file/files.h"
#include "io/file/input_file.h"
#include "io/model/model_files.h"
#include "io/run/evaluation_file.h"
#include "io/run/run_log.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostSampleBytes = int64_t{64} << 20;
constexpr const char* kPicture = ".png";
constexpr const char* kTexts = ".txt";
constexpr const char* kSamples = "samples";

// What is not known is left out.
void add_number(std::vector<EventValue>& values, std::string tag, double number) {
  if (std::isfinite(number)) {
    values.push_back({.tag = std::move(tag), .value = number});
  }
}

std::vector<EventValue> values_of(const TrainLine& line) {
  std::vector<EventValue> values;
  add_number(values, "train/bits_per_dim", line.bits_per_dim);
  add_number(values, "train/gradient_norm", line.gradient_norm);
  add_number(values, "train/learning_rate", line.learning_rate);
  add_number(values, "train/examples", static_cast<double>(line.examples));
  add_number(values, "train/skipped", static_cast<double>(line.skipped));
  if (line.powers) {
    add_number(values, "powers/low", line.powers->low);
    add_number(values, "powers/high", line.powers->high);
    add_number(values, "powers/mean", line.powers->mean);
  }
  return values;
}

std::vector<EventValue> values_of(const EvaluationLine& line) {
  std::vector<EventValue> values;
  add_number(values, "evaluation/bits_per_dim", line.bits_per_dim);
  add_number(values, "evaluation/standard_error", line.standard_error);
  return values;
}

std::vector<EventValue> values_of(const QualityLine& line) {
  std::vector<EventValue> values;
  for (const auto& figure : line.figures) {
    add_number(values, concat("quality/", figure.name), figure.samples.value);
    add_number(values, concat("quality_of_real_images/", figure.name), figure.real.value);
  }
  return values;
}

std::vector<EventValue> values_of(std::monostate /*other*/) { return {}; }

std::vector<EventValue> values_of(const TimingLine& line) {
  std::vector<EventValue> values;
  add_number(values, "speed/examples_per_second", line.examples_per_second);
  if (line.peak_memory_bytes > 0) {
    add_number(values, "speed/peak_memory_bytes", static_cast<double>(line.peak_memory_bytes));
  }
  return values;
}

std::vector<EventValue> values_of(const ExampleBitsLine& line) {
  std::vector<double> bits = line.bits;
  std::erase_if(bits, [](double each) { return !std::isfinite(each); });
  std::vector<EventValue> values;
  if (!bits.empty()) {
    values.push_back({.tag = "evaluation/example_bits", .value = event_histogram(bits)});
  }
  return values;
}

// The step in the name of a file of samples: step-00001234.png.
std::optional<int64_t> step_of(const fs::path& file) {
  const std::string name = file.stem().string();
  int64_t step = 0;
  const char* begin = name.data() + std::min(name.size(), kStepPrefix.size());
  const char* end = name.data() + name.size();
  const bool is_whole = std::from_chars(begin, end, step).ptr == end && begin != end;
  return is_whole && name.starts_with(kStepPrefix) ? std::optional(step) : std::nullopt;
}

// Each step has one file of samples: the kind of the data decides its ending.
std::map<int64_t, fs::path> sample_files(const fs::path& folder) {
  std::map<int64_t, fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& path = entry->path();
    const auto step = step_of(path);
    if (step && (path.extension() == kPicture || path.extension() == kTexts)) {
      files[*step] = path;
    }
  }
  return files;
}

fs::path that_exists(const fs::path& stem) {
  for (const char* ending : {kPicture, kTexts}) {
    const fs::path path = stem.string() + ending;
    if (fs::exists(path)) {
      return path;
    }
  }
  return {};
}

// What was added to a file of lines.
std::string rest_of(const fs::path& file, int64_t& offset) {
  if (!fs::exists(file)) {
    return "";
  }
  InputFile input(file);
  std::vector<uint8_t> bytes(static_cast<size_t>(std::max<int64_t>(input.size() - offset, 0)));
  input.seek(offset);
  bytes.resize(input.read(bytes));
  offset += std::ssize(bytes);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

EventFile::EventFile(const RunLayout& layout, int64_t step)
    : layout_(layout),
      log_{.file = layout.log, .offset = 0},
      timing_{.file = layout.timing, .offset = 0},
      example_bits_{.file = layout.example_bits, .offset = 0} {
  auto events = new_events();
  for (const auto& [drawn, file] : sample_files(layout_.samples)) {
    if (drawn <= step) {  // later ones are of what a kill undid
      add_samples(file, drawn, events);
    }
  }
  write_file(layout_.events, version_record(time_of(0)) + records(std::move(events)));
}

void EventFile::follow(int64_t step, bool has_samples) {
  auto events = new_events();
  if (has_samples) {
    add_samples(that_exists(layout_.samples / step_name(step)), step, events);
  }
  append_bytes(layout_.events, records(std::move(events)));
}

void EventFile::add_results() {
  const auto report = read_evaluation(layout_.evaluation);
  std::vector<EventValue> values;
  add_number(values, "final/bits_per_dim", report.bits_per_dim);
  add_number(values, "final/standard_error", report.standard_error);
  auto events = new_events();
  events.push_back({.step = report.step, .values = std::move(values)});
  add_samples(that_exists(layout_.samples), report.step, events);
  append_bytes(layout_.events, records(std::move(events)));
}

std::vector<EventFile::StepEvent> EventFile::new_events() {
  std::vector<StepEvent> events;
  (void)for_each_line(rest_of(log_.file, log_.offset), [&](std::string_view text) {
    std::visit(
        [&](const auto& line) {
          events.push_back({step_of_line(text), values_of(line)});
        },
        parse_log_line(text));
  });
  add_times(rest_of(timing_.file, timing_.offset), events);
  (void)for_each_line(rest_of(example_bits_.file, example_bits_.offset), [&](std::string_view text) {
    const auto line = parse_example_bits_line(text);
    events.push_back({line.step, values_of(line)});
  });
  return events;
}

void EventFile::add_times(std::string_view lines, std::vector<StepEvent>& events) {
  (void)for_each_line(lines, [&](std::string_view text) {
    const auto entry = parse_timing_line(text);
    if (const auto* start = std::get_if<StartLine>(&entry); start != nullptr && std::isfinite(start->time)) {
      clock_ = start->time;
      times_.try_emplace(start->step, clock_);  // what there is of this step already is older
    }
    if (const auto* line = std::get_if<TimingLine>(&entry)) {
      clock_ += std::isfinite(line->seconds) ? line->seconds : 0.0;
      times_[line->step] = clock_;
      events.push_back({line->step, values_of(*line)});
    }
  });
}

void EventFile::add_samples(const fs::path& file, int64_t step, std::vector<StepEvent>& events) const {
  if (file.empty()) {
    return;
  }
  const auto bytes = read_file(file, kMostSampleBytes);
  const std::string content(bytes.begin(), bytes.end());
  EventValue value{.tag = kSamples, .value = EventImage{content}};
  if (file.extension() == kTexts) {
    EventTexts texts;
    (void)for_each_line(content, [&](std::string_view line) { texts.texts.emplace_back(line); });
    value.value = std::move(texts);
  }
  events.push_back({step, {std::move(value)}});
}

std::string EventFile::records(std::vector<StepEvent> events) const {
  std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.step < b.step; });
  std::string text;
  for (const auto& event : events) {
    if (!event.values.empty()) {
      text += event_record(time_of(event.step), event.step, event.values);
    }
  }
  return text;
}

double EventFile::time_of(int64_t step) const {
  const auto next = times_.upper_bound(step);
  return next == times_.begin() ? 0.0 : std::prev(next)->second;
}

void begin_event_file(std::optional<EventFile>& events, const RunLayout& layout, int64_t step, bool is_wanted) {
  if (is_wanted) {
    events.emplace(layout, step);
  } else {
    remove_event_file(layout);
  }
}

void remove_event_file(const RunLayout& layout) {
  std::error_code error;
  fs::remove(layout.events, error);
  require<IoError>(!error, layout.events.string(), ": cannot be removed: ", error.message());
}

}  // namespace veil::io
