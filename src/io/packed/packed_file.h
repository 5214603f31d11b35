#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "veil/data/token_shape.h"
#include "veil/io/source/image_source.h"

namespace veil::io {

/// What a packed file says of all its images.
struct PackedDescription {
  std::string name;  ///< of the data set
  TokenShape shape;
  std::vector<std::string> class_names{};  ///< empty, or a name for each class
  int64_t classes = 0;                     ///< 0: no labels
  std::string preparation{};               ///< DatasetInfo::preparation
  std::string provenance{};  ///< a JSON object: source, format, versions, refused files, …; at most 60,000 bytes
  bool without_duplicates = false;  ///< no two images are equal
};

/// Writes images as one HDF5 file (docs/file-formats.md). It is called PATH.partial until finish() gives it its name:
/// so long `path` keeps what it held, and a writer that is destroyed before removes what it wrote.
class PackedWriter {
 public:
  /// compress: deflate (level 4) in chunks of about 16 KiB; else chunks of 64 KiB as they are. Throws IoError.
  PackedWriter(std::filesystem::path path, TokenShape shape, bool has_labels, bool compress);
  ~PackedWriter();
  PackedWriter(const PackedWriter&) = delete;
  PackedWriter& operator=(const PackedWriter&) = delete;
  PackedWriter(PackedWriter&&) = delete;
  PackedWriter& operator=(PackedWriter&&) = delete;

  /// Adds images [n, H, W, C] to a split ("train", "test", "valid", "all"), which begins with its first image. labels:
  /// n of them, 0 or more each, or none if the file has none. names: n of them, where each image is from, or none in
  /// every call; one that is above 4,096 bytes or holds a zero byte is kept as an empty one. Throws IoError (a full
  /// disk), InvalidArgument.
  void append(const std::string& split, std::span<const uint8_t> tokens, std::span<const int64_t> labels,
              std::span<const std::string> names = {});

  /// Ends the file. description.shape must be the writer's, `classes` above every label (0 without labels) and at most
  /// 100,000. Throws InvalidArgument for what PackedFile would refuse, IoError.
  void finish(const PackedDescription& description);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// PATH.partial.
[[nodiscard]] std::filesystem::path packed_draft(const std::filesystem::path& path);

/// A file that PackedWriter wrote, for reading at random. Any number of threads may read. Nothing of the file is
/// believed: plug-ins, external or virtual storage, soft or external links, filters other than deflate and shuffle
/// (each once at most), chunks above 64 MiB, other types and shapes, and values that are promised but not stored are
/// refused, and so are files whose objects are not described under checksums (superblocks of version 0 and 1), so that
/// damage is found before the HDF5 library acts on it. What remains: in a file that was made to harm the checksums are
/// right, and version 1.10 of the library can be made to read beyond its memory (attributes) or loop (virtual layouts);
/// a chunk may unpack to 1032 times its bytes. So HDF5 files are for one's own data, and those of strangers better
/// converted by their makers.
/// Opening walks over the index of chunks: 0.2 s for 16 GB.
class PackedFile {
 public:
  /// Throws DataError (path, found, wanted).
  explicit PackedFile(const std::filesystem::path& path);
  ~PackedFile();
  PackedFile(const PackedFile&) = delete;
  PackedFile& operator=(const PackedFile&) = delete;
  PackedFile(PackedFile&&) = delete;
  PackedFile& operator=(PackedFile&&) = delete;

  [[nodiscard]] const SourceInfo& info() const;

  /// SHA-256 of a split's tokens in order, as the writer computed it.
  [[nodiscard]] const std::string& sha256(size_t split) const;

  /// The tokens of images [first, first + count) of a split (an index into info().splits), as they lie: out holds
  /// count * shape.length() bytes. Throws DataError if the file is damaged there.
  void read_tokens(size_t split, int64_t first, int64_t count, std::span<uint8_t> out) const;

  /// Their labels; the file must have them. Throws DataError if one is outside [0, classes).
  void read_labels(size_t split, int64_t first, int64_t count, std::span<int64_t> out) const;

  /// Where each image of a split is from; empty if the file does not say. Reads all of them. Throws DataError if they
  /// are not what was packed.
  [[nodiscard]] std::vector<std::string> read_names(size_t split) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// True if the content begins like an HDF5 file.
[[nodiscard]] bool is_hdf5(const std::filesystem::path& path);

/// SHA-256 of the tokens of a split as the file holds them; to be compared with sha256(). Reads all of them.
[[nodiscard]] std::string computed_sha256(const PackedFile& file, size_t split);

}  // namespace veil::io
