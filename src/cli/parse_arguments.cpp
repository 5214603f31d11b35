#include <algorithm>
#include <boost/program_options.hpp>
#include <set>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/command_line.h"
#include "io/file/nearest_name.h"
#include "veil/io/config/run_config.h"

namespace veil::cli {
namespace {

namespace options = boost::program_options;

std::vector<std::string> flag_names(const Command& command) {
  std::vector<std::string> names{"quiet", "help"};
  for (const Flag& flag : command.flags) {
    names.push_back(flag.name);
  }
  const auto keys = keys_of(command);
  names.insert(names.end(), keys.begin(), keys.end());
  return names;
}

const Flag* find_flag(const Command& command, const std::string& name) {
  const auto found =
      std::find_if(command.flags.begin(), command.flags.end(), [&](const Flag& flag) { return flag.name == name; });
  return found == command.flags.end() ? nullptr : &*found;
}

options::options_description describe(const Command& command) {
  options::options_description known;
  known.add_options()("quiet,q", "");
  for (const Flag& flag : command.flags) {
    if (flag.argument.empty()) {
      known.add_options()(flag.name.c_str(), "");
    } else {
      known.add_options()(flag.name.c_str(), options::value<std::string>());
    }
  }
  for (const std::string& key : keys_of(command)) {
    known.add_options()(key.c_str(), options::value<std::string>());
  }
  return known;
}

// What a flag or setting wants as its value; empty where it takes none or is not known.
std::string wanted_of(const Command& command, const std::string& name) {
  const Flag* flag = find_flag(command, name);
  if (flag != nullptr && flag->key.empty()) {
    return flag->argument;
  }
  const std::string key = flag == nullptr ? name : flag->key;
  const auto keys = keys_of(command);
  return std::ranges::find(keys, key) == keys.end() ? "" : io::find_config_key(key).wanted;
}

// given: as it was typed; name: of the flag in it.
[[noreturn]] void refuse_flag(const Command& command, const std::string& given, const std::string& name) {
  std::string near = io::nearest_name(name, flag_names(command));
  if (!near.empty()) {
    near = concat(" (did you mean --", near, "?)");
  }
  throw UsageError(concat("unknown flag ", shortened(given.substr(0, given.find('='))), near, "; veil ", command.name,
                          " --help lists them"));
}

// "--name=" and nothing, which the parser would say in words of its own.
void refuse_empty_values(const Command& command, const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word.starts_with("--") && word.find('=') == word.size() - 1) {
      const auto name = word.substr(2, word.size() - 3);
      const auto wanted = wanted_of(command, name);
      require<UsageError>(wanted.empty(), "--", name, " is empty, want ", wanted, ", directly after the =");
      if (name != "quiet" && find_flag(command, name) == nullptr) {
        refuse_flag(command, word, name);
      }
    }
  }
}

std::vector<options::option> split(const Command& command, const std::vector<std::string>& words) {
  // Without guessing: a flag that is accepted today because it begins like another must not change its meaning
  // tomorrow.
  constexpr int kStyle = options::command_line_style::unix_style & ~options::command_line_style::allow_guessing;
  const options::options_description known = describe(command);
  refuse_empty_values(command, words);
  try {
    return options::command_line_parser(words).options(known).style(kStyle).allow_unregistered().run().options;
  } catch (const options::invalid_command_line_syntax& error) {
    const bool is_missing = error.kind() == options::invalid_syntax::missing_parameter;
    const std::string option = error.get_option_name();
    const std::string name = option.substr(std::min(option.find_first_not_of('-'), option.size()));
    const std::string wanted = is_missing ? wanted_of(command, name) : "";
    throw UsageError(wanted.empty() ? error.what() : concat(option, " wants a value: ", wanted));
  } catch (const options::error& error) {
    throw UsageError(error.what());
  }
}

// Sorts one option in; returns the name under which it may stand only once.
std::string take(const Command& command, const options::option& option, Arguments& arguments) {
  const std::string value = option.value.empty() ? "" : option.value.front();
  const bool apart = option.original_tokens.size() == 2;
  require<UsageError>(!(apart && value.starts_with("--")), "--", option.string_key,
                      " wants a value: ", wanted_of(command, option.string_key), "; got the flag ", shortened(value));
  if (option.string_key == "quiet") {
    arguments.quiet = true;
    return "quiet";
  }
  const Flag* flag = find_flag(command, option.string_key);
  if (flag != nullptr && flag->key.empty()) {
    require<UsageError>(flag->argument.empty() || !value.empty(), "--", flag->name, " is empty, want ", flag->argument);
    arguments.flags[flag->name] = value;
    return flag->name;
  }
  const std::string key = flag == nullptr ? option.string_key : flag->key;
  arguments.settings.emplace_back(key, value);
  return key;
}

bool takes(const Command& action, const std::string& name) {
  const auto keys = keys_of(action);
  return find_flag(action, name) != nullptr || std::ranges::find(keys, name) != keys.end();
}

// A flag that the action has no use for is a misunderstanding.
void require_flags_of(const Command& action, const Arguments& arguments) {
  const auto require_taken = [&](const std::string& name) {
    require<UsageError>(takes(action, name), "--", name, " is not of veil ", action.name, "; veil ", action.name,
                        " --help lists what is");
  };
  for (const auto& [name, value] : arguments.flags) {
    require_taken(name);
  }
  for (const auto& [key, value] : arguments.settings) {
    require_taken(key);
  }
}

}  // namespace

Arguments parse_arguments(const Command& command, const std::vector<std::string>& words) {
  Arguments arguments{.command = command.name, .flags = {}, .settings = {}, .positionals = {}, .command_line = {}};
  std::set<std::string> seen;
  for (const options::option& option : split(command, words)) {
    if (option.position_key >= 0 || option.string_key.empty()) {
      const std::string word = option.value.empty() ? "" : option.value.front();
      require<UsageError>(!command.positional.empty(), "veil ", command.name,
                          " takes no words beside its flags, got \"", shortened(word), "\"");
      arguments.positionals.push_back(word);
      continue;
    }
    if (option.unregistered) {
      refuse_flag(command, option.original_tokens.empty() ? option.string_key : option.original_tokens.front(),
                  option.string_key.substr(0, option.string_key.find('=')));
    }
    const std::string name = take(command, option, arguments);
    require<UsageError>(seen.insert(name).second, "--", name, " is given twice");
  }
  if (const Command* action =
          arguments.positionals.empty() ? nullptr : find_action(command, arguments.positionals[0])) {
    require_flags_of(*action, arguments);
  }
  return arguments;
}

}  // namespace veil::cli
