#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/packed/hdf5_handle.h"

namespace veil::io {

/// The objects of one group of a packed file, each checked before it is opened. Every error is a DataError that begins
/// with `origin`. To be used under hdf5_lock().
class PackedObjects {
 public:
  /// path: the file; place: the group in it, for messages, empty for its root.
  PackedObjects(hid_t group, const std::filesystem::path& path, const std::string& place = "")
      : group_(group), path_(path), origin_(place.empty() ? path.string() : path.string() + ": " + place) {}

  /// Whether there is a link of that name; it must be a hard one to an object with a checksum.
  [[nodiscard]] bool has(const std::string& name) const;

  [[nodiscard]] bool has_attribute(const char* name) const;

  /// A text attribute of fixed length, at most kMaxAttribute bytes.
  [[nodiscard]] std::string text(const char* name) const;

  [[nodiscard]] int64_t integer(const char* name) const;

  /// An array of exactly that type and rank, in chunks or in one piece inside this file.
  [[nodiscard]] Hdf5Handle array(const char* name, hid_t type, int rank) const;

  /// A list of `count` texts, or none if there is no such object.
  [[nodiscard]] std::vector<std::string> names(const char* name, int64_t count) const;

 private:
  void refuse_unless(bool condition, const std::string& what) const;
  [[nodiscard]] Hdf5Handle open_set(const char* name) const;

  hid_t group_;
  std::filesystem::path path_;
  std::string origin_;
};

/// The sizes of an array.
[[nodiscard]] std::vector<int64_t> array_sizes(hid_t set);

}  // namespace veil::io
