#include <algorithm>
#include <set>

#include "base/words.h"
#include "io/file/files.h"
#include "io/file/strict_json.h"
#include "io/format/safetensors_layout.h"
#include "veil/base/error.h"
#include "veil/io/format/safetensors.h"

namespace veil::io {
namespace {

using namespace safetensors;  // NOLINT: the layout is private to the reader and the writer
using Json = nlohmann::json;

torch::Tensor to_plain(const std::string& name, const torch::Tensor& tensor) {
  require(tensor.defined(), "tensor ", in_quotes(name), " is undefined, want one with data");
  require(tensor.layout() == torch::kStrided && find_dtype(tensor.scalar_type()) != nullptr, "tensor ", in_quotes(name),
          " is ", tensor.toString(), ", which safetensors files of veil cannot hold");
  require(static_cast<size_t>(tensor.dim()) <= kMaxRank, "tensor ", in_quotes(name), " has rank ", tensor.dim(),
          ", want at most ", kMaxRank);
  return tensor.detach().to(torch::kCPU).resolve_neg().contiguous();
}

/// The tensors on the CPU, those of wider elements first, so that each begins at a multiple of its element's size.
std::vector<std::pair<std::string, torch::Tensor>> plain_tensors(const TensorFile& file) {
  require(file.tensors.size() <= kMaxTensors, file.tensors.size(), " tensors, want at most ", kMaxTensors);
  std::vector<std::pair<std::string, torch::Tensor>> tensors;
  std::set<std::string> names{kMetadataName};
  for (const auto& [name, tensor] : file.tensors) {
    require(names.insert(name).second, "tensor name ", in_quotes(name), " is reserved or used twice");
    tensors.emplace_back(name, to_plain(name, tensor));
  }
  std::stable_sort(tensors.begin(), tensors.end(),
                   [](const auto& a, const auto& b) { return a.second.element_size() > b.second.element_size(); });
  return tensors;
}

std::string make_header(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) {
    header[kMetadataName] = metadata;
  }
  int64_t position = 0;
  for (const auto& [name, tensor] : tensors) {
    const int64_t end = position + static_cast<int64_t>(tensor.nbytes());
    header[name] = {{"dtype", find_dtype(tensor.scalar_type())->name},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const Json::exception&) {
    throw InvalidArgument("a tensor name or a metadata text is not UTF-8");
  }
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');
  require(static_cast<int64_t>(text.size()) <= kMaxHeaderBytes, "header has ", text.size(), " bytes, want at most ",
          kMaxHeaderBytes);
  return text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const TensorFile& file) {
  const auto tensors = plain_tensors(file);
  const std::string header = make_header(tensors, file.metadata);
  size_t size = kLengthBytes + header.size();
  for (const auto& [name, tensor] : tensors) {
    size += tensor.nbytes();
  }
  std::vector<uint8_t> bytes;
  bytes.reserve(size);
  const auto append = [&bytes](const void* data, size_t count) {
    const auto* first = static_cast<const uint8_t*>(data);
    bytes.insert(bytes.end(), first, first + count);
  };
  const uint64_t length = header.size();
  append(&length, kLengthBytes);
  append(header.data(), header.size());
  for (const auto& [name, tensor] : tensors) {
    append(tensor.data_ptr(), tensor.nbytes());
  }
  write_file(path, bytes);
}

}  // namespace veil::io
