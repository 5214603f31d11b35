#include <array>

#include "fuzz/fuzz_target.h"
#include "veil/io/format/safetensors.h"

// Readers that fill tensors.
namespace veil::fuzz {
namespace {

void safetensors(std::span<const uint8_t> bytes) { (void)io::read_safetensors(file_of(bytes)); }

constexpr std::array<Target, 1> kTargets{{{"safetensors", safetensors}}};

}  // namespace

std::span<const Target> tensor_targets() { return kTargets; }

}  // namespace veil::fuzz
