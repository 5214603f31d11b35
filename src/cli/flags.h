#pragma once

#include <string>
#include <utility>

#include "cli/command_line.h"

namespace veil::cli {

// Flags that several commands have, and makers of others.

inline const Flag kModel{
    .name = "model", .argument = "FILE|DIR", .help = "a model file, the folder of a run or a checkpoint", .key = {}};
inline const Flag kConfig{.name = "config", .argument = "FILE", .help = "settings, as an INI file", .key = {}};
inline const Flag kJson{.name = "json", .argument = {}, .help = "print one JSON object", .key = {}};

inline const Flag kForce{
    .name = "force",
    .argument = {},
    .help = "replace files that veil did not write as such an output; what is read is never replaced",
    .key = {}};

/// help: where the text of the key would mislead; else empty.
[[nodiscard]] inline Flag short_name(std::string name, std::string argument, std::string key, std::string help = {}) {
  return {.name = std::move(name), .argument = std::move(argument), .help = std::move(help), .key = std::move(key)};
}

[[nodiscard]] inline Flag scored_split() {
  return short_name("split", "NAME", "data.evaluation_split",
                    "part of the data to score: train, valid, test or all; default test, with --data of images that "
                    "are not divided all");
}

[[nodiscard]] inline Flag plain(std::string name, std::string argument, std::string help) {
  return {.name = std::move(name), .argument = std::move(argument), .help = std::move(help), .key = {}};
}

}  // namespace veil::cli
