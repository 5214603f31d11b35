#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/opening/outputs.h"

namespace veil::cli {

/// The folder of the parts in that of a comparison, by which it is known.
inline constexpr const char* kComparisonParts = "parts";

/// What is to be known of a kind of output.
struct OutputTraits {
  std::string content;               ///< in a message: "samples in a picture"
  std::vector<std::string> endings;  ///< of its name, in small letters; none: any
  bool is_folder = false;
  bool may_be_device = true;  ///< it can be written from first to last byte
  bool has_mark = true;       ///< veil knows its own
};

[[nodiscard]] OutputTraits traits_of(OutputKind kind);

/// Whether the file that is there is one that veil wrote as an output of this kind.
[[nodiscard]] bool is_own(const std::filesystem::path& file, OutputKind kind);

/// Names that are taken while the output is written: what is there then is replaced.
[[nodiscard]] std::vector<std::filesystem::path> drafts_of(const std::filesystem::path& output, OutputKind kind);

/// Throws InvalidArgument if under one of those names lies what no writing left.
void check_drafts(const std::filesystem::path& output, OutputKind kind);

/// The name of something in a folder that sampling did not write there; empty if there is none.
[[nodiscard]] std::string foreign_entry(const std::filesystem::path& folder);

/// A link in the folder of a comparison that leads out of it to a file, whether or not that is there yet; empty if
/// there is none.
[[nodiscard]] std::filesystem::path link_out_of(const std::filesystem::path& folder);

/// Whether `file` has the name of one of the files that a run keeps, in the folder of a run.
[[nodiscard]] bool is_of_a_run(const std::filesystem::path& file);

}  // namespace veil::cli
