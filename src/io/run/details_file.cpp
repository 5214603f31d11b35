#include "io/run/details_file.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "io/file/files.h"
#include "io/file/strict_json.h"
#include "io/run/record_fields.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr int64_t kSchemaVersion = 1;
constexpr int64_t kMaxBytes = int64_t{64} << 20;
constexpr size_t kMostExamples = 1'000;
constexpr const char* kVersion = "schema_version";
constexpr const char* kMostBits = "most_bits";
constexpr const char* kFewestBits = "fewest_bits";
constexpr const char* kPositionBits = "position_bits";
constexpr const char* kCompressed = "compressed_indices";
constexpr const char* kCompressors = "compressors";
constexpr const char* kEach = "bits_of_each";
constexpr const char* kLabel = "label";

template <Is<EvaluationDetails> Details>
void visit_fields(Details& details, const auto& visit) {
  visit(kBitsPerDim, details.bits_per_dim);
  visit("height", details.shape.height);
  visit("width", details.shape.width);
  visit("channels", details.shape.channels);
  visit("pictured", details.pictured);
  visit("white_bits_per_pixel", details.white);
  visit("mapped", details.mapped);
}

template <Is<PicturedExample> Example>
void visit_fields(Example& example, const auto& visit) {
  visit("index", example.index);
  visit("name", example.name);
  visit("class", example.class_name);
  visit(kBitsPerDim, example.bits_per_dim);
  visit("mask_standard_error", example.mask_standard_error);
  visit("picture", example.picture);
  visit("map", example.map);
  visit("text", example.text);
}

template <Is<CompressorFigure> Figure>
void visit_fields(Figure& figure, const auto& visit) {
  visit("name", figure.name);
  visit("bits_together", figure.together);
}

// Four decimals: of maps that are looked at, in a file that stays small.
double rounded(double bits) { return std::round(bits * 1e4) / 1e4; }

OrderedJson examples_to_json(const std::vector<PicturedExample>& examples) {
  auto list = OrderedJson::array();
  for (const auto& example : examples) {
    OrderedJson object;
    visit_fields(example, FieldWriter(object));
    if (example.label >= 0) {
      object[kLabel] = example.label;
    }
    list.push_back(std::move(object));
  }
  return list;
}

const Json& list_at(const Json& object, const char* name, size_t most, const std::string& origin) {
  const auto found = object.find(name);
  require<DataError>(found != object.end() && found->is_array() && found->size() <= most, origin, ": '", name,
                     "' is not a list of at most ", most);
  return *found;
}

template <typename Number>
std::vector<Number> numbers_at(const Json& object, const char* name, const std::string& origin) {
  std::vector<Number> numbers;
  for (const auto& number : list_at(object, name, std::numeric_limits<size_t>::max(), origin)) {
    require<DataError>(std::is_integral_v<Number> ? number.is_number_unsigned() : number.is_number(), origin, ": '",
                       name, "' holds something that is not a number");
    numbers.push_back(number.get<Number>());
  }
  return numbers;
}

std::vector<PicturedExample> examples_at(const Json& object, const char* name, const std::string& origin) {
  std::vector<PicturedExample> examples;
  for (const auto& each : list_at(object, name, kMostExamples, origin)) {
    PicturedExample example;
    visit_fields(example, FieldReader(each, origin, Missing::kNone));
    if (each.contains(kLabel)) {
      FieldReader(each, origin, Missing::kNone)(kLabel, example.label);
    }
    examples.push_back(std::move(example));
  }
  return examples;
}

void read_compressors(EvaluationDetails& details, const Json& object, const std::string& origin) {
  details.compressed_indices = numbers_at<int64_t>(object, kCompressed, origin);
  for (const auto& each : list_at(object, kCompressors, kMostExamples, origin)) {
    CompressorFigure figure;
    visit_fields(figure, FieldReader(each, origin, Missing::kAbsent));
    figure.each = numbers_at<double>(each, kEach, origin);
    require<DataError>(figure.each.size() == details.compressed_indices.size(), origin, ": '", kEach, "' has ",
                       figure.each.size(), " numbers, want one for each of ", details.compressed_indices.size(),
                       " images");
    details.compressors.push_back(std::move(figure));
  }
}

}  // namespace

void write_details(const std::filesystem::path& file, const EvaluationDetails& details) {
  OrderedJson object;
  const FieldWriter write(object);
  write(kVersion, kSchemaVersion);
  visit_fields(details, write);
  auto positions = OrderedJson::array();
  for (const double bits : details.position_bits) {
    positions.push_back(rounded(bits));
  }
  object[kPositionBits] = std::move(positions);
  write(kCompressed, details.compressed_indices);
  object[kCompressors] = OrderedJson::array();
  for (const auto& figure : details.compressors) {
    OrderedJson each;
    visit_fields(figure, FieldWriter(each));
    each[kEach] = figure.each;
    object[kCompressors].push_back(std::move(each));
  }
  object[kMostBits] = examples_to_json(details.most_bits);
  object[kFewestBits] = examples_to_json(details.fewest_bits);
  write_file(file, object.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + '\n');
}

EvaluationDetails details_from_json(std::string_view json, const std::string& origin) {
  const Json object = parse_json(json, origin);
  const FieldReader read(object, origin, Missing::kNone);
  int64_t version = 0;
  read(kVersion, version);
  require<DataError>(version == kSchemaVersion, origin, ": ", kVersion, " is ", version, ", want ", kSchemaVersion);
  EvaluationDetails details;
  visit_fields(details, read);
  details.position_bits = numbers_at<double>(object, kPositionBits, origin);
  const auto& shape = details.shape;
  const bool is_whole = shape.height <= 65535 && shape.width <= (int64_t{1} << 31) && shape.channels <= 3 &&
                        std::ssize(details.position_bits) == shape.length();
  require<DataError>(details.position_bits.empty() || is_whole, origin, ": '", kPositionBits, "' has ",
                     details.position_bits.size(), " numbers, want none or one for each position");
  read_compressors(details, object, origin);
  details.most_bits = examples_at(object, kMostBits, origin);
  details.fewest_bits = examples_at(object, kFewestBits, origin);
  return details;
}

EvaluationDetails read_details(const std::filesystem::path& file) {
  const auto bytes = read_file(file, kMaxBytes);
  return details_from_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
}

}  // namespace veil::io
