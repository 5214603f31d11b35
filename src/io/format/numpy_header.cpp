#include "io/format/numpy_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr std::array<uint8_t, 6> kMagic{0x93, 'N', 'U', 'M', 'P', 'Y'};
constexpr size_t kLongestHeader = size_t{64} << 10;
constexpr size_t kMaxRank = 8;
constexpr int64_t kMostBytes = int64_t{1} << 46;

// The one kind of dictionary that NumPy writes: {'descr': '<i8', 'fortran_order': False, 'shape': (2, 3), }, keys in
// any order.
class HeaderText {
 public:
  HeaderText(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {}

  NumpyHeader parse() {
    expect('{');
    while (!accept('}')) {
      const auto key = quoted();
      expect(':');
      value_of(key);
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    require<DataError>(text_.empty() && type_ && fortran_ && shape_, origin_,
                       ": found a NumPy header without descr, fortran_order or shape, or with more than them");
    return {.type = *type_, .fortran = *fortran_, .shape = *shape_, .unusable = unusable_};
  }

 private:
  void value_of(const std::string& key) {
    if (key == "descr" && !type_) {
      type_ = type();
    } else if (key == "fortran_order" && !fortran_) {
      fortran_ = truth();
    } else if (key == "shape" && !shape_) {
      shape_ = sizes();
    } else {
      refuse_unless(false, "a NumPy header with an unknown or repeated key");
    }
  }

  void refuse_unless(bool condition, const char* what) const {
    require<DataError>(condition, origin_, ": found ", what);
  }

  void skip_blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t\n\r"), text_.size())); }

  bool accept(char wanted) {
    skip_blanks();
    if (text_.empty() || text_.front() != wanted) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) { refuse_unless(accept(wanted), "a damaged NumPy header"); }

  std::string quoted() {
    skip_blanks();
    refuse_unless(!text_.empty() && (text_.front() == '\'' || text_.front() == '"'), "a damaged NumPy header");
    const auto end = text_.find(text_.front(), 1);
    refuse_unless(end != std::string_view::npos, "a damaged NumPy header");
    const std::string value(text_.substr(1, end - 1));
    text_.remove_prefix(end + 1);
    return value;
  }

  std::string type() {
    skip_blanks();
    if (!text_.starts_with('[')) {
      return quoted();
    }
    unusable_ = "found records of several fields, want an array of plain numbers";
    int64_t depth = 0;
    size_t end = 0;
    do {
      refuse_unless(end < text_.size(), "a damaged NumPy header");
      depth += text_[end] == '[' ? 1 : text_[end] == ']' ? -1 : 0;
      ++end;
    } while (depth > 0);
    text_.remove_prefix(end);
    return "records";
  }

  bool truth() {
    skip_blanks();
    const bool value = text_.starts_with("True");
    refuse_unless(value || text_.starts_with("False"), "a damaged NumPy header");
    text_.remove_prefix(value ? 4 : 5);
    return value;
  }

  std::vector<int64_t> sizes() {
    std::vector<int64_t> sizes;
    expect('(');
    while (!accept(')')) {
      skip_blanks();
      int64_t size = -1;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      refuse_unless(error == std::errc() && size >= 0, "a damaged NumPy header");
      text_.remove_prefix(static_cast<size_t>(end - text_.data()));
      (void)(text_.starts_with('L') && accept('L'));  // Python 2 wrote 3L
      sizes.push_back(size);
      refuse_unless(sizes.size() <= kMaxRank, "an array of more than 8 dimensions");
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return sizes;
  }

  std::string_view text_;
  const std::string& origin_;
  std::optional<std::string> type_;
  std::optional<bool> fortran_;
  std::optional<std::vector<int64_t>> shape_;
  std::string unusable_;
};

// One spelling for each type: a byte has no order, and '=' is the order of the machine that wrote it, which was ours.
void spell_type(NumpyHeader& header) {
  const auto bytes = value_bytes(header.type);
  if (bytes > 0 && (bytes == 1 || header.type[0] == '=')) {
    header.type[0] = bytes == 1 ? '|' : '<';
  }
}

void check_values(NumpyHeader& header, const std::string& origin) {
  int64_t bytes = value_bytes(header.type);
  if (header.unusable.empty() && bytes == 0) {
    header.unusable =
        header.type.find('O') != std::string::npos
            ? "found Python objects as values, which are a pickle inside and could run code; save plain numbers"
            : concat("found values of type '", header.type.substr(0, 20), "', want numbers");
  }
  bool overflows = false;
  for (const auto size : header.shape) {
    overflows |= __builtin_mul_overflow(bytes, size, &bytes);
  }
  require<DataError>(!overflows && bytes <= kMostBytes, origin, ": found a NumPy header that promises too many values");
}

}  // namespace

int64_t NumpyHeader::bytes() const {
  int64_t bytes = value_bytes(type);
  for (const auto size : shape) {
    bytes *= size;
  }
  return bytes;
}

int64_t value_bytes(const std::string& type) {
  if (type.size() < 3 || std::string_view("<>|=").find(type[0]) == std::string_view::npos ||
      std::string_view("biufc").find(type[1]) == std::string_view::npos) {
    return 0;
  }
  int64_t bytes = 0;
  const auto [end, error] = std::from_chars(type.data() + 2, type.data() + type.size(), bytes);
  return error == std::errc() && end == type.data() + type.size() && bytes >= 1 && bytes <= 32 ? bytes : 0;
}

NumpyHeader read_numpy_header(const ReadBytes& read, const std::string& origin) {
  std::array<uint8_t, 8> start{};
  const auto found = read(start);
  require<DataError>(found == start.size() && std::equal(kMagic.begin(), kMagic.end(), start.begin()), origin,
                     ": found no NumPy header, want a .npy array");
  const auto version = start[6];
  require<DataError>(version >= 1 && version <= 3, origin, ": found version ", static_cast<int>(version),
                     " of the NumPy format, want 1, 2 or 3");
  std::array<uint8_t, 4> counter{};
  const auto digits = std::span(counter).first(version == 1 ? 2 : 4);
  require<DataError>(read(digits) == digits.size(), origin, ": the NumPy header is cut");
  const size_t length = counter[0] | counter[1] << 8 | counter[2] << 16 | static_cast<size_t>(counter[3]) << 24;
  require<DataError>(length <= kLongestHeader, origin, ": found a NumPy header of ", length, " bytes, want at most ",
                     kLongestHeader);
  std::vector<uint8_t> text(length);
  require<DataError>(read(text) == length, origin, ": the NumPy header is cut");
  auto header = HeaderText({reinterpret_cast<const char*>(text.data()), length}, origin).parse();
  spell_type(header);
  check_values(header, origin);
  return header;
}

}  // namespace veil::io
