#include "io/config/config_file.h"

#include "io/config/config_scan.h"
#include "veil/base/error.h"

namespace veil::io {

void read_config_file(const std::filesystem::path& path, RunConfig& config) {
  for (const ConfigLine& line : scan_config(path)) {
    try {
      set(config, line.key, line.value);
    } catch (const InvalidArgument& error) {
      throw InvalidArgument(concat(path.string(), ":", line.line, ": ", error.what()));
    }
  }
}

}  // namespace veil::io
