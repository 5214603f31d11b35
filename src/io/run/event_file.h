#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/run/event_record.h"
#include "io/run/run_layout.h"

namespace veil::io {

/// The event file of a run (RunLayout::events), which TensorBoard shows. It is made of what the run's logs and sample
/// pictures hold and of nothing else: no step twice, none missing, however often the run was killed
/// (docs/file-formats.md).
class EventFile {
 public:
  /// Writes the file anew from the logs and from the samples that were drawn up to `step`, in place of one that may be
  /// there. The logs must have been cut back (RunFolder::rewind_logs). Damaged lines are left out. Throws DataError if
  /// a log cannot be read, IoError.
  EventFile(const RunLayout& layout, int64_t step);

  /// Adds the lines that the logs got since, and with `has_samples` those that were drawn after `step`. Throws
  /// likewise.
  void follow(int64_t step, bool has_samples);

  /// Adds the evaluation and the samples of the finished model. Throws likewise.
  void add_results();

 private:
  struct StepEvent {
    int64_t step = 0;
    std::vector<EventValue> values;
  };
  /// A log as far as it was read.
  struct Tail {
    std::filesystem::path file;
    int64_t offset = 0;
  };

  [[nodiscard]] std::vector<StepEvent> new_events();
  void add_times(std::string_view lines, std::vector<StepEvent>& events);
  void add_samples(const std::filesystem::path& file, int64_t step, std::vector<StepEvent>& events) const;
  [[nodiscard]] std::string records(std::vector<StepEvent> events) const;
  [[nodiscard]] double time_of(int64_t step) const;

  RunLayout layout_;
  Tail log_;
  Tail timing_;
  Tail example_bits_;
  std::map<int64_t, double> times_;  ///< seconds since 1970, by step
  double clock_ = 0.0;               ///< that of the last line of timing.jsonl
};

/// Removes the file of a run that has none any more. Throws IoError.
void remove_event_file(const RunLayout& layout);

/// Begins the file of a run that goes on with the samples up to `step`, or removes one where it is not wanted. Throws
/// DataError, IoError.
void begin_event_file(std::optional<EventFile>& events, const RunLayout& layout, int64_t step, bool is_wanted);

}  // namespace veil::io
