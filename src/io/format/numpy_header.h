#pragma once

#include <functional>
#include <span>
#include <string>

#include "io/format/numpy_reader.h"

namespace veil::io {

/// Fills bytes with what comes next of a file; returns how many, fewer only at its end.
using ReadBytes = std::function<size_t(std::span<uint8_t>)>;

/// Reads the header of a .npy file (magic number, version 1.0, 2.0 or 3.0, and a Python dictionary of descr,
/// fortran_order and shape) and leaves the values to come next. Throws DataError that begins with `origin`.
[[nodiscard]] NumpyHeader read_numpy_header(const ReadBytes& read, const std::string& origin);

/// Bytes of one value of a type like "<i8"; 0 if it is no plain number or truth value.
[[nodiscard]] int64_t value_bytes(const std::string& type);

}  // namespace veil::io
