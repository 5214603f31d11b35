#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "veil/base/error.h"

namespace veil {

/// The numbers that an option may be: finite ones between two ends, which are allowed themselves unless marked open.
struct Range {
  double low = 0.0;
  double high = 0.0;
  bool open_low = false;
  bool open_high = false;
};

/// The integers that an option may be: the multiples of `multiple_of` from `low` to `high`.
struct IntegerRange {
  int64_t low = 0;
  int64_t high = 0;
  int64_t multiple_of = 1;
};

[[nodiscard]] bool contains(const Range& range, double value);
[[nodiscard]] bool contains(const IntegerRange& range, int64_t value);

/// For messages: "a number in (0, 10]", "an integer in [1, 256]", "a multiple of 4 in [4, 16384]".
[[nodiscard]] std::string describe(const Range& range);
[[nodiscard]] std::string describe(const IntegerRange& range);

/// The name of a field of an options struct, as a part of the message of an InvalidOption.
struct Field {
  std::string_view name;
};

std::ostream& operator<<(std::ostream& out, const Field& field);

/// An option that is out of range, or two that do not go together. what() names the fields as they stand in the
/// options struct ("dit_width is 50, want a multiple of dit_heads, which is 12").
class InvalidOption : public InvalidArgument {
 public:
  /// `text`: a message in which each name of a field was written as a Field, which is what require<InvalidOption> does.
  explicit InvalidOption(std::string text);

  /// The message with each field under the name that `name_of` gives it: whoever reads options from somewhere knows
  /// what they are called there.
  [[nodiscard]] std::string message(const std::function<std::string(std::string_view)>& name_of) const;

 private:
  std::string text_;
};

/// Throws InvalidOption ("NAME is 11, want a number in (0, 10]") unless `value` is in `range`.
void check_option(const Field& field, double value, const Range& range);
void check_option(const Field& field, int64_t value, const IntegerRange& range);

}  // namespace veil
