#include "veil/cli/config_file.h"

#include <boost/program_options.hpp>
#include <sstream>

#include "cli/config_scan.h"
#include "veil/cli/usage_error.h"

namespace veil::cli {
namespace {

namespace options = boost::program_options;

std::vector<options::option> parse_ini(const std::string& text, const std::string& path) {
  options::options_description known;
  for (const std::string& name : io::config_key_names()) {
    known.add_options()(name.c_str(), options::value<std::string>());
  }
  std::istringstream stream(text);
  try {
    return options::parse_config_file(stream, known, /*allow_unregistered=*/true).options;
  } catch (const options::error& error) {
    throw DataError(concat(path, ": not an INI file: ", error.what()));
  }
}

}  // namespace

void read_config_file(const std::filesystem::path& path, io::RunConfig& config) {
  const ConfigScan scan = scan_config(path);
  for (const options::option& option : parse_ini(scan.text, path.string())) {
    try {
      io::set(config, option.string_key, option.value.empty() ? "" : option.value.front());
    } catch (const InvalidArgument& error) {
      const auto line = scan.lines.find(option.string_key);
      const std::string number = line == scan.lines.end() ? "" : concat(":", line->second);
      throw UsageError(concat(path.string(), number, ": ", error.what()));
    }
  }
}

io::RunConfig configuration(const Arguments& arguments, const io::RunConfig& base) {
  io::RunConfig config = base;
  if (arguments.has("config")) {
    read_config_file(arguments.text("config"), config);
  }
  for (const auto& [key, text] : arguments.settings) {
    io::set(config, key, text);
  }
  io::validate(config);
  return config;
}

}  // namespace veil::cli
