#include "veil/io/format/safetensors.h"

#include <torch/types.h>

#include <algorithm>
#include <limits>

#include "base/words.h"
#include "io/file/input_file.h"
#include "io/file/strict_json.h"
#include "io/format/safetensors_layout.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using namespace safetensors;  // NOLINT: the layout is private to the reader and the writer
using Json = nlohmann::json;

constexpr int kHeaderDepth = 3;  // object of objects of lists

/// What the header says of one tensor. Offsets count from the end of the header.
struct Entry {
  std::string name;
  at::ScalarType type = at::kFloat;
  std::vector<int64_t> shape;
  int64_t begin = 0;
  int64_t end = 0;
};

void read_exactly(InputFile& file, void* bytes, int64_t count) {
  const auto wanted = static_cast<size_t>(count);
  require<DataError>(file.read({static_cast<uint8_t*>(bytes), wanted}) == wanted, file.path().string(),
                     ": ended while being read, want ", file.size(), " bytes");
}

std::string read_header(InputFile& file) {
  const std::string path = file.path().string();
  require<DataError>(file.size() >= kLengthBytes, path, ": has ", file.size(),
                     " bytes, want a safetensors file, which begins with an 8-byte header length");
  uint64_t length = 0;
  read_exactly(file, &length, kLengthBytes);
  require<DataError>(length <= static_cast<uint64_t>(kMaxHeaderBytes), path, ": header length is ", length,
                     ", want at most ", kMaxHeaderBytes, "; is this a safetensors file?");
  const int64_t most = file.size() - kLengthBytes;
  require<DataError>(length >= 2 && static_cast<int64_t>(length) <= most, path, ": header length is ", length,
                     ", want 2 .. ", most, "; truncated or not a safetensors file");
  std::string header(length, '\0');
  read_exactly(file, header.data(), static_cast<int64_t>(length));
  require<DataError>(header.front() == '{', path, ": header begins with ", in_quotes(header.substr(0, 1)),
                     ", want '{'; is this a safetensors file?");
  return header;
}

/// A JSON list of non-negative integers that fit int64, at most `most` of them.
std::vector<int64_t> integers(const Json& value, size_t most, const std::string& subject) {
  require<DataError>(value.is_array() && value.size() <= most, subject, " is not a list of at most ", most,
                     " integers");
  std::vector<int64_t> numbers;
  for (const auto& item : value) {
    require<DataError>(
        item.is_number_unsigned() && item.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()),
        subject, " holds something that is not an integer in 0 .. 2^63-1");
    numbers.push_back(item.get<int64_t>());
  }
  return numbers;
}

/// Bytes of a tensor, or -1 if they do not fit int64. Zeros count as ones in that check, since LibTorch multiplies the
/// other sizes of an empty tensor for its strides.
int64_t byte_size(const Entry& entry) {
  int64_t product = static_cast<int64_t>(c10::elementSize(entry.type));
  bool empty = false;
  for (const int64_t size : entry.shape) {
    empty = empty || size == 0;
    if (__builtin_mul_overflow(product, std::max<int64_t>(size, 1), &product)) {
      return -1;
    }
  }
  return empty ? 0 : product;
}

Entry parse_entry(const std::string& name, const Json& value, const std::string& path) {
  const std::string subject = path + ": tensor " + in_quotes(name);
  require<DataError>(value.is_object() && value.size() == 3 && value.contains("dtype") && value.contains("shape") &&
                         value.contains("data_offsets"),
                     subject, " is not described by exactly dtype, shape and data_offsets");
  const auto& dtype = value.at("dtype");
  const auto* known = dtype.is_string() ? find_dtype(dtype.get_ref<const std::string&>()) : nullptr;
  require<DataError>(
      known != nullptr, subject, " has dtype ",
      dtype.is_string() ? in_quotes(dtype.get_ref<const std::string&>()) : std::string("that is not a string"),
      ", want one of F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL");
  Entry entry{.name = name, .type = known->type, .shape = integers(value.at("shape"), kMaxRank, subject + ": shape")};
  const auto offsets = integers(value.at("data_offsets"), 2, subject + ": data_offsets");
  require<DataError>(offsets.size() == 2 && offsets[0] <= offsets[1], subject,
                     ": data_offsets are not two ascending numbers");
  entry.begin = offsets[0];
  entry.end = offsets[1];
  const int64_t want = byte_size(entry);
  require<DataError>(want >= 0, subject, ": shape has more than 2^63 bytes");
  require<DataError>(entry.end - entry.begin == want, subject, " has ", entry.end - entry.begin,
                     " bytes of data, want ", want, " for its shape and dtype");
  return entry;
}

