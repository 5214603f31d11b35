#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

namespace veil {

/// Number format of the network's products and convolutions. Times, schedules, softmax and losses are float32 or better
/// in all of them.
enum class Precision { kAuto, kFloat32, kBFloat16 };

/// "auto", "float32" or "bfloat16".
[[nodiscard]] std::string precision_name(Precision precision);

/// A choice that can be left to the program.
enum class Switch { kAuto, kOff, kOn };

/// Where and how to compute.
struct DeviceOptions {
  std::string name = "auto";               ///< auto (cuda if present), cpu, cuda, cuda:N
  Precision precision = Precision::kAuto;  ///< auto: bfloat16 where the processor multiplies it natively
  Switch channels_last = Switch::kAuto;    ///< memory layout of images inside a network; auto: the faster one
  bool fused = true;                       ///< veil's own kernels where they exist; false: composed LibTorch operators
  int64_t threads = 0;                     ///< CPU threads; 0: one per core
};

/// Where and how a network computes: DeviceOptions with nothing left open. It travels as one value; a network is
/// brought there by place() (veil/nn/placement.h).
struct Compute {
  torch::Device device{torch::kCPU};
  Precision precision = Precision::kFloat32;  ///< never kAuto
  bool fused = true;
  Switch channels_last = Switch::kAuto;

  /// Whether images inside a network are channels-last. Auto: yes, but for training on a CPU without veil's kernels,
  /// because LibTorch's channels-last group normalisation is slow backwards there.
  [[nodiscard]] bool is_channels_last(bool training) const;
};

/// Resolves what `options` leave open. The device "auto" is the first GPU, else the CPU. The precision "auto" is
/// bfloat16 on a GPU of compute capability 8.0 or more and on a CPU with AVX512-BF16 or AMX, else float32. Throws
/// InvalidArgument if the device does not exist on this machine.
[[nodiscard]] Compute resolve_compute(const DeviceOptions& options);

/// GPUs that this build can use on this machine.
[[nodiscard]] int64_t gpu_count();

/// Applies what is one for the whole process: CPU threads, and that freed memory is kept.
void apply_process_options(const DeviceOptions& options);

/// `tensor` on `device`; the same tensor if it is there. A copy to a GPU does not wait for what the GPU has still to
/// do: it goes through page-locked memory, of which LibTorch keeps a pool (from ordinary memory it would wait its
/// turn). The caller may change `tensor` at once. A copy from a GPU to the CPU waits.
[[nodiscard]] torch::Tensor to_device(const torch::Tensor& tensor, torch::Device device);

/// Autocast to bfloat16 (or nothing, for float32) while it lives; clears the cast cache when it ends. For forward
/// passes; run backward outside of it. One thread, no nesting.
class ScopedPrecision {
 public:
  explicit ScopedPrecision(const Compute& compute);
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
