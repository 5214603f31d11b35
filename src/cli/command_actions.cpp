#include <algorithm>
#include <iterator>
#include <utility>

#include "base/words.h"
#include "cli/command_line.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

// The actions that have a flag of this name, by the help that they give of it.
std::vector<std::pair<std::string, std::vector<std::string>>> helps_of(const std::string& name,
                                                                       const std::vector<Command>& actions) {
  std::vector<std::pair<std::string, std::vector<std::string>>> helps;
  for (const Command& action : actions) {
    const auto flag = std::ranges::find(action.flags, name, &Flag::name);
    if (flag == action.flags.end()) {
      continue;
    }
    auto same = std::ranges::find_if(helps, [&](const auto& entry) { return entry.first == flag->help; });
    if (same == helps.end()) {
      helps.emplace_back(flag->help, std::vector<std::string>());
      same = std::prev(helps.end());
    }
    same->second.push_back(action_word(action));
  }
  return helps;
}

// A flag of some actions as the command has it: with whose it is, unless it is everyone's.
Flag shared_flag(Flag flag, const std::vector<Command>& actions) {
  const auto helps = helps_of(flag.name, actions);
  if (helps.size() == 1) {
    flag.of = helps[0].second.size() == actions.size() ? "" : joined(helps[0].second);
    return flag;
  }
  std::vector<std::string> texts;
  for (const auto& [help, words] : helps) {
    texts.push_back(concat(joined(words), ": ", help));
  }
  flag.help = joined(texts, "; ");
  return flag;
}

}  // namespace

std::string action_word(const Command& action) { return action.name.substr(action.name.find(' ') + 1); }

const Command* find_action(const Command& command, std::string_view word) {
  const auto found = std::ranges::find(command.actions, word, action_word);
  return found == command.actions.end() ? nullptr : &*found;
}

Command with_actions(Command command, std::vector<Command> actions) {
  std::vector<std::string> words;
  for (const Command& action : actions) {
    words.push_back(action_word(action));
    command.examples.push_back(action.examples.front());
    for (const Flag& flag : action.flags) {
      if (std::ranges::find(command.flags, flag.name, &Flag::name) == command.flags.end()) {
        command.flags.push_back(shared_flag(flag, actions));
      }
    }
    for (const std::string& section : action.sections) {
      if (std::ranges::find(command.sections, section) == command.sections.end()) {
        command.sections.push_back(section);
      }
    }
  }
  command.positional = concat(joined(words, "|"), command.positional.empty() ? "" : " ", command.positional);
  command.actions = std::move(actions);
  return command;
}

}  // namespace veil::cli
