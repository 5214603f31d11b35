#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace veil::io {

/// Number of single-character insertions, deletions, replacements and swaps of neighbours that turn one text into the
/// other (optimal string alignment). Cost: product of the lengths.
[[nodiscard]] int64_t edit_distance(std::string_view a, std::string_view b);

/// The name of `names` with the fewest edits from `given`, the first of equals; empty if none is near enough to be
/// meant (more than a third of its characters differ, at least two being allowed).
[[nodiscard]] std::string nearest_name(std::string_view given, std::span<const std::string> names);

/// " (did you mean X?)", or nothing if no name is near: the end of a message.
[[nodiscard]] std::string did_you_mean(std::string_view given, std::span<const std::string> names);

}  // namespace veil::io
