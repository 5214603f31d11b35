#include "veil/io/model/checkpoint.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <system_error>

#include "base/words.h"
#include "io/file/files.h"
#include "io/file/publish.h"
#include "io/model/checkpoint_state.h"
#include "io/model/model_files.h"
#include "veil/base/error.h"
#include "veil/io/config/resolve.h"
#include "veil/io/format/safetensors.h"
#include "veil/io/model/model_file.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstMoments = "first_moments.";
constexpr std::string_view kSecondMoments = "second_moments.";
constexpr const char* kUpdateCount = "update_count";

/// Steps of the checkpoints in `folder`, newest first. Only names that step_name gives count.
std::vector<int64_t> saved_steps(const fs::path& folder) {
  std::vector<int64_t> steps;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    int64_t step = -1;
    if (name.starts_with(kStepPrefix)) {
      std::from_chars(name.data() + kStepPrefix.size(), name.data() + name.size(), step);
    }
    if (step >= 0 && name == step_name(step)) {
      steps.push_back(step);
    }
  }
  std::sort(steps.rbegin(), steps.rend());
  return steps;
}

bool is_temporary(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(concat(".", kStepPrefix)) && name.ends_with(".tmp");
}

/// Failures are ignored: what stays costs room, not a run.
void remove_temporaries(const fs::path& folder) {
  std::error_code ignored;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    if (is_temporary(entry->path())) {
      found.push_back(entry->path());
    }
  }
  for (const auto& path : found) {
    fs::remove_all(path, ignored);
  }
}

fs::path temporary_name(const fs::path& folder, int64_t step) {
  return folder / concat(".", step_name(step), ".", ::getpid(), ".tmp");
}

/// Renamed before it is taken apart, so that a kill in between leaves no half checkpoint under a good name.
void remove_aside(const fs::path& folder, int64_t step) {
  std::error_code ignored;
  const auto aside = temporary_name(folder, step);
  fs::rename(folder / step_name(step), aside, ignored);
  fs::remove_all(aside, ignored);
}

void remove_old(const fs::path& folder, int64_t newest, int64_t keep) {
  int64_t seen = 0;
  for (const int64_t step : saved_steps(folder)) {
    if (step <= newest && ++seen > keep) {
      remove_aside(folder, step);
    }
  }
}

void append(TensorFile& file, std::string_view prefix, const NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) {
    file.tensors.emplace_back(std::string(prefix) + name, tensor);
  }
}

void write_files(const fs::path& path, const Checkpoint& checkpoint) {
  const ModelSpec spec = model_spec(checkpoint.config, checkpoint.dataset);
  save_model(path / kModelName, checkpoint.weights, spec, checkpoint.config,
             {.step = checkpoint.step, .weights = "raw", .history = checkpoint.history});
  save_model(path / kAverageName, checkpoint.average, spec, checkpoint.config,
             {.step = checkpoint.step, .weights = "ema", .history = checkpoint.history});
  TensorFile optimizer;
  append(optimizer, kFirstMoments, checkpoint.first_moments);
  append(optimizer, kSecondMoments, checkpoint.second_moments);
  optimizer.tensors.emplace_back(kUpdateCount, checkpoint.update_count);
  write_safetensors(path / kOptimizerName, optimizer);
  write_file(path / kStateName, make_state(checkpoint, path));
}

bool same_layout(const NamedTensors& a, const NamedTensors& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.defined() && y.second.defined() && x.second.sizes() == y.second.sizes();
  });
}

bool is_consistent(const Checkpoint& checkpoint) {
  return same_layout(checkpoint.weights, checkpoint.average) &&
         same_layout(checkpoint.weights, checkpoint.first_moments) &&
         same_layout(checkpoint.weights, checkpoint.second_moments) && checkpoint.update_count.defined() &&
         checkpoint.update_count.dim() == 0;
}

[[noreturn]] void explain(const IoError& error, const fs::path& folder, const Checkpoint& checkpoint) {
  int64_t needed = 0;
  for (const auto* list :
       {&checkpoint.weights, &checkpoint.average, &checkpoint.first_moments, &checkpoint.second_moments}) {
    for (const auto& [name, tensor] : *list) {
      needed += static_cast<int64_t>(tensor.nbytes());
    }
  }
  std::error_code failed;
  const auto space = fs::space(folder, failed);
  throw IoError(concat(error.what(), "; the checkpoint needs about ", needed, " bytes, the disk has ",
                       failed ? "an unknown number of" : std::to_string(space.available),
                       " free; older checkpoints are unchanged"));
}

