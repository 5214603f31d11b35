#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace veil::io {

/// A PNG file.
struct EventImage {
  std::string png;  ///< its bytes
};

/// Texts, each a field of a column.
struct EventTexts {
  std::vector<std::string> texts;
};

/// How often values fall between the limits of buckets.
struct EventHistogram {
  double low = 0.0;
  double high = 0.0;
  double count = 0.0;
  double sum = 0.0;
  double sum_of_squares = 0.0;
  std::vector<double> right_ends = {};  ///< of the buckets, ascending; the first begins at `low`
  std::vector<double> counts = {};      ///< values in each: from the left end to below the right one, in the last to it
};

/// 30 buckets of equal width from the least to the largest value, or one where all are equal. Values are finite, and
/// there is one at least.
[[nodiscard]] EventHistogram event_histogram(std::span<const double> values);

/// What TensorBoard shows under a name. Numbers it keeps as float32.
struct EventValue {
  std::string tag;  ///< words with slashes between them; what stands before the first groups them
  std::variant<double, EventImage, EventTexts, EventHistogram> value;
};

/// A record of an event file (TFRecord): length and bytes of a protocol buffer `Event`, each with a masked CRC-32C.
/// Every file begins with a version_record, whose time is of no account. time: seconds since 1970.
[[nodiscard]] std::string version_record(double time);
[[nodiscard]] std::string event_record(double time, int64_t step, const std::vector<EventValue>& values);

}  // namespace veil::io
