#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace veil::io {

/// What a run did, as one HTML page for people: an answer to each question of a newcomer, result with its error beside
/// what lossless image formats need, curves, samples, where the bits are, warnings, settings, and what to type to
/// repeat it. Needs nothing but itself: no scripts, no network, pictures and curves inside, below 5 MB (pictures that
/// would not fit are left out), light and dark, for narrow screens, wide ones and paper. Read are the files of
/// docs/file-formats.md but checkpoints; what is missing or damaged is left out and the page says so. Numbers of
/// evaluation.json stand in <data data-field="NAME" value="EXACT">. The same files give the same bytes. Throws
/// DataError if `run_folder` is not a folder.
/// damage: gets a line for each file that is damaged, if it is asked for.
[[nodiscard]] std::string make_report(const std::filesystem::path& run_folder,
                                      std::vector<std::string>* damage = nullptr);

/// The name of a run: of its folder, for a path as "results/run/" or "." too.
[[nodiscard]] std::string run_name(const std::filesystem::path& folder);

/// Writes make_report's page as run_folder/report.html and returns that path. Throws IoError as well.
std::filesystem::path write_report(const std::filesystem::path& run_folder, std::vector<std::string>* damage = nullptr);

}  // namespace veil::io
