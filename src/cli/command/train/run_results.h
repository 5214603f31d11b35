#pragma once

#include <string>

#include "cli/terminal/stop_signal.h"
#include "io/run/run_layout.h"
#include "veil/base/device.h"
#include "veil/data/dataset.h"
#include "veil/io/config/resolve.h"
#include "veil/io/config/run_config.h"
#include "veil/nn/denoiser.h"

namespace veil::cli {

/// What is still to be made of a finished model.
struct Unmade {
  bool evaluation = true;
  bool samples = true;
};

/// A finished model and what its results follow from.
struct FinishedModel {
  Denoiser& average;
  const io::ResolvedRun& run;
  Compute compute;
  int64_t step = 0;                          ///< updates that it has had
  io::RunConfig config;                      ///< that `run` follows from
  int64_t in_training = -1;                  ///< as EvaluationReport::examples_in_training
  const Dataset* evaluation_data = nullptr;  ///< may be nullptr where there is no evaluation to be made
};

/// Makes the evaluation and the samples of a run that are unmade; each file is written when it is whole. Throws Stopped
/// where a signal came: what was not whole is as it was.
void make_results(const io::RunLayout& layout, const FinishedModel& model, const Unmade& unmade,
                  const StopSignal& signal, bool quiet);

/// Prints what the files of a finished run hold: to be called last, for standard output may be full, or a pipe that
/// nobody reads. Of a run that made no update there is only the model.
void print_results(const io::RunLayout& layout, DataKind kind, int64_t step);

}  // namespace veil::cli
