#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "io/run/run_log.h"
#include "veil/base/error.h"

namespace veil::io {

void append_bytes(const std::filesystem::path& file, std::string_view bytes) {
  const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  require<IoError>(out >= 0, file.string(), ": cannot be opened: ", std::strerror(errno));
  const auto written = ::write(out, bytes.data(), bytes.size());
  const int reason = errno;
  ::close(out);
  require<IoError>(written == static_cast<ssize_t>(bytes.size()), file.string(), ": wrote ", written, " of ",
                   bytes.size(), " bytes: ", std::strerror(reason));
}

void append_line(const std::filesystem::path& file, std::string_view line) {
  append_bytes(file, std::string(line) + '\n');
}

}  // namespace veil::io
