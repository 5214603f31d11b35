#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/run/run_layout.h"
#include "veil/io/config/run_config.h"

namespace veil::io {

/// The folder of one training run, held by one process at a time.
class RunFolder {
 public:
  /// Creates the folder or opens that of an earlier run, and takes its lock. Throws InvalidArgument if it holds files
  /// of something else, if `fresh` and it holds a run, if what the run keeps is a link that leads out of it (a file,
  /// or a folder of another run), or if another process works in it; IoError, also for a folder in place of a file.
  RunFolder(const std::filesystem::path& path, bool fresh);

  /// Without a configuration nothing began here: the folder is left as it was found.
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  RunFolder(RunFolder&&) = delete;
  RunFolder& operator=(RunFolder&&) = delete;

  [[nodiscard]] const RunLayout& layout() const { return layout_; }

  /// The configuration that an earlier start left; absent if there was none. Throws as read_run_config.
  [[nodiscard]] std::optional<RunConfig> config() const;

  /// Writes the configuration, unless it is there already: once a start has succeeded, so that one that fails refuses
  /// nothing to the next. Throws IoError.
  void write_config(const RunConfig& config);

  /// Cuts the logs back to what a run that goes on from `step` had written. Returns a line for each log that has
  /// damaged lines, which are dropped, and for each that has no line of a step of `expected`. Throws DataError,
  /// IoError.
  std::vector<std::string> rewind_logs(int64_t step, std::span<const int64_t> expected = {});

 private:
  RunLayout layout_;
  bool was_there_;
  int lock_ = -1;
};

/// The configuration that a run folder holds; keys that it leaves out have their defaults. Throws DataError,
/// InvalidArgument (see config_file.h).
[[nodiscard]] RunConfig read_run_config(const RunLayout& layout);

}  // namespace veil::io
