#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/run/run_records.h"
#include "veil/io/config/run_config.h"

namespace veil::io {

/// A run among others.
struct ListedRun {
  std::string name;
  std::string link;  ///< to its page, for an attribute
  RunRecords records;
  std::optional<RunConfig> config;  ///< nothing if it cannot be read
};

/// Throws DataError if `folder` is not one. page_folder: where the page with the link lies.
[[nodiscard]] ListedRun read_listed_run(const std::filesystem::path& folder, const std::filesystem::path& page_folder);

/// Runs that were scored on the same examples, the fewest bits first.
struct RunGroup {
  std::string data;  ///< in words
  std::vector<const ListedRun*> runs;
};

/// By data set, split and the evaluation data's fingerprint, in the order of their first run; runs without an
/// evaluation come last, in a group of no data.
[[nodiscard]] std::vector<RunGroup> grouped(const std::vector<ListedRun>& runs);

}  // namespace veil::io
