#pragma once

#include <functional>
#include <memory>
#include <string>

#include "veil/base/device.h"
#include "veil/data/dataset.h"
#include "veil/io/config/run_config.h"

namespace veil::cli {

/// One thing to be timed. Calling `step` does it once and waits for the device.
struct Workload {
  std::function<void()> step;
  int64_t images = 0;      ///< that one step handles
  int64_t parameters = 0;  ///< of the network
  bool is_training = false;
};

/// Makes the workload "train" (an update of train.batch_size examples), "evaluate" (evaluate.batch_size examples with
/// evaluate.passes forward passes each) or "sample" (sample.count samples of sample.steps steps) with a new network.
/// `dataset` must outlive it. Throws UsageError for another name.
[[nodiscard]] Workload make_workload(const std::string& name, const io::RunConfig& config, const Dataset& dataset,
                                     const Compute& compute);

/// Images of uniform noise, 32 x 32 x 3.
[[nodiscard]] std::unique_ptr<Dataset> synthetic_dataset();

}  // namespace veil::cli
