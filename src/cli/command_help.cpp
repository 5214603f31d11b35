#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/command_line.h"
#include "veil/base/error.h"
#include "veil/io/config/run_config.h"

namespace veil::cli {
namespace {

constexpr size_t kColumn = 26;

std::string row(const std::string& name, const std::string& text) {
  const std::string gap(name.size() < kColumn ? kColumn - name.size() : 1, ' ');
  return concat("  ", name, gap, text, "\n");
}

std::string flag_rows(const Command& command) {
  std::string text = "Flags:\n";
  for (const Flag& flag : command.flags) {
    const std::string name = concat("--", flag.name, flag.argument.empty() ? "" : " ", flag.argument);
    text += row(name, help_of(flag));
  }
  text += row("-q, --quiet", "no progress on standard error; warnings stay");
  return text + row("-h, --help", "this text");
}

// Of settings that no flag above is the short name of.
std::string key_rows(const Command& command) {
  std::string text;
  const auto is_told = [&](const std::string& name) {
    return std::ranges::any_of(command.flags, [&](const Flag& flag) { return flag.key == name && flag.help.empty(); });
  };
  for (const std::string& name : keys_of(command)) {
    text += is_told(name) ? "" : row(concat("--", name), key_text(name));
  }
  return text.empty() ? ""
                      : concat("\nSettings, as --section.key=value or in a file as [section] key = value:\n", text);
}

std::string action_rows(const Command& command) {
  std::string text;
  for (const Command& action : command.actions) {
    text += row(action_word(action), action.summary);
  }
  return text.empty() ? "" : concat("Each has a help of its own, veil ", command.name, " … --help:\n", text, "\n");
}

// Whether this build has the CUDA runtime, whatever the machine has.
bool has_cuda() { return at::detail::getCUDAHooks().hasCUDART(); }

}  // namespace

std::vector<std::string> keys_of(const Command& command) {
  std::vector<std::string> keys;
  for (const std::string& name : io::config_key_names()) {
    const auto is_of = [&](const std::string& section) {
      return section == name || section == name.substr(0, name.find('.'));
    };
    if (std::ranges::any_of(command.sections, is_of)) {
      keys.push_back(name);
    }
  }
  return keys;
}

std::string key_text(const std::string& name) {
  const io::ConfigKey& key = io::find_config_key(name);
  return concat(key.help, "; ", key.wanted, "; default ", key.get({}));
}

std::string help_of(const Flag& flag) {
  const bool has_own = flag.key.empty() || !flag.help.empty();
  const std::string text = has_own ? flag.help : concat(flag.key, ": ", key_text(flag.key));
  return flag.of.empty() ? text : concat(flag.of, ": ", text);
}

std::string exit_codes_text() {
  return "0 done, 1 the run failed, 2 wrong usage, 65 input refused, 70 internal error, 74 disk or I/O, 75 stopped by "
         "a signal, 130 ended at once by a second Ctrl-C.";
}

std::string program_help() {
  std::string text =
      "veil: masked discrete diffusion on images and text, with bits per dimension that can be trusted\n\nUsage:\n"
      "  veil COMMAND [FLAGS]     veil COMMAND --help     veil --version [--json]\n\nCommands:\n";
  for (const Command& command : commands()) {
    text += row(command.name, command.summary);
  }
  text += "\nExamples:\n";
  for (const Command& command : commands()) {
    text += concat("  ", command.examples.front(), "\n");
  }
  return concat(text, "\nResults go to standard output, progress to standard error. Exit codes:\n", exit_codes_text(),
                "\n");
}

std::string command_help(const Command& command) {
  std::string text = concat("veil ", command.name, ": ", command.summary, "\n\nExamples:\n");
  for (const std::string& example : command.examples) {
    text += concat("  ", example, "\n");
  }
  text += concat("\nUsage:\n  veil ", command.name, " [FLAGS]", command.positional.empty() ? "" : " ",
                 command.positional, "\n\n");
  return text + action_rows(command) + flag_rows(command) + key_rows(command);
}

std::string version_text() {
  const int64_t gpus = gpu_count();
  const std::string cuda = has_cuda() ? concat("yes, ", gpus, gpus == 1 ? " device" : " devices") : "no";
  return concat("veil ", VEIL_VERSION, "\nLibTorch ", TORCH_VERSION, "\nCUDA ", cuda, "\ncompiler ", VEIL_COMPILER,
                "\n");
}

std::string version_json() {
  const nlohmann::ordered_json object{{"schema_version", 1},         {"veil", VEIL_VERSION},
                                      {"libtorch", TORCH_VERSION},   {"cuda", has_cuda()},
                                      {"cuda_devices", gpu_count()}, {"compiler", VEIL_COMPILER}};
  return object.dump() + "\n";
}

}  // namespace veil::cli
