#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "veil/data/dataset.h"
#include "veil/io/config/run_config.h"
#include "veil/io/model/training_history.h"
#include "veil/train/parameter_vector.h"

namespace veil::io {

/// Everything from which a training run goes on as if it had not been interrupted. Order of the data and noise follow
/// from the seed and `step`, so they need no state. Tensors may be on any device when saved; they are loaded to the
/// CPU.
struct Checkpoint {
  int64_t step = 0;            ///< updates done
  NamedTensors weights;        ///< raw weights
  NamedTensors average;        ///< their moving average; names and shapes of `weights`, as the two below
  NamedTensors first_moments;  ///< of AdamW
  NamedTensors second_moments;
  torch::Tensor update_count;               ///< float32 scalar: updates that were not skipped
  std::map<std::string, double> numbers;    ///< sums of running meters and the like; come back to the bit
  std::map<std::string, int64_t> integers;  ///< counts of running meters, skipped updates and the like
  RunConfig config;
  DatasetInfo dataset;           ///< what the run trains on
  TrainingHistory history = {};  ///< up to `step`
};

/// A checkpoint that was found whole.
struct LoadedCheckpoint {
  Checkpoint checkpoint;
  std::filesystem::path path;        ///< its folder
  std::vector<std::string> skipped;  ///< a message for each newer one that is damaged: print them
};

/// Writes `checkpoint` as folder/step-00001234 (docs/file-formats.md), replacing one of the same step: into a temporary
/// folder beside its final name, every file and folder flushed to the disk, renamed. Then removes temporaries that an
/// interrupted save left, and all but the `keep` (>= 1) newest checkpoints among those up to this step. The folder is
/// made if need be. Returns the folder written. Throws IoError, with the bytes needed and free, if the disk fails:
/// older checkpoints are then as they were. Needs room for one checkpoint more than `keep`.
std::filesystem::path save_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint, int64_t keep);

/// The newest checkpoint in `folder` whose checksums are right; damaged ones are skipped. Absent if there is none at
/// all or no such folder. Throws DataError if all are damaged.
[[nodiscard]] std::optional<LoadedCheckpoint> load_newest_checkpoint(const std::filesystem::path& folder);

/// Where a checkpoint that was found whole lies.
struct FoundCheckpoint {
  std::filesystem::path path;
  int64_t step = 0;
  RunConfig config;
  std::vector<std::string> skipped;  ///< as in LoadedCheckpoint
};

/// As load_newest_checkpoint, without keeping its tensors in memory.
[[nodiscard]] std::optional<FoundCheckpoint> find_newest_checkpoint(const std::filesystem::path& folder);

/// Removes the checkpoints of `step` and later ones, but only if there is an earlier one left: its step is returned.
std::optional<int64_t> remove_checkpoints_from(const std::filesystem::path& folder, int64_t step);

/// Reads and verifies one checkpoint folder. Throws DataError (path, found, wanted).
[[nodiscard]] Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace veil::io