void read_optimizer(const fs::path& path, Checkpoint& checkpoint) {
  for (auto& [name, tensor] : read_safetensors(path).tensors) {
    if (name.starts_with(kFirstMoments)) {
      checkpoint.first_moments.emplace_back(name.substr(kFirstMoments.size()), tensor);
    } else if (name.starts_with(kSecondMoments)) {
      checkpoint.second_moments.emplace_back(name.substr(kSecondMoments.size()), tensor);
    } else {
      require<DataError>(name == kUpdateCount, path.string(), ": tensor ", in_quotes(name), " is not of an optimizer");
      checkpoint.update_count = tensor;
    }
  }
}

/// The newest checkpoint that `read` accepts, which returns its step; what it refuses by DataError goes to `skipped`.
/// Absent if there are none at all. Throws DataError if all were refused.
std::optional<fs::path> newest_that(const fs::path& folder, std::vector<std::string>& skipped,
                                    const std::function<int64_t(const fs::path&)>& read) {
  for (const int64_t step : saved_steps(folder)) {
    const auto path = folder / step_name(step);
    try {
      const int64_t found = read(path);
      require<DataError>(found == step, path.string(), ": holds step ", found, ", want the one in its name");
      return path;
    } catch (const DataError& error) {
      skipped.emplace_back(error.what());
    }
  }
  if (skipped.empty()) {
    return std::nullopt;
  }
  std::string all;
  for (const auto& message : skipped) {
    all += "\n  " + message;
  }
  throw DataError(concat(folder.string(), ": every checkpoint is damaged:", all));
}

}  // namespace

fs::path save_checkpoint(const fs::path& folder, const Checkpoint& checkpoint, int64_t keep) {
  require(keep >= 1, "keep is ", keep, ", want 1 or more");
  require(checkpoint.step >= 0, "step is ", checkpoint.step, ", want 0 or more");
  require(is_consistent(checkpoint), "checkpoint: average and moments do not have the names and shapes of the weights");
  make_folder(folder);
  remove_temporaries(folder);
  const auto target = folder / step_name(checkpoint.step);
  try {
    FolderDraft draft(target, temporary_name(folder, checkpoint.step));
    draft.make();
    write_files(draft.path(), checkpoint);
    draft.publish();
  } catch (const IoError& failure) {
    explain(failure, folder, checkpoint);
  }
  remove_old(folder, checkpoint.step, keep);
  return target;
}

std::optional<LoadedCheckpoint> load_newest_checkpoint(const fs::path& folder) {
  LoadedCheckpoint loaded;
  const auto found = newest_that(folder, loaded.skipped, [&](const fs::path& path) {
    loaded.checkpoint = load_checkpoint(path);
    return loaded.checkpoint.step;
  });
  if (!found) {
    return std::nullopt;
  }
  loaded.path = *found;
  return loaded;
}

std::optional<FoundCheckpoint> find_newest_checkpoint(const fs::path& folder) {
  FoundCheckpoint checkpoint;
  const auto found = newest_that(folder, checkpoint.skipped, [&](const fs::path& path) {
    const Checkpoint state = read_state(path);
    checkpoint.config = state.config;
    return checkpoint.step = state.step;
  });
  if (!found) {
    return std::nullopt;
  }
  checkpoint.path = *found;
  return checkpoint;
}

std::optional<int64_t> remove_checkpoints_from(const fs::path& folder, int64_t step) {
  const auto steps = saved_steps(folder);
  const auto earlier = std::find_if(steps.begin(), steps.end(), [step](int64_t saved) { return saved < step; });
  if (earlier == steps.end()) {
    return std::nullopt;
  }
  for (auto later = steps.begin(); later != earlier; ++later) {
    remove_aside(folder, *later);
  }
  return *earlier;
}

Checkpoint load_checkpoint(const fs::path& path) {
  Checkpoint checkpoint = read_state(path);
  checkpoint.weights = read_safetensors(path / kModelName).tensors;
  checkpoint.average = read_safetensors(path / kAverageName).tensors;
  read_optimizer(path / kOptimizerName, checkpoint);
  require<DataError>(is_consistent(checkpoint), path.string(),
                     ": the tensors of weights, average and optimizer do not belong together");
  return checkpoint;
}

}  // namespace veil::io
