#pragma once

#include <filesystem>

namespace veil::io {

/// The place that a name leads to through links, whether or not something is there yet; of a circle of links the name
/// itself.
[[nodiscard]] std::filesystem::path followed(const std::filesystem::path& path);

/// Whether a place is a folder or lies below it. Both are as they come: neither links nor ".." are followed.
[[nodiscard]] bool is_inside(const std::filesystem::path& place, const std::filesystem::path& folder);

}  // namespace veil::io
