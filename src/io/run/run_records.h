#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace veil::io {

/// Values of one quantity by training step. A step that a resumed run wrote again has its last value.
using StepCurve = std::map<int64_t, double>;

/// What the files of a run folder hold, as far as it can be read.
struct RunRecords {
  StepCurve train_bits;
  StepCurve learning_rate;
  StepCurve gradient_norm;
  StepCurve evaluation_bits;
  StepCurve evaluation_error;  ///< standard error
  StepCurve examples_per_second;
  StepCurve seconds;                         ///< since the line before
  StepCurve power_low;                       ///< smallest and largest learned power (GenMD4)
  StepCurve power_high;
  std::vector<double> powers;                ///< powers.json: of each value, at the end; empty if absent
  nlohmann::json evaluation;                 ///< evaluation.json; null if absent
  std::string config;                        ///< text of config.cfg
  std::vector<std::filesystem::path> grids;  ///< samples/*.png by name, then samples.png: the newest last
  std::vector<std::string> notes;            ///< what is missing or damaged, for the reader
};

/// Never throws on account of a file's content.
[[nodiscard]] RunRecords read_run_records(const std::filesystem::path& run_folder);

}  // namespace veil::io
