#pragma once

#include <filesystem>

#include "io/file/publish.h"

namespace veil::io {

/// A folder that gets its files all at once: what is stopped or fails leaves nothing that looks like a whole set. They
/// are collected in TARGET.partial, or in TARGET/.partial where the target is there already: it may be a mount point.
class NewFolder {
 public:
  explicit NewFolder(const std::filesystem::path& target);

  /// Where the files are to be written.
  [[nodiscard]] const std::filesystem::path& path() const { return draft_.path(); }

  /// Makes path(). Throws InvalidArgument if the target holds files, or if path() holds some that no NewFolder left;
  /// IoError.
  void open();

  /// Puts the files into the target. Throws IoError.
  void publish();

 private:
  void remove_stale() const;

  FolderDraft draft_;
};

}  // namespace veil::io
