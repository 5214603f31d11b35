#pragma once

#include <string>

namespace veil::cli {

/// A text of veil::io in which settings of the data are called as the flags of `veil data`: "data.size 32" becomes
/// "--size 32". Of words that stand alone or in brackets.
[[nodiscard]] std::string as_flags(const std::string& text);

}  // namespace veil::cli
