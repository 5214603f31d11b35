#include "io/file/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "io/file/input_file.h"
#include "io/file/publish.h"
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
  explicit OutputFile(const fs::path& path)
      : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_CREAT | O_TRUNC, 0666)) {
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

  void close() {
    if (::close(std::exchange(descriptor_, -1)) != 0) {
      fail(path_, "cannot be closed");
    }
  }

 private:
  const fs::path& path_;
  int descriptor_;
};

}  // namespace

std::vector<uint8_t> read_file(const fs::path& path, int64_t limit) {
  InputFile file(path);
  require<DataError>(file.size() <= limit, path.string(), ": found ", file.size(), " bytes, want at most ", limit);
  std::vector<uint8_t> bytes(static_cast<size_t>(file.size()));
  bytes.resize(file.read(bytes));
  return bytes;
}

void write_file(const fs::path& path, std::span<const uint8_t> bytes) {
  FileDraft draft(path);
  OutputFile file(draft.path());
  file.write(bytes);
  file.close();
  draft.publish();
}

void write_file(const fs::path& path, std::string_view text) {
  write_file(path, std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

}  // namespace veil::io
