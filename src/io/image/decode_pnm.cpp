#include <algorithm>
#include <utility>

#include "io/image/decoders.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr uint32_t kMaxLevel = 65535;

bool is_blank(uint8_t byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }
bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

/// Reads on from the magic number. Every step beyond the end is an error.
class PnmReader {
 public:
  explicit PnmReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  /// A decimal number, after blanks and comments. One that is larger than `limit` becomes limit + 1.
  uint32_t number(uint32_t limit) {
    skip_blanks();
    require<DataError>(is_digit(peek()), "the PNM data are damaged (want a number)");
    uint64_t value = 0;
    for (; at_ < bytes_.size() && is_digit(bytes_[at_]); ++at_) {
      value = std::min<uint64_t>(10 * value + (bytes_[at_] - '0'), uint64_t{limit} + 1);
    }
    return static_cast<uint32_t>(value);
  }

  /// A digit of a bitmap in text, where no blanks need be between them.
  uint32_t bit() {
    skip_blanks();
    const auto byte = peek();
    require<DataError>(byte == '0' || byte == '1', "the PNM data are damaged (want 0 or 1)");
    ++at_;
    return byte - '0';
  }

  std::span<const uint8_t> take(size_t count) {
    require<DataError>(left() >= count, "the PNM data end early");
    at_ += count;
    return bytes_.subspan(at_ - count, count);
  }

  [[nodiscard]] size_t left() const { return bytes_.size() - at_; }

 private:
  [[nodiscard]] uint8_t peek() const {
    require<DataError>(left() > 0, "the PNM data end early");
    return bytes_[at_];
  }

  void skip_blanks() {
    bool in_comment = false;
    for (; left() > 0 && (in_comment || is_blank(bytes_[at_]) || bytes_[at_] == '#'); ++at_) {
      in_comment = bytes_[at_] == '#' || (in_comment && bytes_[at_] != '\n' && bytes_[at_] != '\r');
    }
  }

  std::span<const uint8_t> bytes_;
  size_t at_ = 2;
};

struct Pnm {
  bool is_bitmap = false;
  bool is_text = false;
  int64_t width = 0;
  int64_t height = 0;
  int64_t channels = 1;
  uint32_t levels = 1;  // the brightest value

  [[nodiscard]] size_t size() const { return static_cast<size_t>(width * height * channels); }
};

Pnm read_header(PnmReader& reader, char kind) {
  Pnm pnm{.is_bitmap = kind == '1' || kind == '4', .is_text = kind <= '3'};
  pnm.width = reader.number(kMaxLevel);
  pnm.height = reader.number(kMaxLevel);
  check_image_size(pnm.width, pnm.height);
  if (!pnm.is_bitmap) {
    pnm.levels = reader.number(kMaxLevel);
    require<DataError>(pnm.levels >= 1 && pnm.levels <= kMaxLevel, "the PNM data are damaged (brightest value ",
                       pnm.levels, ", want 1 .. ", kMaxLevel, ")");
  }
  pnm.channels = kind == '3' || kind == '6' ? 3 : 1;
  return pnm;
}

uint8_t to_byte(uint32_t value, uint32_t levels) {
  require<DataError>(value <= levels, "the PNM data are damaged (", value, " is above the brightest value ", levels,
                     ")");
  // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): read_header wants 1 or more
  return static_cast<uint8_t>((value * 255 + levels / 2) / levels);
}

std::vector<uint8_t> read_text(PnmReader& reader, const Pnm& pnm) {
  require<DataError>(reader.left() >= pnm.size(), "the PNM data end early");
  std::vector<uint8_t> values(pnm.size());
  for (auto& value : values) {
    value =
        pnm.is_bitmap ? static_cast<uint8_t>(255 * (1 - reader.bit())) : to_byte(reader.number(pnm.levels), pnm.levels);
  }
  return values;
}

// Rows of bits, the highest first, 1 for black.
std::vector<uint8_t> read_bits(PnmReader& reader, const Pnm& pnm) {
  const auto width = static_cast<size_t>(pnm.width);
  const size_t row_bytes = (width + 7) / 8;
  const auto data = reader.take(row_bytes * static_cast<size_t>(pnm.height));
  std::vector<uint8_t> values(pnm.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t x = i % width;
    values[i] = (data[i / width * row_bytes + x / 8] >> (7 - x % 8) & 1) != 0 ? 0 : 255;
  }
  return values;
}

std::vector<uint8_t> read_numbers(PnmReader& reader, const Pnm& pnm) {
  const size_t width = pnm.levels > 255 ? 2 : 1;
  const auto data = reader.take(pnm.size() * width);
  std::vector<uint8_t> values(pnm.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const uint32_t value = width == 1 ? data[i] : uint32_t{data[2 * i]} << 8 | data[2 * i + 1];
    values[i] = to_byte(value, pnm.levels);
  }
  return values;
}

}  // namespace

DecodedImage decode_pnm(std::span<const uint8_t> bytes) {
  PnmReader reader(bytes);
  const auto pnm = read_header(reader, static_cast<char>(bytes[1]));
  DecodedImage image;
  image.pixels = {.height = pnm.height, .width = pnm.width, .channels = pnm.channels, .values = {}};
  if (pnm.is_text) {
    image.pixels.values = read_text(reader, pnm);
  } else {
    require<DataError>(is_blank(reader.take(1)[0]), "the PNM data are damaged (no blank behind the header)");
    image.pixels.values = pnm.is_bitmap ? read_bits(reader, pnm) : read_numbers(reader, pnm);
  }
  if (pnm.levels > 255) {
    image.conversions.emplace_back(kSixteenBits);
  } else if (pnm.levels != 255 && !pnm.is_bitmap) {
    image.conversions.emplace_back(kLevels);
  }
  return image;
}

}  // namespace veil::io
