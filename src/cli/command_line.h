#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// A flag of a command.
struct Flag {
  std::string name;      ///< without the dashes
  std::string argument;  ///< what stands after it, for the help: "FILE"; empty: a switch
  std::string help;      ///< of a short name: empty where the key's text says it
  std::string key;       ///< the configuration key that it is a short name of, or empty
  std::string of = {};   ///< the actions that take it, for the help, where not all of the command's do
};

/// A command of the program.
struct Command {
  std::string name;
  std::string summary;                ///< one line
  std::vector<std::string> examples;  ///< complete command lines
  std::vector<Flag> flags;
  std::vector<std::string> sections;  ///< of the configuration, or single keys: flags too, --section.key=value
  std::string positional;             ///< name of the words beside flags, or empty if there may be none
  int (*run)(const Arguments&) = nullptr;
  std::vector<Command> actions = {};  ///< what the first word chooses among, named "data pack": each has flags and
                                      ///< settings of its own, which together are those of the command
};

/// Every command, in the order of the help.
[[nodiscard]] std::span<const Command> commands();

/// Their names, in that order.
[[nodiscard]] std::vector<std::string> command_names();

/// The command of that name. Throws UsageError with the nearest one.
[[nodiscard]] const Command& find_command(std::string_view name);

/// `command` with flags, settings, examples and first words of its actions.
[[nodiscard]] Command with_actions(Command command, std::vector<Command> actions);

/// The word that chooses an action: "pack" of "data pack".
[[nodiscard]] std::string action_word(const Command& action);

/// The action of a command that `word` chooses; null if there is none.
[[nodiscard]] const Command* find_action(const Command& command, std::string_view word);

/// Sorts the words after the command's name into flags, settings and positionals. Values of settings are only checked
/// when they are applied. Throws UsageError for an unknown flag (with the nearest), one given twice, a value that is
/// missing, a word too many, and a flag or a setting that the action of the first word has no use for.
[[nodiscard]] Arguments parse_arguments(const Command& command, const std::vector<std::string>& words);

/// The settings that a command takes: the keys of its sections, in the order of the configuration.
[[nodiscard]] std::vector<std::string> keys_of(const Command& command);

/// Meaning, range and default of a configuration key; what the help says of a flag, of one without a text of its own
/// that of its key; the exit codes in one line.
[[nodiscard]] std::string key_text(const std::string& name);
[[nodiscard]] std::string help_of(const Flag& flag);
[[nodiscard]] std::string exit_codes_text();

/// What `veil --help`, `veil COMMAND --help`, `veil --version` and `veil --version --json` print.
[[nodiscard]] std::string program_help();
[[nodiscard]] std::string command_help(const Command& command);
[[nodiscard]] std::string version_text();
[[nodiscard]] std::string version_json();

/// Does what the words after the program's name say. Returns the exit code, or throws.
int run_command_line(const std::vector<std::string>& words);

}  // namespace veil::cli