std::map<std::string, std::string> parse_metadata(const Json& value, const std::string& path) {
  require<DataError>(value.is_object(), path, ": __metadata__ is not an object of strings");
  std::map<std::string, std::string> metadata;
  for (const auto& [name, text] : value.items()) {
    require<DataError>(text.is_string(), path, ": metadata ", in_quotes(name), " is not a string");
    metadata.emplace(name, text.get<std::string>());
  }
  return metadata;
}

/// Entries in the order of their data, which must follow each other without gap or overlap and fill the file.
std::vector<Entry> parse_entries(const Json& header, int64_t data_bytes, const std::string& path) {
  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name != kMetadataName) {
      entries.push_back(parse_entry(name, value, path));
    }
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  int64_t position = 0;
  for (const auto& entry : entries) {
    require<DataError>(entry.begin == position, path, ": tensor ", in_quotes(entry.name), " begins at byte ",
                       entry.begin, " of the data, want ", position, " (no gap, no overlap)");
    require<DataError>(entry.end <= data_bytes, path, ": tensor ", in_quotes(entry.name), " ends at byte ", entry.end,
                       " of the data, but the file has only ", data_bytes, "; truncated?");
    position = entry.end;
  }
  require<DataError>(position == data_bytes, path, ": tensors cover ", position, " bytes of data, want all ",
                     data_bytes, " that the file has");
  return entries;
}

torch::Tensor read_tensor(InputFile& file, const Entry& entry) {
  auto tensor = torch::empty(entry.shape, torch::TensorOptions().dtype(entry.type).device(torch::kCPU));
  read_exactly(file, tensor.data_ptr(), entry.end - entry.begin);
  if (entry.type == at::kBool) {
    const auto* bytes = static_cast<const uint8_t*>(tensor.data_ptr());
    require<DataError>(std::all_of(bytes, bytes + (entry.end - entry.begin), [](uint8_t b) { return b <= 1; }),
                       file.path().string(), ": tensor ", in_quotes(entry.name),
                       " is BOOL with bytes other than 0 and 1");
  }
  return tensor;
}

}  // namespace

const torch::Tensor* TensorFile::find(const std::string& name) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const auto& item) { return item.first == name; });
  return found == tensors.end() ? nullptr : &found->second;
}

std::map<std::string, std::string> read_safetensors_metadata(const std::filesystem::path& path) {
  InputFile input(path);
  const Json header = parse_json(read_header(input), path.string() + ": header", kHeaderDepth);
  return header.contains(kMetadataName) ? parse_metadata(header.at(kMetadataName), path.string())
                                        : std::map<std::string, std::string>();
}

TensorFile read_safetensors(const std::filesystem::path& path) {
  InputFile input(path);
  const std::string subject = path.string();
  const std::string text = read_header(input);
  const int64_t data_bytes = input.size() - kLengthBytes - static_cast<int64_t>(text.size());
  const Json header = parse_json(text, subject + ": header", kHeaderDepth);
  const size_t count = header.size() - (header.contains(kMetadataName) ? 1 : 0);
  require<DataError>(count <= kMaxTensors, subject, ": has ", count, " tensors, want at most ", kMaxTensors);
  TensorFile file;
  if (header.contains(kMetadataName)) {
    file.metadata = parse_metadata(header.at(kMetadataName), subject);
  }
  for (const auto& entry : parse_entries(header, data_bytes, subject)) {
    file.tensors.emplace_back(entry.name, read_tensor(input, entry));
  }
  return file;
}

}  // namespace veil::io
