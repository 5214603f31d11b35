#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace veil::io {

/// Where the files of a run folder lie: the one list of their names. docs/file-formats.md says what each holds; the
/// headers of this room read and write them. Nothing needs to exist.
struct RunLayout {
  explicit RunLayout(const std::filesystem::path& run);

  std::filesystem::path folder;
  std::filesystem::path config;        ///< the resolved configuration (run_folder.h)
  std::filesystem::path lock;          ///< held while a process trains here (run_folder.h)
  std::filesystem::path log;           ///< what was measured, by step (run_log.h)
  std::filesystem::path timing;        ///< how long it took, by step (run_log.h)
  std::filesystem::path example_bits;  ///< bits of the examples that training scored, by step (run_log.h)
  std::filesystem::path events;        ///< the logs once more, for TensorBoard (event_file.h)
  std::filesystem::path evaluation;    ///< the run's own evaluation (evaluation_file.h)
  std::filesystem::path details;       ///< what the evaluation shows of single examples (details_file.h)
  std::filesystem::path unmasking;     ///< a picture of some samples on their way, and the same as an animation
  std::filesystem::path film;          ///< (sample_files.h)
  std::filesystem::path powers;        ///< learned powers at the end (powers_file.h)
  std::filesystem::path samples;       ///< folder of samples drawn in training; with an ending, those of the end
                                       ///< (sample_files.h)
  std::filesystem::path checkpoints;   ///< folder (veil/io/model/checkpoint.h)
  std::filesystem::path model;         ///< moving average of the weights (veil/io/model/model_file.h)
  std::filesystem::path report;        ///< the page for people (io/report/report.h)

  /// All of them, the samples of the end under both their endings.
  [[nodiscard]] std::vector<std::filesystem::path> files() const;
  [[nodiscard]] std::vector<std::filesystem::path> folders() const;
};

}  // namespace veil::io
