#pragma once

#include <algorithm>
#include <filesystem>
#include <string>

namespace veil::io {

/// The ending of a file's name in small letters, with its point: ".png" of "A.PNG"; empty if there is none.
[[nodiscard]] inline std::string ending_of(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return ending;
}

}  // namespace veil::io
