#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace veil::io {

/// What a .npy file says of its array.
struct NumpyHeader {
  std::string type;            ///< "|u1", "<i8", ">f4", …; of values of one byte always with '|', and '<' for '='
  bool fortran = false;        ///< the first index runs fastest
  std::vector<int64_t> shape;  ///< rank at most 8
  std::string unusable{};      ///< why the values are none to be read (texts, Python objects, records); empty: they are

  /// Bytes of all values. Checked against overflow when the header was read.
  [[nodiscard]] int64_t bytes() const;
};

/// An array in a file.
struct NumpyArray {
  std::string name;  ///< inside an .npz, without ".npy"; empty for a .npy file
  NumpyHeader header;
};

/// The values of one array from the first to the last, never all of them at once.
class NumpyStream {
 public:
  NumpyStream() = default;
  NumpyStream(const NumpyStream&) = delete;
  NumpyStream& operator=(const NumpyStream&) = delete;
  NumpyStream(NumpyStream&&) = delete;
  NumpyStream& operator=(NumpyStream&&) = delete;
  virtual ~NumpyStream() = default;

  [[nodiscard]] virtual const NumpyHeader& header() const = 0;

  /// Fills `bytes` with the next values as they lie in the file; returns how many bytes, fewer only at the end. Throws
  /// DataError if the file ends before what the header promises or goes on after it, or if a zip's sum is wrong.
  virtual size_t read(std::span<uint8_t> bytes) = 0;
};

/// True if the content begins like a .npy file, or is a zip whose first member is called one.
[[nodiscard]] bool is_numpy(const std::filesystem::path& path);

/// True if bytes, or the content of a file, begin like a pickle of protocol 2 to 5.
[[nodiscard]] bool begins_like_pickle(std::span<const uint8_t> start);
[[nodiscard]] bool is_pickle(const std::filesystem::path& path);

/// The arrays of a .npy or .npz file (told by content), by their headers alone. Throws DataError (path, array, found,
/// wanted): no NumPy file, a cut .npz, a format version other than 1 to 3, headers above 64 KiB. Arrays of texts,
/// Python objects or records are listed, as unusable.
[[nodiscard]] std::vector<NumpyArray> numpy_arrays(const std::filesystem::path& path);

/// Opens one of them. Throws DataError, also if it is unusable.
[[nodiscard]] std::unique_ptr<NumpyStream> open_numpy(const std::filesystem::path& path, const std::string& name);

/// All values of an array of integers or truth values of any size and byte order, of shape [N] or [N, 1]. Throws
/// DataError for other arrays, more than `limit` values, and numbers that do not fit.
[[nodiscard]] std::vector<int64_t> read_integers(const std::filesystem::path& path, const std::string& name,
                                                 int64_t limit);

}  // namespace veil::io
