#include "cli/command_line.h"

#include <algorithm>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/terminal/output.h"
#include "io/file/nearest_name.h"

namespace veil::cli {
namespace {

bool asks_for(const std::vector<std::string>& words, std::string_view flag, std::string_view short_flag) {
  const auto end = std::ranges::find(words, "--");
  return std::any_of(words.begin(), end, [&](const std::string& word) { return word == flag || word == short_flag; });
}

// Of the action that one of the words chooses, if one does.
std::string help_on(const Command& command, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (const Command* action = find_action(command, word)) {
      return command_help(*action);
    }
  }
  return command_help(command);
}

}  // namespace

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    names.push_back(command.name);
  }
  return names;
}

const Command& find_command(std::string_view name) {
  const auto found = std::ranges::find(commands(), name, &Command::name);
  if (found == commands().end()) {
    const std::vector<std::string> names = command_names();
    throw UsageError(
        concat("unknown command ", shortened(name), io::did_you_mean(name, names), ", want one of ", joined(names)));
  }
  return *found;
}

int run_command_line(const std::vector<std::string>& words) {
  require<UsageError>(!words.empty(), "no command given; veil --help lists them");
  const std::string& first = words.front();
  if (first == "--help" || first == "-h" || first == "help") {
    print(words.size() > 1 && first == "help" ? help_on(find_command(words[1]), {words.begin() + 2, words.end()})
                                              : program_help());
    return 0;
  }
  if (first == "--version") {
    const bool json = words.size() == 2 && words[1] == "--json";
    require<UsageError>(words.size() == 1 || json, "veil --version takes --json or nothing, got ",
                        shortened(words.size() > 1 ? words[1] : ""));
    print(json ? version_json() : version_text());
    return 0;
  }
  require<UsageError>(!first.starts_with('-'), "unknown flag ", shortened(first),
                      ", want a command, --help or --version");
  const Command& command = find_command(first);
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (asks_for(rest, "--help", "-h")) {
    print(help_on(command, rest));
    return 0;
  }
  Arguments arguments = parse_arguments(command, rest);
  arguments.command_line = "veil";
  for (const std::string& word : words) {
    arguments.command_line.append(" ").append(in_shell_quotes(word));
  }
  return command.run(arguments);
}

}  // namespace veil::cli
