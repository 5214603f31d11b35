#include "io/file/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "io/file/input_file.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const char* what) {
  throw IoError(concat(path.string(), ": ", what, ": ", std::generic_category().message(errno)));
}

// An open descriptor. Closing tells of errors that writing did not (NFS), so close() is asked for on the good path.
class OutputFile {
 public:
  OutputFile(const fs::path& path, int flags)
      : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666)) {
    if (descriptor_ < 0) {
      fail(path_, "cannot be opened for writing");
    }
  }
  ~OutputFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  OutputFile(OutputFile&&) = delete;
  OutputFile& operator=(OutputFile&&) = delete;

  void write(std::span<const uint8_t> bytes) {
    while (!bytes.empty()) {
      const auto count = ::write(descriptor_, bytes.data(), bytes.size());
      if (count >= 0) {
        bytes = bytes.subspan(static_cast<size_t>(count));
      } else if (errno != EINTR) {
        fail(path_, "cannot be written");
      }
    }
  }

  void sync() {
    if (::fsync(descriptor_) != 0) {
      fail(path_, "cannot be flushed to the disk");
    }
  }

  void close() {
    if (::close(std::exchange(descriptor_, -1)) != 0) {
      fail(path_, "cannot be closed");
    }
  }

 private:
  const fs::path& path_;
  int descriptor_;
};

void write_new(const fs::path& path, std::span<const uint8_t> bytes) {
  OutputFile file(path, O_CREAT | O_TRUNC);
  file.write(bytes);
  file.sync();
  file.close();
}

}  // namespace

std::vector<uint8_t> read_file(const fs::path& path, int64_t limit) {
  InputFile file(path);
  require<DataError>(file.size() <= limit, path.string(), ": found ", file.size(), " bytes, want at most ", limit);
  std::vector<uint8_t> bytes(static_cast<size_t>(file.size()));
  bytes.resize(file.read(bytes));
  return bytes;
}

void write_file(const fs::path& path, std::span<const uint8_t> bytes) {
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    OutputFile file(path, 0);
    file.write(bytes);
    file.close();
    return;
  }
  // Through a link the file that it names is replaced, not the link.
  const auto target = fs::is_symlink(fs::symlink_status(path, ignored)) ? fs::weakly_canonical(path, ignored) : path;
  const fs::path temporary = concat(target.string(), ".", ::getpid(), ".tmp");
  try {
    write_new(temporary, bytes);
    if (::rename(temporary.c_str(), target.c_str()) != 0) {
      fail(target, "cannot be replaced");
    }
  } catch (...) {
    fs::remove(temporary, ignored);
    throw;
  }
  sync_directory(target.has_parent_path() ? target.parent_path() : fs::path("."));
}

void write_file(const fs::path& path, std::string_view text) {
  write_file(path, std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

std::string zero_padded(int64_t number, size_t digits) {
  const auto text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

void sync_directory(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    fail(path, "cannot be opened");
  }
  const int result = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  errno = error;
  if (result != 0 && error != EINVAL) {  // some network file systems cannot flush folders, and say so with EINVAL
    fail(path, "cannot be flushed to the disk");
  }
}

}  // namespace veil::io
