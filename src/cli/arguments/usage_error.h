#pragma once

#include "veil/base/error.h"

namespace veil::cli {

/// A command line or a configuration that says something wrong: an unknown flag or key, a value that is not allowed.
/// Exit code 2.
class UsageError : public InvalidArgument {
 public:
  using InvalidArgument::InvalidArgument;
};

}  // namespace veil::cli
