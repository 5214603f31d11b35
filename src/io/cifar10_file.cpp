#include "veil/io/cifar10_file.h"

#include <torch/torch.h>

#include <array>

#include "io/input_file.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kPlane = 32 * 32;
constexpr int64_t kLargestLabel = 9;

void check_size(const InputFile& file) {
  const auto size = file.size();
  const auto whole = std::max<int64_t>(size / kCifar10RecordBytes, 1);
  require<DataError>(size > 0 && size % kCifar10RecordBytes == 0, file.path().string(), ": found ", size,
                     " bytes, want a multiple of ", kCifar10RecordBytes, " (", whole, " CIFAR-10 records are ",
                     whole * kCifar10RecordBytes, " bytes)");
}

// uint8 [N, 3073], as in the file.
torch::Tensor read_records(const std::filesystem::path& path) {
  InputFile file(path);
  check_size(file);
  auto records = torch::empty({file.size() / kCifar10RecordBytes, kCifar10RecordBytes}, torch::kUInt8);
  const auto found = file.read({records.data_ptr<uint8_t>(), static_cast<size_t>(file.size())});
  require<DataError>(static_cast<int64_t>(found) == file.size(), path.string(), ": ended after ", found,
                     " bytes, want ", file.size(), "; it became shorter while it was read");
  const auto labels = records.select(1, 0);
  const auto largest = labels.max().item<int64_t>();
  require<DataError>(largest <= kLargestLabel, path.string(), ": label ", largest, " in record ",
                     labels.argmax().item<int64_t>(), ", want 0 to ", kLargestLabel, "; these are no CIFAR-10 records");
  return records;
}

}  // namespace

Cifar10Records read_cifar10(const std::vector<std::filesystem::path>& paths) {
  require(!paths.empty(), "no CIFAR-10 file was named");
  std::vector<torch::Tensor> tokens;
  std::vector<torch::Tensor> labels;
  for (const auto& path : paths) {
    const auto records = read_records(path);
    labels.push_back(records.select(1, 0).to(torch::kInt64));
    const auto planes = records.narrow(1, 1, 3 * kPlane).reshape({-1, 3, kPlane});
    tokens.push_back(planes.transpose(1, 2).reshape({-1, 3 * kPlane}));
  }
  return {.tokens = torch::cat(tokens), .labels = torch::cat(labels)};
}

bool is_cifar10(const std::filesystem::path& path) {
  InputFile file(path);
  if (file.size() == 0 || file.size() % kCifar10RecordBytes != 0) {
    return false;
  }
  for (int64_t offset = 0; offset < file.size(); offset += kCifar10RecordBytes) {
    std::array<uint8_t, 1> label{};
    file.seek(offset);
    if (file.read(label) != 1 || label[0] > kLargestLabel) {
      return false;
    }
  }
  return true;
}

}  // namespace veil::io
