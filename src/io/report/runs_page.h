#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace veil::io {

/// Several runs side by side as one HTML page, in the manner of make_report: for each data set that was scored a table
/// sorted by bits per dimension, the difference of each run to the best on the examples that both scored with its 95 %
/// interval, curves over one another, and the settings in which the runs differ. Each run links to its own page
/// (RunLayout::report), relative to the folder of `page`, where this one will lie. The same files give the same bytes.
/// Throws DataError if one of `runs` is not a folder.
[[nodiscard]] std::string make_runs_page(const std::vector<std::filesystem::path>& runs,
                                         const std::filesystem::path& page, const std::string& title);

/// The runs right below a folder, by name; a run is a folder that holds its configuration, its log or its evaluation.
[[nodiscard]] std::vector<std::filesystem::path> runs_below(const std::filesystem::path& folder);

/// Whether a folder is that of a run, by the same files.
[[nodiscard]] bool is_run(const std::filesystem::path& folder);

}  // namespace veil::io
