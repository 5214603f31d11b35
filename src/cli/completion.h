#pragma once

#include <string>
#include <string_view>

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// A script that completes the words of a command line of veil in bash, zsh or fish, made from the table of commands.
/// Throws UsageError for another shell.
[[nodiscard]] std::string completion_script(std::string_view shell);

/// The manual page veil(1) as the source text that `man -l` shows, made from the table of commands.
[[nodiscard]] std::string manual_page();

/// `veil completion bash|zsh|fish` and `veil manual`: print one of these; return the exit code.
int run_completion(const Arguments& arguments);
int run_manual(const Arguments& arguments);

}  // namespace veil::cli
