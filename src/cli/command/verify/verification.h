#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/command/verify/result_check.h"

namespace veil::cli {

/// What was done to verify a result, and what came of it.
struct Verification {
  std::filesystem::path result;
  std::filesystem::path model;
  int64_t examples = 0;    ///< scored again; 0: none, because the question would have been another
  int64_t of = 0;          ///< that the result has
  uint64_t seed = 0;       ///< of their choice
  double tolerance = 0.0;  ///< bits per dimension by which an example may differ
  double largest = 0.0;    ///< by which one did
  std::vector<ChangedValue> changes;
};

/// For people: what was proven, or every value that is not what it must be, up to a hundred.
[[nodiscard]] std::string verification_text(const Verification& verification);

/// The JSON object that `veil verify --json` prints (docs/file-formats.md), without its end of line.
[[nodiscard]] std::string verification_json(const Verification& verification);

}  // namespace veil::cli
