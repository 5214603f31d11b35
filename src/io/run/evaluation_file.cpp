#include "io/run/evaluation_file.h"

#include <cmath>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "io/file/files.h"
#include "io/file/strict_json.h"
#include "io/run/record_fields.h"
#include "veil/base/error.h"
#include "veil/data/dataset_info.h"

namespace veil::io {
namespace {

using Json = nlohmann::json;

constexpr int64_t kSchemaVersion = 1;
constexpr int64_t kMostExampleBits = 100'000;
constexpr int64_t kMostReplicateBits = 4 * kMostExampleBits;
constexpr int64_t kMaxBytes = int64_t{64} << 20;
constexpr size_t kMostBins = 10'000;
constexpr const char* kVersion = "schema_version";
constexpr const char* kConditional = "conditional_on_label";
constexpr const char* kProfile = "profile";
constexpr const char* kClasses = "label_classes";
constexpr const char* kExampleBits = "example_bits";
constexpr const char* kExampleIndices = "example_indices";
constexpr const char* kReplicateBits = "example_replicate_bits";
constexpr const char* kPerClass = "per_class";
constexpr const char* kSettings = "settings";
constexpr const char* kInTraining = "examples_in_training";

// All fields of one kind but the figure, which alone has to be there.
template <Is<EvaluationReport> Report>
void visit_fields(Report& report, const auto& visit) {
  visit(kStandardError, report.standard_error);
  visit("mask_standard_error", report.mask_standard_error);
  visit("confidence_low", report.confidence_low);
  visit("confidence_high", report.confidence_high);
  visit(kExamples, report.examples);
  visit(kDatasetSize, report.dataset_size);
  visit("passes", report.passes);
  visit("replicates", report.replicates);
  visit("estimator", report.estimator);
  visit("control", report.control);
  visit("form", report.form);
  visit("limit", report.limit);
  visit("dataset", report.dataset);
  visit("split", report.split);
  visit("weights", report.weights);
  visit("seed", report.seed);
  visit("length", report.length);
  visit("step", report.step);
  visit("precision", report.precision);
  visit("device", report.device);
  visit("veil_version", report.veil_version);
  visit("libtorch_version", report.libtorch_version);
  visit("model", report.model);
  visit("model_sha256", report.model_sha256);
  visit("data_fingerprint", report.data_fingerprint);
}

template <Is<ProfileBin> Bin>
void visit_fields(Bin& bin, const auto& visit) {
  visit("first_count", bin.first_count);
  visit("last_count", bin.last_count);
  visit("samples", bin.samples);
  visit("sum", bin.sum);
  visit("sum_squares", bin.sum_squares);
}

template <Is<ClassFigure> Figure>
void visit_fields(Figure& figure, const auto& visit) {
  visit("label", figure.label);
  visit("name", figure.name);
  visit(kExamples, figure.examples);
  visit(kBitsPerDim, figure.bits_per_dim);
  visit(kStandardError, figure.standard_error);
}

template <typename Record>
nlohmann::ordered_json list_to_json(const std::vector<Record>& records) {
  auto list = nlohmann::ordered_json::array();
  for (const Record& record : records) {
    nlohmann::ordered_json object;
    visit_fields(record, FieldWriter(object));
    list.push_back(std::move(object));
  }
  return list;
}

template <typename Record>
std::vector<Record> list_from_json(const Json& list, const char* name, size_t most, Missing missing,
                                   const std::string& origin) {
  require<DataError>(list.is_array() && list.size() <= most, origin, ": '", name, "' is not a list of at most ", most,
                     " objects");
  std::vector<Record> records;
  for (const Json& object : list) {
    Record record;
    visit_fields(record, FieldReader(object, origin, missing));
    records.push_back(record);
  }
  return records;
}

// So many numbers for each example that was scored.
template <typename Number>
std::vector<Number> numbers_from_json(const Json& list, const char* name, int64_t examples, const std::string& origin,
                                      int64_t each = 1) {
  constexpr bool kIsInteger = std::is_integral_v<Number>;
  const bool is_whole = list.is_array() && each > 0 && static_cast<int64_t>(list.size()) % each == 0 &&
                        static_cast<int64_t>(list.size()) / each == examples;
  require<DataError>(is_whole, origin, ": '", name, "' is not a list of ", examples, " numbers, one for each of the ",
                     "examples that were scored", each == 1 ? "" : ", times the replicates");
  std::vector<Number> numbers;
  for (const Json& number : list) {
    require<DataError>(kIsInteger ? number.is_number_unsigned() : number.is_number(), origin, ": '", name,
                       "' holds something that is not ", kIsInteger ? "an integer of 0 or more" : "a number");
    numbers.push_back(number.get<Number>());
  }
  return numbers;
}

std::map<std::string, std::string> settings_from_json(const Json& object, const std::string& origin) {
  require<DataError>(object.is_object(), origin, ": '", kSettings, "' is not an object of texts");
  std::map<std::string, std::string> settings;
  for (const auto& [key, text] : object.items()) {
    require<DataError>(text.is_string(), origin, ": '", kSettings, "' has something in it that is not a text");
    settings[key] = text.get<std::string>();
  }
  return settings;
}

// The parts that are no plain fields.
void read_parts(EvaluationReport& report, const Json& object, const std::string& origin) {
  const auto part = [&](const char* name) { return object.value(name, Json()); };
  require<DataError>(part(kConditional).is_null() || part(kConditional).is_boolean(), origin, ": '", kConditional,
                     "' is neither true nor false");
  if (part(kConditional) == true) {
    FieldReader(object, origin, Missing::kNone)(kClasses, report.classes);
  }
  if (!part(kInTraining).is_null()) {
    FieldReader(object, origin, Missing::kNone)(kInTraining, report.examples_in_training);
  }
  if (const Json profile = part(kProfile); !profile.is_null()) {
    report.profile = list_from_json<ProfileBin>(profile, kProfile, kMostBins, Missing::kNone, origin);
  }
  if (const Json figures = part(kPerClass); !figures.is_null()) {
    report.class_figures = list_from_json<ClassFigure>(figures, kPerClass, kMaxClasses, Missing::kAbsent, origin);
  }
  if (const Json bits = part(kExampleBits); !bits.is_null()) {
    report.example_bits = numbers_from_json<double>(bits, kExampleBits, report.examples, origin);
  }
  if (const Json indices = part(kExampleIndices); !indices.is_null()) {
    report.example_indices = numbers_from_json<int64_t>(indices, kExampleIndices, report.examples, origin);
  }
  if (const Json bits = part(kReplicateBits); !bits.is_null()) {
    report.example_replicate_bits =
        numbers_from_json<double>(bits, kReplicateBits, report.examples, origin, report.replicates);
  }
  if (const Json settings = part(kSettings); !settings.is_null()) {
    report.settings = settings_from_json(settings, origin);
  }
}

}  // namespace

double label_bits_per_dim(const EvaluationReport& report) {
  return std::log2(static_cast<double>(report.classes)) / static_cast<double>(report.length);
}

std::string evaluation_to_json(const EvaluationReport& report, const EvaluationJsonOptions& options) {
  nlohmann::ordered_json object;
  const FieldWriter write(object);
  write(kVersion, kSchemaVersion);
  write(kBitsPerDim, report.bits_per_dim);
  visit_fields(report, write);
  if (!report.settings.empty()) {
    write(kSettings, report.settings);
  }
  if (report.examples_in_training >= 0) {
    write(kInTraining, report.examples_in_training);
  }
  write(kConditional, report.classes > 0);
  write(kProfile, list_to_json(report.profile));
  if (report.classes > 0) {
    write(kClasses, report.classes);
    write("label_bits_per_dim", label_bits_per_dim(report));
    write("label_bits_added", false);
  }
  if (!report.class_figures.empty()) {
    write(kPerClass, list_to_json(report.class_figures));
  }
  if (options.example_bits) {
    write(kExampleBits, report.example_bits);
    if (report.examples < report.dataset_size) {  // of a whole split they say nothing
      write(kExampleIndices, report.example_indices);
    }
    if (std::ssize(report.example_replicate_bits) <= kMostReplicateBits && !report.example_replicate_bits.empty()) {
      write(kReplicateBits, report.example_replicate_bits);
    }
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

EvaluationReport evaluation_from_json(std::string_view json, const std::string& origin) {
  const Json object = parse_json(json, origin);
  const FieldReader read(object, origin, Missing::kAbsent);
  int64_t version = 0;
  read(kVersion, version);
  require<DataError>(version == kSchemaVersion || !object.contains(kVersion), origin, ": ", kVersion, " is ", version,
                     ", want ", kSchemaVersion);
  EvaluationReport report;
  FieldReader(object, origin, Missing::kNone)(kBitsPerDim, report.bits_per_dim);
  visit_fields(report, read);
  report.control = std::isnan(report.control) ? 0 : report.control;
  read_parts(report, object, origin);
  return report;
}

std::string evaluation_file_json(const EvaluationReport& report) {
  return evaluation_to_json(report, {.example_bits = report.examples <= kMostExampleBits});
}

void write_evaluation(const std::filesystem::path& file, const EvaluationReport& report) {
  write_file(file, evaluation_file_json(report) + '\n');
}

EvaluationReport read_evaluation(const std::filesystem::path& file) {
  const auto bytes = read_file(file, kMaxBytes);
  return evaluation_from_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
}

}  // namespace veil::io
