#pragma once

#include <filesystem>
#include <string>

namespace veil::io {

/// Makes a folder, and those above it that are missing. It may be there. Throws IoError.
void make_folder(const std::filesystem::path& folder);

/// A file that is written under a name beside its own, its draft, and gets its own when it is whole: who reads it sees
/// either what was there or all of the new, whenever the program or the machine stops.
class FileDraft {
 public:
  /// Through a link the file that it names is replaced, not the link. A target that is neither a file nor a folder (a
  /// pipe, /dev/full) has no draft: it is written directly. `ending` makes the name of the draft; empty: one that no
  /// other process takes.
  explicit FileDraft(const std::filesystem::path& target, const std::string& ending = "");

  /// Removes what was not published.
  ~FileDraft();
  FileDraft(const FileDraft&) = delete;
  FileDraft& operator=(const FileDraft&) = delete;
  FileDraft(FileDraft&&) = delete;
  FileDraft& operator=(FileDraft&&) = delete;

  /// Where the content is to be written.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Flushes the content to the disk and gives it its name. It must be closed. Throws IoError; what was there stays.
  void publish();

 private:
  std::filesystem::path target_;
  std::filesystem::path path_;
};

/// The same of a folder with all that is in it.
class FolderDraft {
 public:
  /// `path`: of the draft, beside the target or directly in it.
  FolderDraft(std::filesystem::path target, std::filesystem::path path);

  /// Removes what was not published.
  ~FolderDraft();
  FolderDraft(const FolderDraft&) = delete;
  FolderDraft& operator=(const FolderDraft&) = delete;
  FolderDraft(FolderDraft&&) = delete;
  FolderDraft& operator=(FolderDraft&&) = delete;

  [[nodiscard]] const std::filesystem::path& target() const { return target_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Makes the folder path(), in which the files are to be written. Throws IoError.
  void make();

  /// Flushes the list of its files to the disk (write_file() has flushed each) and puts it in place of the target,
  /// which is removed then. A draft that lies in its target gives it what it holds, all or nothing. Throws IoError.
  void publish();

 private:
  std::filesystem::path target_;
  std::filesystem::path path_;
  bool is_made_ = false;
};

}  // namespace veil::io
