#include "io/run/event_record.h"

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <string_view>

#include "veil/base/error.h"

namespace veil::io {
namespace {

// Fields of the messages in tensorboard/compat/proto: event, summary, tensor, tensor_shape.
constexpr int kEventTime = 1;
constexpr int kEventStep = 2;
constexpr int kEventVersion = 3;
constexpr int kEventSummary = 5;
constexpr int kSummaryValue = 1;
constexpr int kValueTag = 1;
constexpr int kValueNumber = 2;
constexpr int kValueImage = 4;
constexpr int kValueHistogram = 5;
constexpr int kValueTensor = 8;
constexpr int kValueMetadata = 9;
constexpr uint64_t kString = 7;   // of DataType
constexpr uint64_t kTensors = 2;  // of DataClass

constexpr const char* kVersion = "brain.Event:2";
constexpr size_t kBuckets = 30;

template <std::unsigned_integral Integer>
std::string bytes_of(Integer number) {
  std::string bytes;
  for (size_t i = 0; i < sizeof number; ++i) {
    bytes += static_cast<char>((number >> (8 * i)) & 0xff);
  }
  return bytes;
}

// A protocol buffer as it grows. https://protobuf.dev/programming-guides/encoding
class Message {
 public:
  void number(int field, uint64_t value) {
    key(field, 0);
    varint(value);
  }
  void real(int field, double value) {
    key(field, 1);
    bytes_ += bytes_of(std::bit_cast<uint64_t>(value));
  }
  void single(int field, float value) {
    key(field, 5);
    bytes_ += bytes_of(std::bit_cast<uint32_t>(value));
  }
  void bytes(int field, std::string_view value) {
    key(field, 2);
    varint(value.size());
    bytes_ += value;
  }
  void message(int field, const Message& value) { bytes(field, value.bytes_); }
  void reals(int field, const std::vector<double>& values) {
    std::string packed;
    for (const double value : values) {
      packed += bytes_of(std::bit_cast<uint64_t>(value));
    }
    bytes(field, packed);
  }

  [[nodiscard]] const std::string& text() const { return bytes_; }

 private:
  void key(int field, uint64_t kind) { varint(static_cast<uint64_t>(field) << 3 | kind); }

  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
      bytes_ += static_cast<char>((value & 0x7f) | 0x80);
    }
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

constexpr std::array<uint32_t, 256> crc_table() {
  constexpr uint32_t kCastagnoli = 0x82f63b78;  // lowest bit first
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) {
      rest = rest >> 1 ^ ((rest & 1U) != 0 ? kCastagnoli : 0U);
    }
    table[byte] = rest;
  }
  return table;
}

// CRC-32C as TFRecords have it, so that it does not become a part of what it protects.
uint32_t masked_crc(std::string_view bytes) {
  static constexpr auto kTable = crc_table();
  uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xffU];
  }
  return std::rotr(~crc, 15) + 0xa282ead8U;
}

std::string framed(const Message& event) {
  const std::string length = bytes_of(static_cast<uint64_t>(event.text().size()));
  return concat(length, bytes_of(masked_crc(length)), event.text(), bytes_of(masked_crc(event.text())));
}

void put(Message& value, double number) { value.single(kValueNumber, static_cast<float>(number)); }

uint32_t big_endian(std::string_view png, size_t at) {
  uint32_t number = 0;
  for (const char byte : png.substr(at, 4)) {
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return number;
}

// Width and height stand where every PNG file has them, and the kind of colour: bit 1 means three channels.
void put(Message& value, const EventImage& image) {
  constexpr size_t kHead = 26;
  require(image.png.size() >= kHead, "a picture of an event has ", image.png.size(), " bytes, want a PNG file");
  const bool is_colour = (static_cast<unsigned char>(image.png[25]) & 2U) != 0;
  Message message;
  message.number(1, big_endian(image.png, 20));
  message.number(2, big_endian(image.png, 16));
  message.number(3, is_colour ? 3 : 1);
  message.bytes(4, image.png);
  value.message(kValueImage, message);
}

void put(Message& value, const EventHistogram& histogram) {
  Message message;
  message.real(1, histogram.low);
  message.real(2, histogram.high);
  message.real(3, histogram.count);
  message.real(4, histogram.sum);
  message.real(5, histogram.sum_of_squares);
  message.reals(6, histogram.right_ends);
  message.reals(7, histogram.counts);
  value.message(kValueHistogram, message);
}

// A tensor of strings, and the word by which TensorBoard knows that they are for people.
void put(Message& value, const EventTexts& texts) {
  Message size;
  size.number(1, texts.texts.size());
  Message shape;
  shape.message(2, size);
  Message tensor;
  tensor.number(1, kString);
  tensor.message(2, shape);
  for (const auto& text : texts.texts) {
    tensor.bytes(8, text);
  }
  Message plugin;
  plugin.bytes(1, "text");
  Message metadata;
  metadata.message(1, plugin);
  metadata.number(4, kTensors);
  value.message(kValueTensor, tensor);
  value.message(kValueMetadata, metadata);
}

}  // namespace

EventHistogram event_histogram(std::span<const double> values) {
  require(!values.empty(), "a histogram has no values");
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const size_t buckets = *low < *high ? kBuckets : 1;
  const double width = (*high - *low) / static_cast<double>(buckets);
  EventHistogram histogram{.low = *low, .high = *high, .count = static_cast<double>(values.size())};
  histogram.counts.assign(buckets, 0.0);
  for (size_t i = 1; i < buckets; ++i) {
    histogram.right_ends.push_back(*low + static_cast<double>(i) * width);
  }
  histogram.right_ends.push_back(*high);
  for (const double value : values) {
    histogram.sum += value;
    histogram.sum_of_squares += value * value;
    const auto end = std::upper_bound(histogram.right_ends.begin(), histogram.right_ends.end() - 1, value);
    ++histogram.counts[static_cast<size_t>(end - histogram.right_ends.begin())];
  }
  return histogram;
}

std::string version_record(double time) {
  Message event;
  event.real(kEventTime, time);
  event.bytes(kEventVersion, kVersion);
  return framed(event);
}

std::string event_record(double time, int64_t step, const std::vector<EventValue>& values) {
  Message summary;
  for (const auto& each : values) {
    Message value;
    value.bytes(kValueTag, each.tag);
    std::visit([&](const auto& content) { put(value, content); }, each.value);
    summary.message(kSummaryValue, value);
  }
  Message event;
  event.real(kEventTime, time);
  event.number(kEventStep, static_cast<uint64_t>(step));
  event.message(kEventSummary, summary);
  return framed(event);
}

}  // namespace veil::io
