#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>

namespace veil::fuzz {

/// What is done with one input. It may throw DataError, and nothing else.
struct Target {
  const char* name;  ///< also of its folder in corpus/
  void (*run)(std::span<const uint8_t> bytes);
};

/// Every target of this program.
[[nodiscard]] std::span<const Target> targets();

/// A file that holds the input, for readers that take paths. One for the whole process, in memory where there is
/// /dev/shm.
inline std::filesystem::path file_of(std::span<const uint8_t> bytes) {
  static const std::string path = [] {
    const bool has_memory = std::filesystem::is_directory("/dev/shm");
    return std::string(has_memory ? "/dev/shm" : "/tmp") + "/veil-fuzz-" + std::to_string(::getpid());
  }();
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const bool is_written =
      file != nullptr && (bytes.empty() || std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
  if (!is_written || std::fclose(file) != 0) {
    std::perror(path.c_str());
    std::_Exit(2);
  }
  return path;
}

}  // namespace veil::fuzz
