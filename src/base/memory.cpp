#include "base/memory.h"

#include <c10/core/Allocator.h>
#include <dlfcn.h>
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <utility>

#include "veil/base/error.h"

namespace veil {
namespace {

namespace fs = std::filesystem;

using Bytes = std::optional<int64_t>;

// "name 123 kB", "name: 123" or "name 123" on lines of their own.
std::map<std::string, int64_t> numbers_of(const fs::path& file) {
  std::map<std::string, int64_t> numbers;
  std::ifstream input(file);
  for (std::string line; std::getline(input, line);) {
    std::istringstream words(line);
    std::string name;
    std::string unit;
    int64_t number = 0;
    if (words >> name >> number) {
      words >> unit;
      name.resize(name.ends_with(':') ? name.size() - 1 : name.size());
      numbers[name] = unit == "kB" ? number * 1024 : number;
    }
  }
  return numbers;
}

// A file that is one number; "max" is none.
Bytes number_in(const fs::path& file) {
  std::ifstream input(file);
  int64_t number = 0;
  return input >> number ? Bytes(number) : std::nullopt;
}

int64_t value_or_zero(const std::map<std::string, int64_t>& numbers, const std::string& name) {
  const auto found = numbers.find(name);
  return found == numbers.end() ? 0 : found->second;
}

Bytes least(Bytes a, Bytes b) { return a && b ? std::min(*a, *b) : a ? a : b; }

// Names of the files of a version of control groups.
struct GroupFiles {
  const char* mount;
  const char* limit;
  const char* used;
  const char* droppable;  // in memory.stat
};

constexpr GroupFiles kSecond{"sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"};
constexpr GroupFiles kFirst{"sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
                            "total_inactive_file"};

// What one group leaves; version 2 has a limit on swap of its own.
Bytes left_by(const fs::path& group, const GroupFiles& files, int64_t swap) {
  const Bytes limit = number_in(group / files.limit);
  const Bytes used = number_in(group / files.used);
  if (!limit || !used) {
    return std::nullopt;
  }
  const Bytes most_swap = number_in(group / "memory.swap.max");
  if (most_swap) {
    swap = std::min(swap, *most_swap - number_in(group / "memory.swap.current").value_or(0));
  }
  const int64_t droppable = value_or_zero(numbers_of(group / "memory.stat"), files.droppable);
  return std::max<int64_t>(0, *limit - std::max<int64_t>(0, *used - droppable)) + std::max<int64_t>(0, swap);
}

// In a container the path of a group may be that of the machine outside: then its own are at the mount itself.
Bytes left_by_groups(const fs::path& root, const GroupFiles& files, const std::string& path, int64_t swap) {
  const fs::path mount = root / files.mount;
  fs::path group = mount / fs::path(path).relative_path();
  std::error_code ignored;
  if (!fs::is_directory(group, ignored)) {
    group = mount;
  }
  Bytes left = left_by(mount, files, swap);
  for (; group != mount && group.has_relative_path(); group = group.parent_path()) {
    left = least(left, left_by(group, files, swap));
  }
  return left;
}

// Lines "number:controllers:path"; version 2 has no controllers there.
Bytes left_by_control_groups(const fs::path& root, int64_t swap) {
  Bytes left;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) {
      continue;
    }
    const std::string controllers = concat(",", line.substr(first + 1, second - first - 1), ",");
    const std::string path = line.substr(second + 1);
    if (controllers == ",,") {
      left = least(left, left_by_groups(root, kSecond, path, swap));
    } else if (controllers.find(",memory,") != std::string::npos) {
      left = least(left, left_by_groups(root, kFirst, path, swap));
    }
  }
  return left;
}

Bytes left_by_address_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::nullopt;
  }
  const auto used = value_or_zero(numbers_of("/proc/self/status"), "VmSize");
  const auto most = std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<int64_t>::max());
  return std::max<int64_t>(0, static_cast<int64_t>(most) - used);
}

// The CUDA runtime comes with LibTorch, whose own headers do not show this. It speaks of the current device.
Bytes free_gpu_memory(torch::DeviceIndex device) {
  using SetDevice = int (*)(int device);
  using GetInfo = int (*)(size_t * free, size_t * total);
  const auto set = reinterpret_cast<SetDevice>(::dlsym(RTLD_DEFAULT, "cudaSetDevice"));
  const auto get = reinterpret_cast<GetInfo>(::dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
  size_t free = 0;
  size_t total = 0;
  if (set == nullptr || get == nullptr || set(device) != 0 || get(&free, &total) != 0) {
    return std::nullopt;
  }
  return static_cast<int64_t>(free);
}

}  // namespace

std::optional<int64_t> available_bytes(const fs::path& root) {
  const auto machine = numbers_of(root / "proc/meminfo");
  const int64_t swap = value_or_zero(machine, "SwapFree");
  const Bytes available = machine.contains("MemAvailable") ? Bytes(machine.at("MemAvailable") + swap) : std::nullopt;
  return least(available, left_by_control_groups(root, swap));
}

std::optional<int64_t> available_memory(torch::Device device) {
  if (device.is_cuda()) {
    return free_gpu_memory(device.index());
  }
#if defined(__GLIBC__)
  (void)malloc_trim(0);
#endif
  return least(available_bytes("/"), left_by_address_limit());
}

std::string memory_text(int64_t bytes) {
  constexpr double kMiB = 1 << 20;
  constexpr double kGiB = 1 << 30;
  const auto size = static_cast<double>(bytes);
  return size < kGiB
             ? concat(std::round(size / kMiB), " MiB")
             : concat(std::round(size / kGiB * (size < 1000 * kGiB ? 10 : 1)) / (size < 1000 * kGiB ? 10 : 1), " GiB");
}

class AllocationWatch::Counter : public c10::MemoryReportingInfoBase {
 public:
  explicit Counter(torch::Device device) : device_(device) {}

  void reportMemoryUsage(void* /*pointer*/, int64_t size, size_t /*allocated*/, size_t /*reserved*/,
                         c10::Device device) override {
    if (device.type() != device_.type()) {
      return;
    }
    const int64_t now = now_.fetch_add(size) + size;
    int64_t peak = peak_.load();
    while (now > peak && !peak_.compare_exchange_weak(peak, now)) {
    }
  }

  bool memoryProfilingEnabled() const override { return true; }

  [[nodiscard]] int64_t peak() const { return peak_.load(); }

 private:
  torch::Device device_;
  std::atomic<int64_t> now_ = 0;  // backward passes on a GPU are on another thread
  std::atomic<int64_t> peak_ = 0;
};

AllocationWatch::AllocationWatch(torch::Device device)
    : counter_(std::make_shared<Counter>(device)), guard_(c10::DebugInfoKind::PROFILER_STATE, counter_) {}

int64_t AllocationWatch::peak_bytes() const { return counter_->peak(); }

}  // namespace veil
