#include "io/run/per_example_file.h"

#include <cmath>
#include <string_view>

#include "base/torch.h"
#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) {
    return field;
  }
  std::string text = "\"";
  for (const char c : field) {
    text.append(c == '"' ? 2 : 1, c);
  }
  return text + '"';
}

}  // namespace

double example_mask_error(const EvaluationReport& report, size_t place) {
  const auto& variances = report.example_mask_variances;
  return variances.empty() ? 0.0 : std::sqrt(variances[place]);
}

std::string per_example_csv(const EvaluationReport& report, const Dataset& dataset) {
  const auto labels = dataset.labels();
  std::string text = kPerExampleHeader;
  for (size_t i = 0; i < report.example_bits.size(); ++i) {
    const int64_t index = report.example_indices[i];
    const auto label = labels.defined() ? number_text(labels.const_data_ptr<int64_t>()[index]) : std::string();
    text += concat(index, ",", quoted(dataset.name(index)), ",", label, ",", number_text(report.example_bits[i]), ",",
                   number_text(example_mask_error(report, i)), "\r\n");
  }
  return text;
}

}  // namespace veil::io
