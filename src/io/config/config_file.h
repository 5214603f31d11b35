#pragma once

#include <filesystem>

#include "veil/io/config/run_config.h"

namespace veil::io {

/// Reads an INI file into `config`: `[section]`, `key = value`, comments from # to the end of a line, lines that begin
/// with ; are comments too. CRLF and a UTF-8 byte order mark are accepted; at most 1 MiB. Keys that the file does not
/// hold keep their values. Throws InvalidArgument (path:line: what was given, what is allowed, the nearest key) for an
/// unknown key, one that stands twice or a value out of range; DataError for a file that is missing, too long, binary
/// or has lines that are not INI.
void read_config_file(const std::filesystem::path& path, RunConfig& config);

}  // namespace veil::io
