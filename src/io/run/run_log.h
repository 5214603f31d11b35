#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "veil/io/model/training_history.h"
#include "veil/quality/quality_figure.h"

namespace veil::io {

/// Learned powers by how far they have spread (GenMD4).
struct PowerSpread {
  double low = 0.0;
  double high = 0.0;
  double mean = 0.0;
};

/// What log.jsonl says of the training since the line before. A number that is not known or not finite is NaN.
struct TrainLine {
  int64_t step = 0;            ///< updates done
  double bits_per_dim = 0.0;   ///< mean of the estimates on the batches
  double learning_rate = 0.0;  ///< of the last update
  double gradient_norm = 0.0;  ///< of the last update, before clipping
  int64_t examples = 0;        ///< that all updates so far were made of
  int64_t skipped = 0;         ///< updates so far that were skipped because a gradient was not finite
  std::optional<PowerSpread> powers = {};
};

/// What log.jsonl says of an evaluation during training.
struct EvaluationLine {
  int64_t step = 0;
  double bits_per_dim = 0.0;
  double standard_error = 0.0;  ///< over examples
  int64_t examples = 0;         ///< scored
  int64_t dataset_size = 0;     ///< examples that the split has; 0: not known
};

/// What log.jsonl says of a comparison of samples with real images during training (veil quality).
struct QualityLine {
  int64_t step = 0;
  int64_t samples = 0;
  std::vector<QualityFigure> figures = {};
};

/// What log.jsonl says of a setting that changed when the run went on.
struct ChangeLine {
  int64_t step = 0;  ///< the first update under the new value
  SettingChange change;
};

/// A line of example-bits.jsonl: what the examples of an evaluation during training had.
struct ExampleBitsLine {
  int64_t step = 0;
  std::vector<double> bits;  ///< bits per dimension of each, in the order of the data set
};

/// What timing.jsonl says of the time that updates took.
struct TimingLine {
  int64_t step = 0;
  double seconds = 0.0;  ///< wall-clock time since the line before
  double examples_per_second = 0.0;
  int64_t peak_memory_bytes = 0;  ///< most so far: of the device, or of the process on a CPU; 0: not known
};

/// What timing.jsonl says of a process that trained: where it began, and by which command.
struct StartLine {
  int64_t step = 0;  ///< updates done before
  std::string command;
  double time = 0.0;  ///< when, in seconds since 1970 (UTC); NaN: not known, of older versions
};

/// That of this moment.
[[nodiscard]] StartLine start_line_now(int64_t step, const std::string& command);

/// What timing.jsonl says of a warning.
struct WarningLine {
  int64_t step = 0;
  std::string text;
};

/// A line of log.jsonl; monostate where its event is one that readers of curves have no use for.
using LogLine = std::variant<std::monostate, TrainLine, EvaluationLine, QualityLine>;

/// A line of timing.jsonl; monostate for an event that is not known.
using TimingEntry = std::variant<std::monostate, TimingLine, StartLine, WarningLine>;

/// The lines as JSON objects, without their ends.
[[nodiscard]] std::string to_json_line(const TrainLine& line);
[[nodiscard]] std::string to_json_line(const EvaluationLine& line);
[[nodiscard]] std::string to_json_line(const QualityLine& line);
[[nodiscard]] std::string to_json_line(const TimingLine& line);
[[nodiscard]] std::string to_json_line(const ExampleBitsLine& line);
[[nodiscard]] std::string to_json_line(const StartLine& line);
[[nodiscard]] std::string to_json_line(const WarningLine& line);
[[nodiscard]] std::string to_json_line(const ChangeLine& line);

/// The inverse. Fields that are not known are passed over, and what is missing of the others, or is of another kind, is
/// NaN or 0; but the step has to be there. Throw DataError on a line that is no such object.
[[nodiscard]] LogLine parse_log_line(std::string_view text);
[[nodiscard]] TimingEntry parse_timing_line(std::string_view text);
[[nodiscard]] ExampleBitsLine parse_example_bits_line(std::string_view text);

/// The step of a line of either file. Throws DataError.
[[nodiscard]] int64_t step_of_line(std::string_view text);

/// The largest step of a file of JSON lines; 0 if it is missing or has no line that can be read. Throws DataError if it
/// is there and cannot be read.
[[nodiscard]] int64_t last_step(const std::filesystem::path& file);

/// Calls `use` with every line of `text`, without its end, and returns how many of them it refused by DataError: the
/// damaged ones. The last line may have no end: it is cut if a kill cut it, and then damaged as well.
int64_t for_each_line(std::string_view text, const std::function<void(std::string_view)>& use);

/// Adds one line to a file of JSON lines, or any bytes to any file: at the end, all of them or an error. Throw IoError.
void append_bytes(const std::filesystem::path& file, std::string_view bytes);
void append_line(const std::filesystem::path& file, std::string_view line);

/// Those of `steps`, which ascend, of which a file of JSON lines has no line of training (in timing.jsonl: no line).
/// Lines that are damaged do not count. Throws DataError if the file is there and cannot be read.
[[nodiscard]] std::vector<int64_t> steps_without_line(const std::filesystem::path& file,
                                                      std::span<const int64_t> steps);

/// Cuts a file of JSON lines back to those up to `step`: what a run that goes on from there had written, to the byte. A
/// file that has another name elsewhere (a hard link of a copy) is written anew, so that it grows under this name
/// alone. Damaged lines go too; returns how many there were besides a cut last one. A file that is missing stays so.
/// Throws DataError if it cannot be read, IoError.
int64_t rewind_lines(const std::filesystem::path& file, int64_t step);

}  // namespace veil::io
