#pragma once

#include <filesystem>
#include <string>

namespace veil::io {

/// What a run did, as one HTML page for people: result with its error, curves, sample grids, resolved configuration,
/// and the command that makes it again. Needs nothing but itself: no scripts, no network, images and curves inside, at
/// most 5 MB (sample grids that would not fit are left out), light and dark. Read are log.jsonl, timing.jsonl,
/// evaluation.json, config.cfg, samples/*.png and samples.png (docs/file-formats.md); what is missing or damaged is
/// left out and the page says so. The same files give the same bytes. Throws DataError if `run_folder` is not a folder.
[[nodiscard]] std::string make_report(const std::filesystem::path& run_folder);

/// Writes make_report's page as run_folder/report.html and returns that path. Throws IoError as well.
std::filesystem::path write_report(const std::filesystem::path& run_folder);

}  // namespace veil::io
