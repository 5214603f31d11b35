#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "veil/io/config/run_config.h"

namespace veil::cli {

/// The folder of one training run, held by one process at a time.
class RunFolder {
 public:
  /// Creates the folder or opens that of an earlier run, and takes its lock. Throws InvalidArgument if it holds files
  /// of something else, if `fresh` and it holds a run, or if another process works in it; IoError.
  RunFolder(std::filesystem::path path, bool fresh);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  RunFolder(RunFolder&&) = delete;
  RunFolder& operator=(RunFolder&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path file(std::string_view name) const { return path_ / name; }

  /// Writes config.cfg. If an earlier run left one, keys that may change between stops are allowed to differ and are
  /// returned as "key: old → new"; a key that decides the result throws InvalidArgument naming old and new value.
  std::vector<std::string> settle_config(const io::RunConfig& config);

  /// Cuts the JSON lines file `name` back to the lines with "step" <= step: what a run that goes on from there had
  /// written.
  void rewind(std::string_view name, int64_t step) const;

  /// Adds one line to a JSON lines file. Throws IoError.
  void append(std::string_view name, std::string_view line) const;

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace veil::cli
