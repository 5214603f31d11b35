#include "veil/base/option.h"

#include <cmath>
#include <utility>

#include "base/words.h"

namespace veil {
namespace {

// Around the name of a field. Neither character can be part of a name, or of anything that is meant to be read.
constexpr char kOpen = '\x0e';
constexpr char kClose = '\x0f';

std::string renamed(const std::string& text, const std::function<std::string(std::string_view)>& name_of) {
  std::string result;
  size_t begin = 0;
  for (size_t open = text.find(kOpen); open != std::string::npos; open = text.find(kOpen, begin)) {
    const size_t close = text.find(kClose, open);
    result += text.substr(begin, open - begin);
    result += name_of(std::string_view(text).substr(open + 1, close - open - 1));
    begin = close + 1;
  }
  return result + text.substr(begin);
}

template <typename Number, typename Bounds>
void check_in(const Field& field, Number value, const Bounds& range) {
  require<InvalidOption>(contains(range, value), field, " is ", number_text(value), ", want ", describe(range));
}

}  // namespace

bool contains(const Range& range, double value) {
  return std::isfinite(value) && (range.open_low ? value > range.low : value >= range.low) &&
         (range.open_high ? value < range.high : value <= range.high);
}

bool contains(const IntegerRange& range, int64_t value) {
  return value >= range.low && value <= range.high && value % range.multiple_of == 0;
}

std::string describe(const Range& range) {
  return concat("a number in ", range.open_low ? '(' : '[', number_text(range.low), ", ", number_text(range.high),
                range.open_high ? ')' : ']');
}

std::string describe(const IntegerRange& range) {
  const std::string kind = range.multiple_of == 1 ? "an integer" : concat("a multiple of ", range.multiple_of);
  return concat(kind, " in [", range.low, ", ", range.high, "]");
}

std::ostream& operator<<(std::ostream& out, const Field& field) { return out << kOpen << field.name << kClose; }

InvalidOption::InvalidOption(std::string text)
    : InvalidArgument(renamed(text, [](std::string_view name) { return std::string(name); })), text_(std::move(text)) {}

std::string InvalidOption::message(const std::function<std::string(std::string_view)>& name_of) const {
  return renamed(text_, name_of);
}

void check_option(const Field& field, double value, const Range& range) { check_in(field, value, range); }

void check_option(const Field& field, int64_t value, const IntegerRange& range) { check_in(field, value, range); }

}  // namespace veil
