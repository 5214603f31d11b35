#pragma once

#include <c10/util/ThreadLocalDebugInfo.h>
#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace veil {

/// Bytes that this process may take on `device` beyond what it has; none if the system does not say. On a CPU this is
/// the least of available_bytes("/") and what the limit on addresses (ulimit -v) leaves; freed memory that the process
/// keeps is given back to the system first. On a GPU it is what the driver says is free (not yet run on a GPU by us).
[[nodiscard]] std::optional<int64_t> available_memory(torch::Device device);

/// What the files of Linux below `root` say that a process may still take before it is killed, swap included: the least
/// of MemAvailable and what the limits of its control group and of those above it leave, where what a group holds of
/// files that can be dropped counts as free. Control groups of version 2 and of version 1 are known.
[[nodiscard]] std::optional<int64_t> available_bytes(const std::filesystem::path& root);

/// "12.3 GiB", "45 MiB".
[[nodiscard]] std::string memory_text(int64_t bytes);

/// The most that LibTorch's tensors on `device` hold at once of what this thread allocates while this lives, as its
/// backward passes do. One at a time.
class AllocationWatch {
 public:
  explicit AllocationWatch(torch::Device device);

  [[nodiscard]] int64_t peak_bytes() const;

 private:
  class Counter;
  std::shared_ptr<Counter> counter_;
  c10::DebugInfoGuard guard_;
};

}  // namespace veil
