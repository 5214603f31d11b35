#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "veil/io/source/image_source.h"

namespace veil::io {

/// Files that may be images, and others with their kind (left_out.h).
struct FolderFiles {
  std::vector<std::string> images;
  std::vector<std::pair<std::string, std::string>> others;  ///< name and kind
  std::vector<std::string> hidden;  ///< files and folders that begin with a dot or are of a system; not looked into
};

/// All that is not used of these.
[[nodiscard]] std::vector<LeftOut> left_out_of(const FolderFiles& files);

/// The files of a folder and its sub-folders as paths below it, sorted, numbers inside them as numbers. What begins
/// with a dot, or is what a system puts everywhere (Thumbs.db), is `hidden`; links are followed, but not to a folder
/// above them. Files that are called images are not opened, of all others the first bytes are looked at. Throws
/// DataError if a folder cannot be read.
[[nodiscard]] FolderFiles list_folder(const std::filesystem::path& folder);

/// The same of given files of one folder, by their names alone.
[[nodiscard]] FolderFiles list_files(const std::vector<std::filesystem::path>& files);

/// The images of a folder. Throws DataError if there is none, or if their folders are not understood (list_images()).
[[nodiscard]] std::unique_ptr<ImageSource> open_image_folder(const std::filesystem::path& folder, FolderFiles files);

/// The images in archives (tar, plain or gzip, and zip), read in place. Of several in the folder `path`, each is the
/// split that its name says; `path` is the file itself if there is one. Throws DataError if there is none in one of
/// them (what is in it is named, with what to do) and as above.
[[nodiscard]] std::unique_ptr<ImageSource> open_image_archives(const std::filesystem::path& path,
                                                               const std::vector<std::filesystem::path>& files);

/// How many files in an archive are called images. Throws DataError if it cannot be read.
[[nodiscard]] int64_t images_in_archive(const std::filesystem::path& file);

}  // namespace veil::io
