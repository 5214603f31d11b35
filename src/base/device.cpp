#include "veil/base/device.h"

#include <ATen/autocast_mode.h>
#include <malloc.h>
#include <sys/resource.h>
#include <torch/cuda.h>
#include <torch/utils.h>

#include <atomic>
#include <limits>

#include "veil/base/error.h"

namespace veil {
namespace {

std::atomic<bool> g_fused_kernels{true};

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

}  // namespace

torch::Device resolve_device(const DeviceOptions& options) {
  const bool has_cuda = torch::cuda::is_available();
  if (options.name == "auto") {
    return has_cuda ? torch::Device(torch::kCUDA, 0) : torch::Device(torch::kCPU);
  }
  require(options.name == "cpu" || options.name.starts_with("cuda"), "device.name is \"", options.name,
          "\", want auto, cpu, cuda or cuda:N");
  const torch::Device device(options.name == "cuda" ? "cuda:0" : options.name);
  require(!device.is_cuda() || (has_cuda && device.index() < torch::cuda::device_count()), "device.name is \"",
          options.name, "\", but this machine shows ", torch::cuda::device_count(),
          " CUDA device(s) to this build; use --device.name=cpu");
  return device;
}

Precision resolve_precision(const DeviceOptions& options, torch::Device device) {
  if (options.precision != Precision::kAuto) {
    return options.precision;
  }
  const bool native = device.is_cuda() || cpu_multiplies_bfloat16();
  return native ? Precision::kBFloat16 : Precision::kFloat32;
}

void apply_process_options(const DeviceOptions& options) {
  g_fused_kernels = options.fused;
  keep_freed_memory();
  if (options.threads > 0) {
    torch::set_num_threads(static_cast<int>(options.threads));
  }
}

bool fused_kernels_enabled() { return g_fused_kernels; }

bool resolve_channels_last(const DeviceOptions& options, torch::Device device, bool training) {
  if (options.channels_last != Switch::kAuto) {
    return options.channels_last == Switch::kOn;
  }
  return !(training && device.is_cpu() && !options.fused);
}

torch::Tensor to_device(const torch::Tensor& tensor, torch::Device device) {
  if (!device.is_cuda()) {
    return tensor.to(device);
  }
  return (tensor.is_cpu() ? tensor.pin_memory() : tensor).to(device, /*non_blocking=*/true);
}

ScopedPrecision::ScopedPrecision(Precision precision, torch::Device device)
    : type_(device.type()),
      was_enabled_(at::autocast::is_autocast_enabled(type_)),
      previous_type_(at::autocast::get_autocast_dtype(type_)) {
  at::autocast::set_autocast_enabled(type_, precision == Precision::kBFloat16);
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
