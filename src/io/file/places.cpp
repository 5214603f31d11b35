#include "io/file/places.h"

#include <algorithm>
#include <system_error>

namespace veil::io {

namespace fs = std::filesystem;

fs::path followed(const fs::path& path) {
  constexpr int kMostLinks = 40;
  std::error_code error;
  auto place = fs::absolute(path);
  for (int i = 0; i < kMostLinks && fs::is_symlink(fs::symlink_status(place, error)); ++i) {
    // The folder first, for ".." in a link counts from where the link really lies.
    place = fs::weakly_canonical(place.parent_path(), error) / fs::read_symlink(place, error);
    if (error) {
      return path;
    }
  }
  place = fs::weakly_canonical(place, error);
  return error ? path : place;
}

bool is_inside(const fs::path& place, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), place.begin(), place.end()).first == folder.end();
}

}  // namespace veil::io
