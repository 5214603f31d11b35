#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/packed/hdf5_handle.h"

namespace veil::io {

// What a packed file is made of. All are called under hdf5_lock(); the result is false, or the handle not open, where
// HDF5 could not write.

/// Attributes of a file or group: a text of fixed length, and a whole number.
[[nodiscard]] bool write_attribute(hid_t object, const char* name, const std::string& text);
[[nodiscard]] bool write_attribute(hid_t object, const char* name, int64_t value);

/// A data set of texts, padded with zeros to the longest.
[[nodiscard]] bool write_texts(hid_t file, const char* name, const std::vector<std::string>& texts);

/// A new data set that grows along its first axis; `sizes`: what it has at first.
[[nodiscard]] Hdf5Handle growing_set(hid_t group, const char* name, hid_t type, std::vector<hsize_t> sizes,
                                     hsize_t chunk_rows, bool compress);

/// Adds sizes[0] rows behind those that are there.
[[nodiscard]] bool append_rows(hid_t set, hid_t memory_type, std::vector<hsize_t> sizes, hsize_t rows_before,
                               const void* values);

}  // namespace veil::io
