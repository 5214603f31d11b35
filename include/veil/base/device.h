#pragma once

#include <torch/types.h>

#include <string>

namespace veil {

/// Number format of the network's products and convolutions. Times, schedules, softmax and losses are float32 or better
/// in all of them.
enum class Precision { kAuto, kFloat32, kBFloat16 };

/// A choice that can be left to the program.
enum class Switch { kAuto, kOff, kOn };

/// Where and how to compute.
struct DeviceOptions {
  std::string name = "auto";                 ///< auto (cuda if present), cpu, cuda, cuda:N
  Precision precision = Precision::kAuto;    ///< auto: bfloat16 where the processor multiplies it natively
  Switch channels_last = Switch::kAuto;      ///< memory layout of images inside a network; auto: the faster one
  bool fused = true;  ///< veil's own kernels where they exist; false: composed LibTorch operators
  int64_t threads = 0;                       ///< CPU threads; 0: one per core
};

/// The device that `options.name` names. Throws InvalidArgument if it does not exist on this machine.
[[nodiscard]] torch::Device resolve_device(const DeviceOptions& options);

/// float32 or bfloat16, never kAuto. Auto is bfloat16 on a GPU of compute capability 8.0 or more and on a CPU with
/// AVX512-BF16 or AMX, else float32.
[[nodiscard]] Precision resolve_precision(const DeviceOptions& options, torch::Device device);

/// Applies what is one for the whole process: CPU threads, use of veil's own kernels, and that freed memory is kept.
void apply_process_options(const DeviceOptions& options);

/// Whether operators may use veil's own kernels (DeviceOptions::fused; true until apply_process_options says
/// otherwise).
[[nodiscard]] bool fused_kernels_enabled();

/// Whether images inside a network should be channels-last. Auto: yes, but for training on a CPU without veil's
/// kernels, because LibTorch's channels-last group normalisation is slow backwards there.
[[nodiscard]] bool resolve_channels_last(const DeviceOptions& options, torch::Device device, bool training);

/// `tensor` on `device`; the same tensor if it is there. A copy to a GPU does not wait for what the GPU has still to
/// do: it goes through page-locked memory, of which LibTorch keeps a pool (from ordinary memory it would wait its
/// turn). The caller may change `tensor` at once. A copy from a GPU to the CPU waits.
[[nodiscard]] torch::Tensor to_device(const torch::Tensor& tensor, torch::Device device);

/// Autocast to bfloat16 (or nothing, for float32) while it lives; clears the cast cache when it ends. For forward
/// passes; run backward outside of it. One thread, no nesting.
class ScopedPrecision {
 public:
  ScopedPrecision(Precision precision, torch::Device device);
  ~ScopedPrecision();
  ScopedPrecision(const ScopedPrecision&) = delete;
  ScopedPrecision& operator=(const ScopedPrecision&) = delete;
  ScopedPrecision(ScopedPrecision&&) = delete;
  ScopedPrecision& operator=(ScopedPrecision&&) = delete;

 private:
  torch::DeviceType type_;
  bool was_enabled_;
  at::ScalarType previous_type_;
};

/// Highest resident memory of this process so far, in bytes.
[[nodiscard]] int64_t peak_memory_bytes();

}  // namespace veil
