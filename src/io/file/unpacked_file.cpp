#include "io/file/unpacked_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kChunk = size_t{1} << 16;
constexpr size_t kFirstRequest = size_t{1} << 20;
constexpr size_t kLargestRequest = size_t{1} << 30;  // zlib counts in 32 bits
constexpr int64_t kMostExpansion = 1032;             // of deflate: 258 bytes for 2 bits
constexpr int kGzipOnly = 16;                        // added to zlib's window bits

}  // namespace

UnpackedFile::UnpackedFile(const std::filesystem::path& path) : file_(path) {
  std::array<uint8_t, 2> magic{};
  is_packed_ = file_.read(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
  file_.seek(0);
  if (is_packed_) {
    packed_.resize(kChunk);
    if (::inflateInit2(&stream_, MAX_WBITS + kGzipOnly) != Z_OK) {
      throw std::bad_alloc();
    }
  }
}

UnpackedFile::~UnpackedFile() {
  if (is_packed_) {
    ::inflateEnd(&stream_);
  }
}

int64_t UnpackedFile::size_limit() const {
  const auto largest = std::numeric_limits<int64_t>::max() / kMostExpansion;
  return is_packed_ ? std::min(file_.size(), largest) * kMostExpansion : file_.size();
}

bool UnpackedFile::refill() {
  const auto count = file_.read(packed_);
  stream_.next_in = packed_.data();
  stream_.avail_in = static_cast<unsigned>(count);
  return count > 0;
}

int UnpackedFile::inflate_into(std::span<uint8_t> bytes, size_t& done) {
  require<DataError>(stream_.avail_in > 0 || refill(), path().string(), ": the gzip data end early, after ",
                     file_.size(), " bytes; the file is cut");
  const auto room = static_cast<unsigned>(std::min(bytes.size() - done, kLargestRequest));
  stream_.next_out = bytes.data() + done;
  stream_.avail_out = room;
  const int result = ::inflate(&stream_, Z_NO_FLUSH);
  require<DataError>(result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR, path().string(),
                     ": the gzip data are damaged (", stream_.msg != nullptr ? stream_.msg : "zlib error", ")");
  done += room - stream_.avail_out;
  return result;
}

size_t UnpackedFile::read(std::span<uint8_t> bytes) {
  if (!is_packed_) {
    return file_.read(bytes);
  }
  size_t done = 0;
  while (done < bytes.size() && !ended_) {
    if (inflate_into(bytes, done) == Z_STREAM_END) {
      // What follows can only be another gzip member (RFC 1952, 2.2); anything else fails at the next call.
      ended_ = stream_.avail_in == 0 && !refill();
      ::inflateReset(&stream_);
    }
  }
  return done;
}

void UnpackedFile::seek(int64_t offset) {
  require(!is_packed_, path().string(), ": is gzip data, which can only be read from the start to the end");
  file_.seek(offset);
}

std::vector<uint8_t> UnpackedFile::read_up_to(int64_t size) {
  const auto wanted = static_cast<size_t>(size);
  std::vector<uint8_t> bytes;
  size_t found = 0;
  while (found == bytes.size() && found < wanted) {
    bytes.resize(std::min(wanted, std::max(kFirstRequest, 2 * found)));
    found += read(std::span(bytes).subspan(found));
  }
  bytes.resize(found);
  return bytes;
}

std::string describe_start(const std::filesystem::path& path) {
  UnpackedFile file(path);
  std::array<uint8_t, 4> buffer{};
  const auto start = std::span<const uint8_t>(buffer).first(file.read(buffer));
  if (start.empty()) {
    return file.is_packed() ? "gzip data without content" : "an empty file";
  }
  return concat("content that begins with ", hexadecimal(start, " "), file.is_packed() ? ", unpacked" : "",
                start[0] == '<' ? " (a web page?)" : "");
}

}  // namespace veil::io
