#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "io/file/publish.h"

namespace veil::io {

/// A folder that gets its files all at once: what is stopped or fails leaves nothing that looks like a whole set. They
/// are collected in TARGET.partial, or in TARGET/.partial where the target is there already: it may be a mount point.
class NewFolder {
 public:
  explicit NewFolder(const std::filesystem::path& target);

  /// A target that may hold files: those that `is_old` gives are removed when all new ones are whole, before the first
  /// of them is put there, so that old and new are never side by side; others stay, but for those whose name is needed.
  NewFolder(const std::filesystem::path& target, std::function<bool(const std::filesystem::path&)> is_old);

  /// Where the files are to be written.
  [[nodiscard]] const std::filesystem::path& path() const { return draft_.path(); }

  /// Throws InvalidArgument if the target holds files and was not said to, or if path() holds some that no NewFolder
  /// left; IoError if the target is no folder.
  void check() const;

  /// Makes path(). Throws what check() throws; IoError.
  void open();

  /// Puts the files into the target. Throws IoError.
  void publish();

 private:
  void remove_old() const;

  FolderDraft draft_;
  std::function<bool(const std::filesystem::path&)> is_old_;
};

/// Where a NewFolder may collect the files of this target; what such a name holds from before is removed if it is
/// marked.
[[nodiscard]] std::vector<std::filesystem::path> new_folder_drafts(const std::filesystem::path& target);

/// Whether `path` is what a NewFolder that was killed left in its target `folder`.
[[nodiscard]] bool is_draft_in(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace veil::io
