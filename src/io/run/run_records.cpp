#include "io/run/run_records.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <system_error>
#include <variant>

#include "io/file/files.h"
#include "io/run/details_file.h"
#include "io/run/evaluation_file.h"
#include "io/run/powers_file.h"
#include "io/run/run_log.h"
#include "io/run/sample_files.h"
#include "veil/base/error.h"
#include "veil/io/model/model_file.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxLogBytes = int64_t{256} << 20;
constexpr int64_t kMaxTextBytes = int64_t{1} << 20;

std::string name_of(const fs::path& path) { return path.filename().string(); }

bool is_there(const fs::path& path, std::vector<std::string>& notes) {
  std::error_code error;
  const bool is = fs::exists(path, error);
  if (!is) {
    notes.push_back(name_of(path) + " is missing.");
  }
  return is;
}

void note_damage(RunRecords& records, const std::string& text) {
  records.notes.push_back(text);
  records.damage.push_back(text);
}

/// The file's text; a note instead if it cannot be read.
std::string read_text(const fs::path& path, int64_t limit, RunRecords& records) {
  if (!is_there(path, records.notes)) {
    return {};
  }
  try {
    const auto bytes = read_file(path, limit);
    return {bytes.begin(), bytes.end()};
  } catch (const DataError&) {
    note_damage(records, name_of(path) + " cannot be read or is too large, and is left out.");
    return {};
  }
}

/// Numbers that are not known are gaps.
void add(StepCurve& curve, int64_t step, double value) {
  if (std::isfinite(value)) {
    curve[step] = value;
  }
}

void add(RunRecords& records, const TrainLine& line) {
  add(records.train_bits, line.step, line.bits_per_dim);
  add(records.learning_rate, line.step, line.learning_rate);
  add(records.gradient_norm, line.step, line.gradient_norm);
  records.examples = std::max(records.examples, line.examples);
  records.skipped = std::max(records.skipped, line.skipped);
  if (line.powers) {
    add(records.power_low, line.step, line.powers->low);
    add(records.power_high, line.step, line.powers->high);
  }
}

void add(RunRecords& records, const EvaluationLine& line) {
  add(records.evaluation_bits, line.step, line.bits_per_dim);
  add(records.evaluation_error, line.step, line.standard_error);
  records.evaluation_examples = line.examples;
  records.evaluation_dataset_size = line.dataset_size;
}

void add(RunRecords& records, const QualityLine& line) { records.quality.push_back(line); }

void add(RunRecords& /*records*/, const std::monostate& /*an event that is not known*/) {}

void add(RunRecords& records, const TimingLine& line) {
  add(records.seconds, line.step, line.seconds);
  add(records.examples_per_second, line.step, line.examples_per_second);
  records.peak_memory_bytes = std::max(records.peak_memory_bytes, line.peak_memory_bytes);
}

void add(RunRecords& records, const StartLine& line) { records.starts.push_back(line); }

void add(RunRecords& records, const WarningLine& line) { records.warnings.push_back(line); }

/// Calls `use` with every line. The last one may be cut: a run that is going on writes it.
void read_lines(const fs::path& path, RunRecords& records, const std::function<void(std::string_view)>& use) {
  const int64_t damaged = for_each_line(read_text(path, kMaxLogBytes, records), use);
  if (damaged > 0) {
    note_damage(records, concat(damaged, damaged == 1 ? " damaged line of " : " damaged lines of ", name_of(path),
                                damaged == 1 ? " is" : " are", " left out."));
  }
}

/// What `read` makes of the file; the empty value and a note if it is damaged.
template <typename Value>
Value read_whole(Value (*read)(const fs::path&), const fs::path& path, RunRecords& records) {
  try {
    return read(path);
  } catch (const DataError&) {
    note_damage(records, name_of(path) + " is damaged and left out.");
    return {};
  }
}

/// A few lines of a file of texts; none if it is not there.
std::vector<std::string> first_texts(const fs::path& file) {
  constexpr size_t kMostTexts = 8;
  std::vector<std::string> texts;
  std::error_code error;
  if (fs::exists(file, error)) {
    RunRecords unused;
    const std::string text = read_text(file, kMaxLogBytes, unused);
    (void)for_each_line(text, [&](std::string_view line) {
      if (texts.size() < kMostTexts) {
        texts.emplace_back(line);
      }
    });
  }
  return texts;
}

/// Those of another evaluation say nothing of this one.
void read_details_of(RunRecords& records, const RunLayout& layout) {
  if (!records.evaluation || !is_there(layout.details, records.notes)) {
    return;
  }
  records.details = read_whole<std::optional<EvaluationDetails>>(
      [](const fs::path& path) { return std::optional(read_details(path)); }, layout.details, records);
  if (records.details && records.details->bits_per_dim != records.evaluation->bits_per_dim) {
    records.details.reset();
    note_damage(records, concat(name_of(layout.details), " is of another evaluation than ", name_of(layout.evaluation),
                                " and left out."));
  }
}

}  // namespace

RunRecords read_run_records(const RunLayout& layout) {
  RunRecords records;
  read_lines(layout.log, records, [&](std::string_view text) {
    std::visit([&](const auto& line) { add(records, line); }, parse_log_line(text));
  });
  read_lines(layout.timing, records, [&](std::string_view text) {
    std::visit([&](const auto& line) { add(records, line); }, parse_timing_line(text));
  });
  if (is_there(layout.evaluation, records.notes)) {
    records.evaluation = read_whole<std::optional<EvaluationReport>>(
        [](const fs::path& path) { return std::optional(read_evaluation(path)); }, layout.evaluation, records);
  }
  read_details_of(records, layout);
  std::error_code error;
  if (fs::exists(layout.powers, error)) {  // only runs with learned powers have them
    records.powers = read_whole(read_powers, layout.powers, records);
  }
  if (fs::exists(layout.model, error)) {  // a run that is going on has none yet
    records.history = read_whole(read_history, layout.model, records);
  }
  records.config = read_text(layout.config, kMaxTextBytes, records);
  records.pictures = sample_pictures(layout);
  records.texts = first_texts(samples_file(layout, DataKind::kText));
  if (records.pictures.empty() && records.texts.empty()) {
    records.notes.emplace_back("There are no sample grids.");
  }
  return records;
}

}  // namespace veil::io
