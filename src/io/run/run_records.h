#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/run/details_file.h"
#include "io/run/run_layout.h"
#include "io/run/run_log.h"
#include "veil/evaluate/evaluation_report.h"
#include "veil/io/model/training_history.h"

namespace veil::io {

/// Values of one quantity by training step. A step that a resumed run wrote again has its last value; one that is not
/// known is left out.
using StepCurve = std::map<int64_t, double>;

/// What the files of a run folder hold, as far as it can be read.
struct RunRecords {
  StepCurve train_bits;
  StepCurve learning_rate;
  StepCurve gradient_norm;
  StepCurve evaluation_bits;
  StepCurve evaluation_error;           ///< standard error
  int64_t evaluation_examples = 0;      ///< scored by the last of these evaluations, and how many the split has; 0: not
  int64_t evaluation_dataset_size = 0;  ///< known
  std::vector<QualityLine> quality;     ///< by step
  StepCurve examples_per_second;
  StepCurve seconds;              ///< since the line before
  int64_t peak_memory_bytes = 0;  ///< 0: not known
  int64_t examples = 0;           ///< that all updates were made of
  int64_t skipped = 0;            ///< updates, because a gradient was not finite
  std::vector<StartLine> starts;  ///< of the processes that trained
  std::vector<WarningLine> warnings;
  StepCurve power_low;  ///< smallest and largest learned power (GenMD4)
  StepCurve power_high;
  std::vector<double> powers;                   ///< of each value, at the end; empty if there are none
  std::optional<EvaluationReport> evaluation;   ///< of the finished model
  std::optional<EvaluationDetails> details;     ///< of that very evaluation
  std::string config;                           ///< text of the configuration
  TrainingHistory history;                      ///< of the finished model
  std::vector<std::filesystem::path> pictures;  ///< of samples; the newest last
  std::vector<std::string> texts;               ///< the first samples of the finished model, where they are texts
  std::vector<std::string> notes;               ///< what is missing or damaged, for the reader
  std::vector<std::string> damage;              ///< those of them that tell of damage
};

/// Never throws on account of a file's content.
[[nodiscard]] RunRecords read_run_records(const RunLayout& layout);

}  // namespace veil::io
