#include "io/packed/hdf5_checksums.h"

#include <algorithm>
#include <array>
#include <limits>

#include "io/file/byte_order.h"
#include "io/file/input_file.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

// "HDF5 File Format Specification", version 3.0, II.A (versions 2 and 3 of the superblock) and IV.A.1.b.
constexpr size_t kSuperblockBytes = 48;
constexpr size_t kVersion = 8;
constexpr size_t kOffsetBytes = 9;
constexpr size_t kLengthBytes = 10;
constexpr size_t kBase = 12;
constexpr size_t kExtension = 20;
constexpr size_t kRoot = 36;
constexpr uint64_t kNowhere = std::numeric_limits<uint64_t>::max();
constexpr std::array<uint8_t, 5> kHeaderStart{'O', 'H', 'D', 'R', 2};

bool begins_with_header(InputFile& file, uint64_t address) {
  std::array<uint8_t, kHeaderStart.size()> start{};
  if (address > static_cast<uint64_t>(file.size())) {
    return false;
  }
  file.seek(static_cast<int64_t>(address));
  return file.read(start) == start.size() && start == kHeaderStart;
}

}  // namespace

void require_hdf5_checksums(const std::filesystem::path& path) {
  InputFile file(path);
  std::array<uint8_t, kSuperblockBytes> block{};
  const bool is_whole = file.read(block) == block.size();
  const int version = block[kVersion];
  require<DataError>(is_whole && version >= 2 && version <= 3, path.string(),
                     ": found an HDF5 file that veil data pack did not make: its superblock has version ", version,
                     ", want 2 or 3, which have checksums; arrays of others can be saved with numpy.savez");
  require<DataError>(block[kOffsetBytes] == 8 && block[kLengthBytes] == 8 &&
                         little_endian<uint64_t>(block, kBase) == 0 &&
                         little_endian<uint64_t>(block, kExtension) == kNowhere &&
                         begins_with_header(file, little_endian<uint64_t>(block, kRoot)),
                     path.string(), ": the HDF5 data are damaged, or of a kind that veil data pack does not write");
}

bool has_hdf5_checksum(const std::filesystem::path& path, uint64_t address) {
  InputFile file(path);
  return begins_with_header(file, address);
}

}  // namespace veil::io
