#include <string>

#include "base/words.h"
#include "cli/command_line.h"
#include "cli/completion.h"
#include "cli/terminal/output.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

// Text as troff shows it letter for letter. A line that began with a point or a quote would be a command.
std::string shown(std::string_view text) {
  std::string result;
  for (const char letter : printable(std::string(text))) {
    result += letter == '\\' ? "\\e" : letter == '-' ? "\\-" : std::string(1, letter);
  }
  return !result.empty() && (result.front() == '.' || result.front() == '\'') ? "\\&" + result : result;
}

std::string paragraph(const std::string& tag, const std::string& text) {
  return concat(".TP\n.B ", shown(tag), "\n", shown(text), "\n");
}

std::string section_of(const Command& command) {
  std::string text = concat(".SS ", shown(concat("veil ", command.name)), "\n", shown(command.summary), ".\n");
  if (!command.positional.empty()) {
    text += concat(".PP\nWords: ", shown(command.positional), "\n");
  }
  for (const Flag& flag : command.flags) {
    const std::string tag = concat("--", flag.name, flag.argument.empty() ? "" : " ", flag.argument);
    text += paragraph(tag, help_of(flag));
  }
  if (!command.sections.empty()) {
    text += concat(".PP\nTakes the settings of ", shown(joined(command.sections)), ", see below.\n");
  }
  text += ".PP\nExamples:\n.nf\n";
  for (const std::string& example : command.examples) {
    text += concat(shown(example), "\n");
  }
  return text + ".fi\n";
}

// Its actions in its place, where it has some: its own flags are theirs.
std::string sections_of(const Command& command) {
  if (command.actions.empty()) {
    return section_of(command);
  }
  std::string text;
  for (const Command& action : command.actions) {
    text += section_of(action);
  }
  return text;
}

std::string settings() {
  std::string text =
      ".SH SETTINGS\nAs \\-\\-section.key=value, or in a file for \\-\\-config as [section] and key = value.\n";
  for (const std::string& key : keys_of(find_command("train"))) {  // it takes them all
    text += paragraph(key, key_text(key));
  }
  return text;
}

}  // namespace

std::string manual_page() {
  std::string text = concat(".TH VEIL 1 \"\" \"veil ", VEIL_VERSION, "\" \"User commands\"\n",
                            ".SH NAME\nveil \\- masked discrete diffusion on images and text\n",
                            ".SH SYNOPSIS\n.B veil\n.I command\n[flags] [\\-\\-section.key=value ...]\n",
                            ".SH COMMANDS\nEvery command takes \\-h, \\-\\-help and \\-q, \\-\\-quiet.\n");
  for (const Command& command : commands()) {
    text += sections_of(command);
  }
  return concat(text, settings(), ".SH ENVIRONMENT\n",
                paragraph("VEIL_DATA",
                          "folder in which data sets are looked for by name, before those that came with "
                          "the program"),
                ".SH EXIT STATUS\n", shown(exit_codes_text()), "\n");
}

int run_manual(const Arguments& /*arguments*/) {
  print(manual_page());
  return 0;
}

}  // namespace veil::cli
