#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace veil::io {

// By its mark veil knows a file as one that it wrote itself, and what it put there: so it replaces the samples of
// yesterday, and nobody's photograph. These are the contents that there are.
inline constexpr std::string_view kSamplesMark = "samples";    ///< in one picture or one archive of arrays
inline constexpr std::string_view kSampleMark = "one sample";  ///< a picture of its own
inline constexpr std::string_view kSheetMark = "contact sheet";
inline constexpr std::string_view kHeatMapMark = "heat map";
inline constexpr std::string_view kPairsMark = "pairs";  ///< samples with the training images nearest to them
inline constexpr std::string_view kPlotMark = "plot";
inline constexpr std::string_view kImagesMark = "images";  ///< a data set as arrays
inline constexpr std::string_view kReportMark = "report";
inline constexpr std::string_view kFilmMark = "film";  ///< samples while they are drawn

/// "veil 0.9.0 (samples)": in a PNG file the comment Software, in a zip archive its comment, in an SVG drawing the
/// comment before it, in HTML the meta element generator.
[[nodiscard]] std::string file_mark(std::string_view content);

/// The marks of drawings and pages, as they stand in the file.
[[nodiscard]] std::string svg_mark(std::string_view content);
[[nodiscard]] std::string html_mark(std::string_view content);

/// Whether a file has the mark of this content, left by any version of veil, where its format keeps it: a PNG file,
/// a zip archive, an SVG drawing, HTML. No other file has one, nor one that cannot be read. Looks at the first 4 KiB
/// and the end only.
[[nodiscard]] bool bears_mark(const std::filesystem::path& file, std::string_view content);

}  // namespace veil::io
