#include "io/format/cifar_file.h"

#include <algorithm>
#include <array>

#include "base/torch.h"
#include "io/file/input_file.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kPlane = 32 * 32;

int64_t label_bytes(const CifarVersion& version) { return version.record_bytes() - 3 * kPlane; }

int64_t count_records(const CifarVersion& version, const InputFile& file) {
  const auto size = file.size();
  const auto record = version.record_bytes();
  const auto whole = std::max<int64_t>(size / record, 1);
  require<DataError>(size > 0 && size % record == 0, file.path().string(), ": found ", size,
                     " bytes, want a multiple of ", record, " (", whole, " ", version.title, " records are ",
                     whole * record, " bytes)");
  return size / record;
}

void check_labels(const CifarVersion& version, const torch::Tensor& labels, int64_t classes, const std::string& path) {
  const auto largest = labels.max().item<int64_t>();
  require<DataError>(largest < classes, path, ": label ", largest, " in record ", labels.argmax().item<int64_t>(),
                     ", want 0 to ", classes - 1, "; these are no ", version.title, " records");
}

// uint8 [N, record_bytes], as in the file.
torch::Tensor read_records(const CifarVersion& version, const std::filesystem::path& path) {
  InputFile file(path);
  auto records = torch::empty({count_records(version, file), version.record_bytes()}, torch::kUInt8);
  const auto found = file.read({records.data_ptr<uint8_t>(), static_cast<size_t>(file.size())});
  require<DataError>(static_cast<int64_t>(found) == file.size(), path.string(), ": ended after ", found,
                     " bytes, want ", file.size(), "; it became shorter while it was read");
  if (version.coarse_classes > 0) {
    check_labels(version, records.select(1, 0), version.coarse_classes, path.string());
  }
  check_labels(version, records.select(1, label_bytes(version) - 1), version.classes, path.string());
  return records;
}

}  // namespace

CifarRecords read_cifar(const CifarVersion& version, const std::vector<std::filesystem::path>& paths) {
  require(!paths.empty(), "no ", version.title, " file was named");
  std::vector<torch::Tensor> tokens;
  std::vector<torch::Tensor> labels;
  for (const auto& path : paths) {
    const auto records = read_records(version, path);
    labels.push_back(records.select(1, label_bytes(version) - 1).to(torch::kInt64));
    const auto planes = records.narrow(1, label_bytes(version), 3 * kPlane).reshape({-1, 3, kPlane});
    tokens.push_back(planes.transpose(1, 2).reshape({-1, 3 * kPlane}));
  }
  return {.tokens = torch::cat(tokens), .labels = torch::cat(labels)};
}

int64_t count_cifar(const CifarVersion& version, const std::filesystem::path& path) {
  return count_records(version, InputFile(path));
}

bool is_cifar(const CifarVersion& version, const std::filesystem::path& path) {
  InputFile file(path);
  if (file.size() == 0 || file.size() % version.record_bytes() != 0) {
    return false;
  }
  std::array<uint8_t, 2> labels{};
  const auto wanted = std::span(labels).first(static_cast<size_t>(label_bytes(version)));
  for (int64_t offset = 0; offset < file.size(); offset += version.record_bytes()) {
    file.seek(offset);
    const bool is_short = file.read(wanted) != wanted.size();
    if (is_short || wanted.back() >= version.classes ||
        (version.coarse_classes > 0 && wanted.front() >= version.coarse_classes)) {
      return false;
    }
  }
  return true;
}

}  // namespace veil::io
