#include "base/machine.h"

#include <dlfcn.h>

#include <array>
#include <fstream>

#include "base/words.h"

namespace veil {
namespace {

constexpr size_t kMostLetters = 200;

// The CUDA runtime comes with LibTorch, whose own headers do not show this. The name is the first field of the
// properties, 256 bytes with a zero at the end; the rest has grown from version to version, to a kilobyte.
std::string gpu_name(torch::DeviceIndex device) {
  using GetProperties = int (*)(void* properties, int device);
  std::array<char, 65536> properties{};
  for (const char* name : {"cudaGetDeviceProperties_v2", "cudaGetDeviceProperties"}) {
    const auto get = reinterpret_cast<GetProperties>(::dlsym(RTLD_DEFAULT, name));
    if (get != nullptr && get(properties.data(), device) == 0) {
      properties[255] = '\0';
      return shortened(properties.data(), kMostLetters);
    }
  }
  return "";
}

}  // namespace

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) {
      return shortened(line.substr(colon + 2), kMostLetters);
    }
  }
  return "unknown CPU";
}

std::string device_name(torch::Device device) {
  if (!device.is_cuda()) {
    return processor_name();
  }
  const std::string name = gpu_name(device.index());
  return name.empty() ? device.str() : name;
}

}  // namespace veil
