#include "cli/completion.h"

#include <algorithm>
#include <vector>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/command_line.h"
#include "cli/terminal/output.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

bool wants_path(const Flag& flag) {
  return flag.argument.find("FILE") != std::string::npos || flag.argument.find("DIR") != std::string::npos ||
         flag.argument.find("PATH") != std::string::npos;
}

// "inspect|pack PATH" begins with one of two words; "RUN..." with none that is known.
std::vector<std::string> first_words(const Command& command) {
  const std::string first = command.positional.substr(0, command.positional.find(' '));
  std::vector<std::string> words;
  for (size_t begin = 0; first.find('|') != std::string::npos && begin <= first.size();) {
    const size_t end = std::min(first.find('|', begin), first.size());
    words.push_back(first.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

// With a backslash before each of `letters`, and no second line.
std::string escaped(std::string_view text, std::string_view letters) {
  std::string result;
  for (const char letter : printable(std::string(text))) {
    if (letters.find(letter) != std::string_view::npos) {
      result += '\\';
    }
    result += letter;
  }
  return result;
}

// In single quotes, which fish lets contain an escaped quote, bash and zsh do not.
std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char letter : text) {
    result += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  }
  return result + "'";
}

// The words of its flags, and which of them want a path.
std::string bash_words(const Command& command) {
  std::vector<std::string> flags{"--quiet", "--help"};
  std::vector<std::string> paths;
  for (const Flag& flag : command.flags) {
    flags.push_back("--" + flag.name);
    if (wants_path(flag)) {
      paths.push_back("--" + flag.name);
    }
  }
  for (const std::string& key : keys_of(command)) {
    flags.push_back(concat("--", key, "="));
  }
  return concat("flags=", quoted(joined(flags, " ")), " paths=", quoted(joined(paths, " ")));
}

std::string bash_case(const Command& command) {
  std::string actions;
  for (const Command& action : command.actions) {
    actions += concat("        ", action_word(action), ") ", bash_words(action), " ;;\n");
  }
  if (!actions.empty()) {
    actions = concat("\n      case ${COMP_WORDS[2]} in\n", actions, "      esac");
  }
  return concat("    ", command.name, ")\n      ", bash_words(command),
                "\n      first=", quoted(joined(first_words(command), " ")), actions, " ;;\n");
}

// Names of files are completed by bash itself: where no words are given, because of -o default.
std::string bash_script() {
  std::string cases;
  for (const Command& command : commands()) {
    cases += bash_case(command);
  }
  return concat(
      "# Completion of veil in bash: source <(veil completion bash)\n"
      "_veil() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} flags= paths= first=\n"
      "  COMPREPLY=()\n"
      "  if [[ $COMP_CWORD -eq 1 ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W ",
      quoted(joined(command_names(), " ") + " help --help --version"),
      " -- \"$word\")\n"
      "    return\n"
      "  fi\n"
      "  case ${COMP_WORDS[1]} in\n",
      cases,
      "  esac\n"
      "  if [[ \" $paths \" == *\" $before \"* ]]; then\n"
      "    return\n"
      "  elif [[ $word == -* ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$word\")\n"
      "    [[ ${COMPREPLY[0]-} == *= ]] && { compopt -o nospace 2>/dev/null || true; }\n"
      "  elif [[ $COMP_CWORD -eq 2 && $first ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$first\" -- \"$word\")\n"
      "  fi\n"
      "  return 0\n"
      "}\n"
      "complete -o default -F _veil veil\n");
}

// What follows _arguments.
std::string zsh_specs(const Command& command) {
  const auto text = [](const std::string& help) { return escaped(help, "\\[]:"); };
  std::string specs = "'(-q --quiet)'{-q,--quiet}'[no progress]' '(-h --help)'{-h,--help}'[help]'";
  for (const Flag& flag : command.flags) {
    const std::string value =
        flag.argument.empty() ? "" : concat(":", text(flag.argument), ":", wants_path(flag) ? "_files" : "");
    specs += concat(" \\\n        ", quoted(concat("--", flag.name, "[", text(help_of(flag)), "]", value)));
  }
  for (const std::string& key : keys_of(command)) {
    specs += concat(" \\\n        ", quoted(concat("--", key, "=[", text(key_text(key)), "]:value:")));
  }
  const auto first = first_words(command);
  if (!first.empty()) {
    specs += concat(" \\\n        ", quoted(concat("1:what:(", joined(first, " "), ")")));
  }
  return concat(specs, " \\\n        '*:file:_files'");
}

std::string zsh_case(const Command& command) {
  std::string actions;
  for (const Command& action : command.actions) {
    actions += concat("      [[ $words[2] == ", action_word(action), " ]] && { _arguments ", zsh_specs(action),
                      "; return; }\n");
  }
  return concat("    ", command.name, ")\n", actions, "      _arguments ", zsh_specs(command), " ;;\n");
}

std::string zsh_script() {
  std::string names;
  std::string cases;
  for (const Command& command : commands()) {
    names += concat("    ", quoted(concat(command.name, ":", escaped(command.summary, "\\:"))), "\n");
    cases += zsh_case(command);
  }
  return concat(
      "#compdef veil\n"
      "# Completion of veil in zsh: veil completion zsh > a folder of $fpath/_veil\n"
      "_veil() {\n"
      "  local -a names=(\n",
      names,
      "  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe command names\n"
      "    return\n"
      "  fi\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $words[1] in\n",
      cases,
      "  esac\n"
      "}\n"
      "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
      "  _veil \"$@\"\n"
      "else\n"
      "  compdef _veil veil\n"
      "fi\n");
}

std::string fish_text(const std::string& help) { return concat("'", escaped(help, "\\'"), "'"); }

std::string fish_flags(const Command& command, const std::string& condition) {
  const std::string here = concat("complete -c veil -n '", condition, "' ");
  std::string lines;
  for (const Flag& flag : command.flags) {
    const char* value = flag.argument.empty() ? "-f" : wants_path(flag) ? "-r -F" : "-x";
    lines += concat(here, "-l ", flag.name, " ", value, " -d ", fish_text(help_of(flag)), "\n");
  }
  for (const std::string& key : keys_of(command)) {
    lines += concat(here, "-l ", key, " -x -d ", fish_text(key_text(key)), "\n");
  }
  return lines;
}

std::string fish_lines(const Command& command) {
  const std::string here = concat("__veil_at ", command.name);
  std::string elsewhere = here;
  std::string actions;
  for (const Command& action : command.actions) {
    actions += fish_flags(action, concat("__veil_at ", action.name));
    elsewhere += concat("; and not __veil_at ", action.name);
  }
  const std::string lines = concat("complete -c veil -n __fish_use_subcommand -f -a ", command.name, " -d ",
                                   fish_text(command.summary), "\n", fish_flags(command, elsewhere), actions);
  const auto first = first_words(command);
  return first.empty() ? lines
                       : concat(lines, "complete -c veil -n '", elsewhere, "' -a ", quoted(joined(first, " ")), "\n");
}

std::string fish_script() {
  std::string lines =
      "# Completion of veil in fish: veil completion fish > ~/.config/fish/completions/veil.fish\n"
      "function __veil_at  # whether these are the words after the program's name\n"
      "  set -l words (commandline -opc)\n"
      "  test \"$words[2]\" = \"$argv[1]\"; and begin; not set -q argv[2]; or test \"$words[3]\" = \"$argv[2]\"; end\n"
      "end\n";
  for (const Command& command : commands()) {
    lines += fish_lines(command);
  }
  return lines;
}

}  // namespace

std::string completion_script(std::string_view shell) {
  require<UsageError>(shell == "bash" || shell == "zsh" || shell == "fish", "the shell is ", shortened(shell),
                      ", want bash, zsh or fish");
  return shell == "bash" ? bash_script() : shell == "zsh" ? zsh_script() : fish_script();
}

int run_completion(const Arguments& arguments) {
  require<UsageError>(arguments.positionals.size() == 1, "usage: veil completion bash|zsh|fish");
  print(completion_script(arguments.positionals.front()));
  return 0;
}

}  // namespace veil::cli
