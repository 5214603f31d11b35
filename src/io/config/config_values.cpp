#include "io/config/config_values.h"

#include <algorithm>
#include <charconv>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

// The whole text as a number; from_chars knows no locale, no leading blanks and no plus sign.
template <typename Number>
bool parse_number(std::string_view text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

bool parse_integer(std::string_view text, const IntegerRange& range, int64_t& value) {
  return parse_number(text, value) && contains(range, value);
}

template <typename Integer>
ConfigKey plain_integer_key(std::string name, std::string help, std::string wanted, Access<Integer> field) {
  ConfigKey key{.name = std::move(name), .help = std::move(help), .wanted = std::move(wanted), .set = {}, .get = {}};
  key.get = [field](const RunConfig& config) { return std::to_string(field.in(config)); };
  return key;
}

std::vector<std::string_view> split_at_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    std::string_view part = text.substr(begin, end - begin);
    while (part.starts_with(' ')) {
      part.remove_prefix(1);
    }
    while (part.ends_with(' ')) {
      part.remove_suffix(1);
    }
    parts.push_back(part);
    begin = end + 1;
  }
  return parts;
}

// What an INI file can hold and give back unchanged.
bool is_plain_text(std::string_view text) {
  if (text.empty() || text.size() > 4096 || text.front() == ' ' || text.back() == ' ') {
    return false;
  }
  return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) || c == '#'; });
}

}  // namespace

std::string join_choices(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += i == 0 ? "" : i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

void refuse_value(std::string_view name, std::string_view text, std::string_view wanted) {
  const std::string given = text.empty() ? std::string("empty") : shortened(text);
  throw InvalidArgument(concat(name, " is ", given, ", want ", wanted));
}

ConfigKey integer_key(std::string name, std::string help, Access<int64_t> field, IntegerRange range,
                      const std::string& more) {
  ConfigKey key = plain_integer_key<int64_t>(std::move(name), std::move(help), describe(range) + more, field);
  key.set = [field, range, id = key.name, wanted = key.wanted](RunConfig& config, std::string_view text) {
    int64_t value = 0;
    if (!parse_integer(text, range, value)) {
      refuse_value(id, text, wanted);
    }
    field.to(config) = value;
  };
  return key;
}

ConfigKey seed_key(std::string name, std::string help, Access<uint64_t> field) {
  ConfigKey key =
      plain_integer_key<uint64_t>(std::move(name), std::move(help), "an integer in [0, 18446744073709551615]", field);
  key.set = [field, id = key.name, wanted = key.wanted](RunConfig& config, std::string_view text) {
    uint64_t value = 0;
    if (!parse_number(text, value)) {
      refuse_value(id, text, wanted);
    }
    field.to(config) = value;
  };
  return key;
}

ConfigKey real_key(std::string name, std::string help, Access<double> field, Range range) {
  ConfigKey key{.name = std::move(name), .help = std::move(help), .wanted = describe(range), .set = {}, .get = {}};
  key.set = [field, range, id = key.name, wanted = key.wanted](RunConfig& config, std::string_view text) {
    double value = 0.0;
    if (!parse_number(text, value) || !contains(range, value)) {
      refuse_value(id, text, wanted);
    }
    field.to(config) = value;
  };
  key.get = [field](const RunConfig& config) { return number_text(field.in(config)); };
  return key;
}

ConfigKey boolean_key(std::string name, std::string help, Access<bool> field) {
  ConfigKey key{.name = std::move(name), .help = std::move(help), .wanted = "true or false", .set = {}, .get = {}};
  key.set = [field, id = key.name, wanted = key.wanted](RunConfig& config, std::string_view text) {
    const bool on = text == "true" || text == "on" || text == "yes" || text == "1";
    if (!on && text != "false" && text != "off" && text != "no" && text != "0") {
      refuse_value(id, text, wanted);
    }
    field.to(config) = on;
  };
  key.get = [field](const RunConfig& config) { return std::string(field.in(config) ? "true" : "false"); };
  return key;
}

ConfigKey text_key(std::string name, std::string help, Access<std::string> field) {
  ConfigKey key{.name = std::move(name),
                .help = std::move(help),
                .wanted = "1 to 4096 characters on one line, without # and blank ends",
                .set = {},
                .get = {}};
  key.set = [field, id = key.name, wanted = key.wanted](RunConfig& config, std::string_view text) {
    if (!is_plain_text(text)) {
      refuse_value(id, text, wanted);
    }
    field.to(config) = std::string(text);
  };
  key.get = [field](const RunConfig& config) { return field.in(config); };
  return key;
}

ConfigKey integer_list_key(std::string name, std::string help, Access<std::vector<int64_t>> field, IntegerRange lengths,
                           IntegerRange range, const std::string& more) {
  ConfigKey key{.name = std::move(name),
                .help = std::move(help),
                .wanted = concat(lengths.low, " to ", lengths.high, " integers in [", range.low, ", ", range.high,
                                 "] with commas between them", more),
                .set = {},
                .get = {}};
  key.set = [field, lengths, range, id = key.name, wanted = key.wanted](RunConfig& config, std::string_view text) {
    std::vector<int64_t> values;
    for (const std::string_view part : split_at_commas(text)) {
      int64_t value = 0;
      if (static_cast<int64_t>(values.size()) == lengths.high || !parse_integer(part, range, value)) {
        refuse_value(id, text, wanted);
      }
      values.push_back(value);
    }
    field.to(config) = std::move(values);
  };
  key.get = [field](const RunConfig& config) {
    std::string text;
    for (const int64_t value : field.in(config)) {
      text.append(text.empty() ? "" : ",").append(std::to_string(value));
    }
    return text;
  };
  return key;
}

}  // namespace veil::io
