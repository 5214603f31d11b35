#include <array>

#include "fuzz/fuzz_target.h"
#include "io/format/cifar_file.h"
#include "io/format/idx_file.h"
#include "veil/io/format/safetensors.h"

// Readers that fill tensors.
namespace veil::fuzz {
namespace {

void idx(std::span<const uint8_t> bytes) { (void)io::read_idx(file_of(bytes)); }

void cifar(std::span<const uint8_t> bytes) {
  const auto path = file_of(bytes);
  const auto& version = io::is_cifar(io::kCifar100, path) ? io::kCifar100 : io::kCifar10;
  (void)io::read_cifar(version, {path});
}

void safetensors(std::span<const uint8_t> bytes) { (void)io::read_safetensors(file_of(bytes)); }

constexpr std::array<Target, 3> kTargets{{{"idx", idx}, {"cifar", cifar}, {"safetensors", safetensors}}};

}  // namespace

std::span<const Target> tensor_targets() { return kTargets; }

}  // namespace veil::fuzz
