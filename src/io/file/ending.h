#pragma once

#include <filesystem>
#include <string>

#include "base/words.h"

namespace veil::io {

/// The ending of a file's name in small letters, with its point: ".png" of "A.PNG"; empty if there is none.
[[nodiscard]] inline std::string ending_of(const std::filesystem::path& file) {
  return lower_case(file.extension().string());
}

}  // namespace veil::io
