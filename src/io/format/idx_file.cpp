#include "io/format/idx_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kMagicBytes = 4;
constexpr uint8_t kUnsignedByte = 0x08;

struct Header {
  std::vector<int64_t> sizes;
  int64_t bytes = 0;    // of the header
  int64_t promise = 0;  // bytes of header and values; more than any file has, if the product overflows
};

bool is_magic(const std::array<uint8_t, kMagicBytes>& bytes) {
  return bytes[0] == 0 && bytes[1] == 0 && bytes[2] == kUnsignedByte && bytes[3] >= 1 && bytes[3] <= 4;
}

// nullopt if the content does not begin with the magic number.
std::optional<Header> read_header(UnpackedFile& file) {
  std::array<uint8_t, kMagicBytes> start{};
  if (file.read(start) != kMagicBytes || !is_magic(start)) {
    return std::nullopt;
  }
  const size_t rank = start[3];
  std::array<uint8_t, 16> bytes{};
  const auto found = file.read(std::span(bytes).first(4 * rank));
  require<DataError>(found == 4 * rank, file.path().string(), ": the IDX header ends after ", kMagicBytes + found,
                     " bytes, want ", kMagicBytes + 4 * rank);
  Header header{.sizes = {}, .bytes = static_cast<int64_t>(kMagicBytes + 4 * rank), .promise = 1};
  bool overflows = false;
  for (size_t i = 0; i < rank; ++i) {
    const auto* four = &bytes[4 * i];
    header.sizes.push_back(int64_t{four[0]} << 24 | int64_t{four[1]} << 16 | int64_t{four[2]} << 8 | four[3]);
    overflows |= __builtin_mul_overflow(header.promise, header.sizes.back(), &header.promise);
  }
  overflows |= __builtin_add_overflow(header.promise, header.bytes, &header.promise);
  if (overflows) {
    header.promise = std::numeric_limits<int64_t>::max();
  }
  return header;
}

void check_promise(const UnpackedFile& file, const Header& header) {
  const auto sizes = bracketed(header.sizes);
  require<DataError>(header.promise > header.bytes, file.path().string(), ": the IDX header promises no values, shape ",
                     sizes);
  const auto limit = file.size_limit();
  require<DataError>(file.is_packed() || limit == header.promise, file.path().string(), ": found ", limit,
                     " bytes, want ", header.promise, ", as the IDX header says (shape ", sizes, ")");
  require<DataError>(limit >= header.promise, file.path().string(), ": the IDX header promises ", header.promise,
                     " bytes (shape ", sizes, "), but the packed file can hold ", limit, " at most");
}

Header read_checked_header(UnpackedFile& file) {
  auto header = read_header(file);
  require<DataError>(header.has_value(), file.path().string(), ": found ", describe_start(file.path()),
                     ", want an IDX file of unsigned bytes (00 00 08 and the rank, 01 to 04)");
  check_promise(file, *header);
  return std::move(*header);
}

}  // namespace

IdxFile::IdxFile(const std::filesystem::path& path) : file_(path) {
  auto header = read_checked_header(file_);
  sizes_ = std::move(header.sizes);
  promise_ = header.promise;
  done_ = header.bytes;
}

void IdxFile::took(size_t found, int64_t wanted) {
  done_ += static_cast<int64_t>(found);
  require<DataError>(static_cast<int64_t>(found) == wanted, file_.path().string(), ": unpacks to ", done_,
                     " bytes, want ", promise_, ", as the IDX header says");
}

// Asking for one byte more also makes zlib check the sum at the end.
void IdxFile::require_end() {
  std::array<uint8_t, 1> extra{};
  require<DataError>(file_.read(extra) == 0, file_.path().string(), ": unpacks to more than ", promise_,
                     " bytes, which the IDX header promises");
}

size_t IdxFile::read(std::span<uint8_t> bytes) {
  const auto wanted = bytes.first(static_cast<size_t>(std::min(std::ssize(bytes), promise_ - done_)));
  took(file_.read(wanted), std::ssize(wanted));
  if (wanted.size() < bytes.size()) {
    require_end();
  }
  return wanted.size();
}

std::vector<uint8_t> IdxFile::read_rest() {
  const auto wanted = promise_ - done_;
  auto values = file_.read_up_to(wanted);
  took(values.size(), wanted);
  require_end();
  return values;
}

bool is_complete_idx(const std::filesystem::path& path) {
  UnpackedFile file(path);
  const auto header = read_header(file);
  return header.has_value() && (file.is_packed() || file.size_limit() == header->promise);
}

bool has_idx_header(const std::filesystem::path& path) {
  UnpackedFile file(path);
  std::array<uint8_t, kMagicBytes> start{};
  return file.read(start) == kMagicBytes && is_magic(start);
}

}  // namespace veil::io
