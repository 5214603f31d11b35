#include "io/run/run_records.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <system_error>

#include "io/file/files.h"
#include "io/file/strict_json.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int64_t kMaxLogBytes = int64_t{256} << 20;
constexpr int64_t kMaxTextBytes = int64_t{1} << 20;
constexpr int64_t kMaxEvaluationBytes = int64_t{64} << 20;  // holds a number for every example

/// The file's text; a note instead if it cannot be read.
std::string read_text(const fs::path& path, int64_t limit, std::vector<std::string>& notes) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    notes.push_back(path.filename().string() + " is missing.");
    return {};
  }
  try {
    const auto bytes = read_file(path, limit);
    return {bytes.begin(), bytes.end()};
  } catch (const DataError&) {
    notes.push_back(path.filename().string() + " cannot be read or is too large, and is left out.");
    return {};
  }
}

/// Adds object[name] to `curve` at `step`. Numbers that are not finite are written as null, and are gaps.
void add(StepCurve& curve, int64_t step, const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found != object.end() && found->is_number()) {
    curve[step] = found->get<double>();
  }
}

/// Calls `use` with (step, object) for every good line. The last line may be cut: a run that is going on writes it.
void read_lines(const fs::path& path, std::vector<std::string>& notes,
                const std::function<void(int64_t, const Json&)>& use) {
  const std::string text = read_text(path, kMaxLogBytes, notes);
  int64_t damaged = 0;
  for (size_t first = 0; first < text.size();) {
    const size_t last = std::min(text.find('\n', first), text.size());
    try {
      const Json line = parse_json(std::string_view(text).substr(first, last - first), "line", 8);
      const bool good = line.is_object() && line.contains("step") && line.at("step").is_number_unsigned() &&
                        line.at("step").get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX);
      require<DataError>(good, "line");
      use(line.at("step").get<int64_t>(), line);
    } catch (const DataError&) {
      ++damaged;
    }
    first = last + 1;
  }
  if (damaged > 0) {
    notes.push_back(concat(damaged, damaged == 1 ? " damaged line of " : " damaged lines of ", path.filename().string(),
                           damaged == 1 ? " is" : " are", " left out."));
  }
}

Json read_evaluation(const fs::path& path, std::vector<std::string>& notes) {
  const std::string text = read_text(path, kMaxEvaluationBytes, notes);
  if (text.empty()) {
    return nullptr;
  }
  try {
    Json evaluation = parse_json(text, "evaluation.json");
    require<DataError>(evaluation.is_object(), "evaluation.json");
    return evaluation;
  } catch (const DataError&) {
    notes.emplace_back("evaluation.json is damaged and left out.");
    return nullptr;
  }
}

/// powers.json, which only runs with learned powers have.
std::vector<double> read_powers(const fs::path& path, std::vector<std::string>& notes) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    return {};
  }
  try {
    const Json powers = parse_json(read_text(path, kMaxEvaluationBytes, notes), "powers.json").at("powers");
    return powers.get<std::vector<double>>();
  } catch (const std::exception&) {
    notes.emplace_back("powers.json is damaged and left out.");
    return {};
  }
}

std::vector<fs::path> find_grids(const fs::path& run_folder) {
  std::vector<fs::path> grids;
  std::error_code error;
  for (fs::directory_iterator entry(run_folder / "samples", error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() == ".png" && entry->is_regular_file(ignored)) {
      grids.push_back(entry->path());
    }
  }
  std::sort(grids.begin(), grids.end());
  const auto last = run_folder / "samples.png";
  if (fs::is_regular_file(last, error)) {
    grids.push_back(last);
  }
  return grids;
}

}  // namespace

RunRecords read_run_records(const fs::path& run_folder) {
  RunRecords records;
  read_lines(run_folder / "log.jsonl", records.notes, [&](int64_t step, const Json& line) {
    const bool evaluates = line.value("event", Json()) == "evaluate";
    add(evaluates ? records.evaluation_bits : records.train_bits, step, line, "bits_per_dim");
    if (evaluates) {
      add(records.evaluation_error, step, line, "standard_error");
    } else {
      add(records.learning_rate, step, line, "learning_rate");
      add(records.gradient_norm, step, line, "gradient_norm");
      add(records.power_low, step, line, "power_low");
      add(records.power_high, step, line, "power_high");
    }
  });
  read_lines(run_folder / "timing.jsonl", records.notes, [&](int64_t step, const Json& line) {
    add(records.seconds, step, line, "seconds");
    add(records.examples_per_second, step, line, "examples_per_second");
  });
  records.evaluation = read_evaluation(run_folder / "evaluation.json", records.notes);
  records.powers = read_powers(run_folder / "powers.json", records.notes);
  records.config = read_text(run_folder / "config.cfg", kMaxTextBytes, records.notes);
  records.grids = find_grids(run_folder);
  if (records.grids.empty()) {
    records.notes.emplace_back("There are no sample grids.");
  }
  return records;
}

}  // namespace veil::io
