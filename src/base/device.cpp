#include "veil/base/device.h"

#include <ATen/autocast_mode.h>
#include <dlfcn.h>
#include <malloc.h>
#include <sys/resource.h>
#include <torch/cuda.h>
#include <torch/utils.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil {
namespace {

bool cpu_multiplies_bfloat16() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

// A step frees what the next one takes again. By default glibc gives large pieces back to the kernel and gets them
// again page by page, unless a still larger one happened to be freed before; it takes up to a tenth of the time.
void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int kLargestKept = 1 << 30;  // bytes
  (void)mallopt(M_MMAP_THRESHOLD, kLargestKept);
  (void)mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

// Ten times the major part of the compute capability plus the minor one; 0 if the driver does not say. The CUDA runtime
// comes with LibTorch, whose own headers do not show this.
int cuda_capability(torch::DeviceIndex device) {
  using GetAttribute = int (*)(int* value, int attribute, int device);
  constexpr int kMajor = 75;
  constexpr int kMinor = 76;
  const auto get = reinterpret_cast<GetAttribute>(::dlsym(RTLD_DEFAULT, "cudaDeviceGetAttribute"));
  int major = 0;
  int minor = 0;
  if (get == nullptr || get(&major, kMajor, device) != 0 || get(&minor, kMinor, device) != 0) {
    return 0;
  }
  return 10 * major + minor;
}

bool multiplies_bfloat16(torch::Device device) {
  constexpr int kAmpere = 80;
  return device.is_cuda() ? cuda_capability(device.index()) >= kAmpere : cpu_multiplies_bfloat16();
}

// Of "cuda" or "cuda:N"; -1 of other names.
int64_t gpu_number(std::string_view name) {
  constexpr std::string_view kNumbered = "cuda:";
  if (name == "cuda") {
    return 0;
  }
  int64_t number = -1;
  const auto digits = name.starts_with(kNumbered) ? name.substr(kNumbered.size()) : "";
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && stop == digits.data() + digits.size() ? number : -1;
}

torch::Device resolve_device(const std::string& name) {
  const int64_t gpus = gpu_count();
  const int64_t number = gpu_number(name);
  if (name == "cpu" || (name == "auto" && gpus == 0)) {
    return {torch::kCPU};
  }
  require(name == "auto" || number >= 0, "device.name is ", in_quotes(name), ", want auto, cpu, cuda or cuda:N");
  require(number < gpus, "device.name is \"", name, "\", but this machine shows ", gpus,
          gpus == 1 ? " CUDA device" : " CUDA devices", " to this build; use --device.name=cpu");
  return {torch::kCUDA, static_cast<torch::DeviceIndex>(std::max<int64_t>(number, 0))};
}

}  // namespace

std::string precision_name(Precision precision) {
  switch (precision) {
    case Precision::kAuto:
      return "auto";
    case Precision::kFloat32:
      return "float32";
    case Precision::kBFloat16:
      break;
  }
  return "bfloat16";
}

bool Compute::is_channels_last(bool training) const {
  return channels_last == Switch::kAuto ? !(training && device.is_cpu() && !fused) : channels_last == Switch::kOn;
}

Compute resolve_compute(const DeviceOptions& options) {
  const auto device = resolve_device(options.name);
  auto precision = options.precision;
  if (precision == Precision::kAuto) {
    precision = multiplies_bfloat16(device) ? Precision::kBFloat16 : Precision::kFloat32;
  }
  return {.device = device, .precision = precision, .fused = options.fused, .channels_last = options.channels_last};
}

// As a number: LibTorch's own type for it is a character to a stream.
int64_t gpu_count() { return torch::cuda::is_available() ? static_cast<int64_t>(torch::cuda::device_count()) : 0; }

void apply_process_options(const DeviceOptions& options) {
  keep_freed_memory();
  if (options.threads > 0) {
    torch::set_num_threads(static_cast<int>(options.threads));
  }
}

torch::Tensor to_device(const torch::Tensor& tensor, torch::Device device) {
  if (!device.is_cuda()) {
    return tensor.to(device);
  }
  return (tensor.is_cpu() ? tensor.pin_memory() : tensor).to(device, /*non_blocking=*/true);
}

ScopedPrecision::ScopedPrecision(const Compute& compute)
    : type_(compute.device.type()),
      was_enabled_(at::autocast::is_autocast_enabled(type_)),
      previous_type_(at::autocast::get_autocast_dtype(type_)) {
  at::autocast::set_autocast_enabled(type_, compute.precision == Precision::kBFloat16);
  at::autocast::set_autocast_dtype(type_, at::kBFloat16);
}

ScopedPrecision::~ScopedPrecision() {
  at::autocast::clear_cache();
  at::autocast::set_autocast_dtype(type_, previous_type_);
  at::autocast::set_autocast_enabled(type_, was_enabled_);
}

int64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<int64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace veil
