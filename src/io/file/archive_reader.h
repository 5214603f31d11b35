#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace veil::io {

enum class ArchiveKind { kTar, kZip };

/// A file inside an archive.
struct Member {
  std::string name;      ///< UTF-8 where the archive says or keeps it so
  int64_t size = 0;      ///< bytes, as the archive says; -1 if it does not
  std::string unusable;  ///< what it is, in words for several ("links"), where it has no content to read; else empty
};

/// What a reader does with members that have no content to read: links, devices, and what a zip packs with other
/// methods than store and deflate.
enum class UnusableMembers { kRefuse, kTell };

/// What the file is, by its content: a zip begins with its signature; a tar, plain or gzip, with a header whose sum is
/// right. Throws DataError if it cannot be read, if it is called .zip or .npz and has less than a signature, or if it
/// is called .tar.gz or .tgz and its first bytes cannot be unpacked.
[[nodiscard]] std::optional<ArchiveKind> archive_kind(const std::filesystem::path& path);

/// The files in an archive, one after the other, without unpacking any to the disk. Folders are passed over. Refused
/// with DataError (path, member, reason): absolute names and "..", more than 2 million members, wrong sums, what is
/// cut, and unusable members unless they are only to be told: then next() gives them too, and read() nothing. The sum
/// of a gzip tar stands at its end, so it is checked when next() returns nullopt. A name may come more than once. An
/// archive is a stranger's file: nothing that it says of itself makes memory be taken.
class ArchiveReader {
 public:
  explicit ArchiveReader(const std::filesystem::path& path, UnusableMembers unusable = UnusableMembers::kRefuse);
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;
  ArchiveReader(ArchiveReader&&) = delete;
  ArchiveReader& operator=(ArchiveReader&&) = delete;

  /// Goes on to the next file; nullopt after the last, when all of the archive's own sums have been checked.
  [[nodiscard]] std::optional<Member> next();

  /// Fills `bytes` with what comes next of the present file; returns how many, fewer only at its end.
  size_t read(std::span<uint8_t> bytes);

  /// The rest of the present file; nullopt if that is more than `limit` bytes.
  [[nodiscard]] std::optional<std::vector<uint8_t>> read_within(int64_t limit);

  /// The same, but throws DataError if it is more.
  [[nodiscard]] std::vector<uint8_t> read_all(int64_t limit);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// All files in an archive in their order, without unusable ones. Reads a tar's headers, or a zip's directory; the
/// contents of a gzip tar are unpacked on the way.
[[nodiscard]] std::vector<Member> list_members(const std::filesystem::path& path);

}  // namespace veil::io
