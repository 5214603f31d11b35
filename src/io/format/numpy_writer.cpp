#include "veil/io/format/numpy_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <set>
#include <string_view>

#include "base/words.h"
#include "io/file/files.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

constexpr size_t kPrefixBytes = 10;  // magic, version, header length
constexpr size_t kAlignment = 64;
constexpr size_t kMaxComment = 200;

const char* type_code(at::ScalarType type) {
  switch (type) {
    case at::kByte:
      return "|u1";
    case at::kLong:
      return "<i8";
    case at::kFloat:
      return "<f4";
    case at::kDouble:
      return "<f8";
    default:
      return nullptr;
  }
}

/// A Python tuple: (), (3,) or (3, 4).
std::string tuple(at::IntArrayRef sizes) {
  std::string text = "(";
  for (size_t i = 0; i < sizes.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(sizes[i]);
  }
  return text + (sizes.size() == 1 ? ",)" : ")");
}

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

struct FreeArchive {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};

la_ssize_t append_block(archive* /*a*/, void* target, const void* block, size_t size) {
  auto& bytes = *static_cast<std::vector<uint8_t>*>(target);
  const auto* first = static_cast<const uint8_t*>(block);
  bytes.insert(bytes.end(), first, first + size);
  return static_cast<la_ssize_t>(size);
}

void check(archive* a, la_ssize_t result) {
  require<std::runtime_error>(result >= ARCHIVE_OK,
                              "libarchive: ", archive_error_string(a) != nullptr ? archive_error_string(a) : "failed");
}

/// No times are set: libarchive then writes the zip format's first day, whatever the time zone.
void add_entry(archive* a, const std::string& name, const std::vector<uint8_t>& content) {
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  check(a, archive_write_header(a, entry.get()));
  check(a, archive_write_data(a, content.data(), content.size()));
}

/// The zip format ends with the length of the archive's comment, two bytes, and the comment; libarchive writes none.
void add_comment(std::vector<uint8_t>& zip, std::string_view comment) {
  require(comment.size() <= kMaxComment && comment.find('\0') == std::string_view::npos,
          "the comment of an archive is longer than ", kMaxComment, " bytes or holds a zero byte");
  zip[zip.size() - 2] = static_cast<uint8_t>(comment.size());
  zip.insert(zip.end(), comment.begin(), comment.end());
}

}  // namespace

std::vector<uint8_t> encode_npy(const torch::Tensor& array) {
  require(array.defined() && array.device().is_cpu() && array.layout() == torch::kStrided, "array is not on the CPU");
  const char* code = type_code(array.scalar_type());
  require(code != nullptr, "array is ", array.scalar_type(), ", want uint8, int64, float32 or float64");
  std::string header = concat("{'descr': '", code, "', 'fortran_order': False, 'shape': ", tuple(array.sizes()), ", }");
  header.append(kAlignment - (kPrefixBytes + header.size() + 1) % kAlignment, ' ');
  header += '\n';
  std::vector<uint8_t> bytes{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  bytes.push_back(static_cast<uint8_t>(header.size() & 0xff));
  bytes.push_back(static_cast<uint8_t>(header.size() >> 8));
  bytes.insert(bytes.end(), header.begin(), header.end());
  const auto plain = array.contiguous();
  const auto* first = static_cast<const uint8_t*>(plain.data_ptr());
  bytes.insert(bytes.end(), first, first + plain.nbytes());
  return bytes;
}

void write_npy(const std::filesystem::path& path, const torch::Tensor& array) { write_file(path, encode_npy(array)); }

void write_npz(const std::filesystem::path& path, const std::vector<std::pair<std::string, torch::Tensor>>& arrays,
               std::string_view comment) {
  std::vector<uint8_t> bytes;
  const std::unique_ptr<archive, FreeArchive> zip(archive_write_new());
  check(zip.get(), archive_write_set_format_zip(zip.get()));
  check(zip.get(), archive_write_zip_set_compression_store(zip.get()));
  check(zip.get(), archive_write_set_bytes_in_last_block(zip.get(), 1));
  check(zip.get(), archive_write_open(zip.get(), &bytes, nullptr, append_block, nullptr));
  std::set<std::string> names;
  for (const auto& [name, array] : arrays) {
    require(is_name(name), "an array's name is ", in_quotes(name), ", want ASCII letters, digits, '_', '-' and '.'");
    require(names.insert(name).second, "two arrays are called ", in_quotes(name), ", want a name for each");
    add_entry(zip.get(), name + ".npy", encode_npy(array));
  }
  check(zip.get(), archive_write_close(zip.get()));
  add_comment(bytes, comment);
  write_file(path, bytes);
}

}  // namespace veil::io
