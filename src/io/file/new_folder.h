#pragma once

#include <filesystem>
#include <system_error>

namespace veil::io {

/// With the folders above it; nothing happens if it is there. Throws IoError.
void make_folder(const std::filesystem::path& folder);

/// A folder that gets its files all at once: what is stopped or fails leaves nothing that looks like a whole set. They
/// are collected in TARGET.partial, or in TARGET/.partial where the target is there already: it may be a mount point.
class NewFolder {
 public:
  explicit NewFolder(const std::filesystem::path& target);

  /// Removes what was not published.
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  NewFolder(NewFolder&&) = delete;
  NewFolder& operator=(NewFolder&&) = delete;

  /// Where the files are to be written.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Makes path(). Throws InvalidArgument if the target holds files, or if path() holds some that no NewFolder left;
  /// IoError.
  void open();

  /// Puts the files into the target. Throws IoError.
  void publish();

 private:
  void remove_stale() const;
  void move_entries(std::error_code& error) const;

  std::filesystem::path target_;
  std::filesystem::path path_;
  bool is_there_ = false;
  bool is_open_ = false;
};

}  // namespace veil::io
