#pragma once

#include "veil/data/batch_stream.h"
#include "veil/data/dataset_info.h"
#include "veil/evaluate/evaluator.h"
#include "veil/io/config/run_config.h"
#include "veil/nn/model_spec.h"
#include "veil/sample/sampler.h"
#include "veil/train/trainer.h"

namespace veil::io {

/// All that follows from a configuration and the data together: what the core computes with.
struct ResolvedRun {
  ModelSpec spec;
  BatchStreamOptions stream;     ///< what [train] says of the order of examples
  StepSettings step;             ///< [objective], with the schedule of `spec`, and what [train] says of an update;
                                 ///< step.compute is left to the caller
  EvaluationOptions evaluation;  ///< [evaluate], likewise
  SampleOptions sample;          ///< [sample], likewise
};

/// Throws InvalidArgument, naming the keys, where values are out of range or, each allowed by itself, do not go
/// together whatever the data are: what can be said before the data are read.
void validate(const RunConfig& config);

/// The run that `config` describes on data like `data`. Throws InvalidArgument as validate() and model_spec() do, or if
/// train.horizontal_flips is on and the data are no images.
[[nodiscard]] ResolvedRun resolve(const RunConfig& config, const DatasetInfo& data);

/// The model alone: what [model] and [schedule] of `config` make of `data`. Throws InvalidArgument, naming the keys, if
/// they do not go together, model.class_conditional is on and the data have no classes, or the network cannot take
/// examples of that shape.
[[nodiscard]] ModelSpec model_spec(const RunConfig& config, const DatasetInfo& data);

/// The inverse of model_spec: `config` with the [model] and [schedule] from which it makes `spec`. How often training
/// hides the class is no part of a model: model.label_dropout stays as it is. Throws InvalidArgument if it is 0 for a
/// model that knows "no class", or above 0 for one that does not.
[[nodiscard]] RunConfig with_model(RunConfig config, const ModelSpec& spec);

}  // namespace veil::io
