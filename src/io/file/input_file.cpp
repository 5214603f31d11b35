#include "io/file/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "io/file/lfs_pointer.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* what, int error) {
  throw DataError(concat(path.string(), ": ", what, ": ", std::generic_category().message(error)));
}

constexpr int64_t kLongestPointer = 1024;  // as its specification says

// A file that Git LFS has not fetched yet.
bool is_pointer(int descriptor, int64_t size) {
  std::array<char, kLfsPointer.size()> start{};
  return size >= std::ssize(start) && size < kLongestPointer &&
         ::pread(descriptor, start.data(), start.size(), 0) == std::ssize(start) &&
         std::string_view(start.data(), start.size()) == kLfsPointer;
}

const char* kind_of(mode_t mode) {
  return S_ISDIR(mode) ? "a folder" : S_ISFIFO(mode) ? "a pipe" : S_ISCHR(mode) ? "a device" : "not a regular file";
}

}  // namespace

InputFile::InputFile(const std::filesystem::path& path) : path_(path) {
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) {
    fail(path, "cannot be opened", errno);
  }
  struct stat status {};
  const int result = ::fstat(descriptor_, &status);
  if (result != 0 || !S_ISREG(status.st_mode)) {
    const int error = errno;
    ::close(descriptor_);
    if (result != 0) {
      fail(path, "cannot be read", error);
    }
    throw DataError(concat(path.string(), ": found ", kind_of(status.st_mode), ", want a regular file"));
  }
  size_ = status.st_size;
  if (is_pointer(descriptor_, size_)) {
    ::close(descriptor_);
    throw DataError(concat(path.string(),
                           ": found a pointer of Git LFS in place of the file itself; get it with "
                           "'git lfs install' and 'git lfs pull' in the repository that it is from"));
  }
}

InputFile::~InputFile() { ::close(descriptor_); }

size_t InputFile::read(std::span<uint8_t> bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const auto count = ::read(descriptor_, bytes.data() + done, bytes.size() - done);
    if (count == 0) {
      break;
    }
    if (count > 0) {
      done += static_cast<size_t>(count);
    } else if (errno != EINTR) {
      fail(path_, "cannot be read", errno);
    }
  }
  return done;
}

void InputFile::seek(int64_t offset) {
  if (::lseek(descriptor_, offset, SEEK_SET) < 0) {
    fail(path_, "cannot be read", errno);
  }
}

}  // namespace veil::io
