#pragma once

#include <filesystem>

#include "veil/cli/arguments.h"
#include "veil/io/run_config.h"

namespace veil::cli {

/// Reads an INI file into `config`: `[section]`, `key = value`, comments from # to the end of a line. CRLF and a UTF-8
/// byte order mark are accepted; at most 1 MiB. Keys that the file does not hold keep their values. Throws UsageError
/// (path:line: what was given, what is allowed, the nearest key) for an unknown key, one that stands twice or a value
/// out of range; DataError for a file that is missing, too long, binary or has lines that are not INI.
void read_config_file(const std::filesystem::path& path, io::RunConfig& config);

/// `base`, then the file of the flag --config if it was given, then the settings of the command line, then validate().
/// Throws UsageError, DataError.
[[nodiscard]] io::RunConfig configuration(const Arguments& arguments, const io::RunConfig& base = {});

}  // namespace veil::cli
