#include "cli/arguments/configuration.h"

#include "io/config/config_file.h"
#include "veil/io/config/resolve.h"

namespace veil::cli {

io::RunConfig configuration(const Arguments& arguments, const io::RunConfig& base) {
  io::RunConfig config = base;
  if (arguments.has("config")) {
    io::read_config_file(arguments.text("config"), config);
  }
  for (const auto& [key, text] : arguments.settings) {
    io::set(config, key, text);
  }
  io::validate(config);
  return config;
}

}  // namespace veil::cli
