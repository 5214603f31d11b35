#pragma once

#include <map>
#include <string>

namespace veil::io {

/// The libraries that decide what pixels an image file becomes, and their versions: libpng, libjpeg-turbo, libwebp,
/// OpenCV, HDF5.
[[nodiscard]] std::map<std::string, std::string> library_versions();

}  // namespace veil::io
