#include "io/format/idx_file.h"

#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/torch.h"
#include "io/file/unpacked_file.h"
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
  const auto sizes = torch::IntArrayRef(header.sizes);
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

// The tensor takes over the memory.
torch::Tensor to_tensor(std::vector<uint8_t> bytes, const std::vector<int64_t>& sizes) {
  auto owner = std::make_shared<std::vector<uint8_t>>(std::move(bytes));
  return torch::from_blob(
      owner->data(), sizes, [owner](void*) {}, torch::kUInt8);
}

}  // namespace

torch::Tensor read_idx(const std::filesystem::path& path) {
  UnpackedFile file(path);
  const auto header = read_checked_header(file);
  auto values = file.read_up_to(header.promise - header.bytes);
  const auto found = header.bytes + static_cast<int64_t>(values.size());
  require<DataError>(found == header.promise, path.string(), ": unpacks to ", found, " bytes, want ", header.promise,
                     ", as the IDX header says");
  // Asking for one byte more also makes zlib check the sum at the end.
  std::array<uint8_t, 1> extra{};
  require<DataError>(file.read(extra) == 0, path.string(), ": unpacks to more than ", header.promise,
                     " bytes, which the IDX header promises");
  return to_tensor(std::move(values), header.sizes);
}

std::vector<int64_t> idx_sizes(const std::filesystem::path& path) {
  UnpackedFile file(path);
  return read_checked_header(file).sizes;
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
