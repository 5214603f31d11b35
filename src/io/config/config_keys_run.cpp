#include "io/config/config_keys.h"
#include "io/config/config_values.h"

namespace veil::io {

std::vector<ConfigKey> optimizer_keys() {
  return {
      real_key("optimizer.learning_rate", "peak of the learning rate", VEIL_FIELD(optimizer.learning_rate),
               OptimizerRanges::kLearningRate),
      choice_key<LearningRateDecay>("optimizer.decay", "shape of the learning rate after the warm-up",
                                    VEIL_FIELD(optimizer.decay),
                                    {{"cosine", LearningRateDecay::kCosine},
                                     {"constant", LearningRateDecay::kConstant},
                                     {"trapezoid", LearningRateDecay::kTrapezoid}}),
      integer_key("optimizer.warmup_steps", "updates over which the learning rate rises from 0",
                  VEIL_FIELD(optimizer.warmup_steps), OptimizerRanges::kWarmupSteps),
      integer_key("optimizer.decay_steps", "trapezoid: updates at the end over which the learning rate falls to 0",
                  VEIL_FIELD(optimizer.decay_steps), OptimizerRanges::kDecaySteps),
      real_key("optimizer.beta1", "decay of the first moment", VEIL_FIELD(optimizer.beta1), OptimizerRanges::kDecay),
      real_key("optimizer.beta2", "decay of the second moment", VEIL_FIELD(optimizer.beta2), OptimizerRanges::kDecay),
      real_key("optimizer.epsilon", "added to the root of the second moment", VEIL_FIELD(optimizer.epsilon),
               OptimizerRanges::kEpsilon),
      real_key("optimizer.weight_decay", "decoupled weight decay, times the learning rate",
               VEIL_FIELD(optimizer.weight_decay), OptimizerRanges::kWeightDecay),
      choice_key<WeightDecayOf>("optimizer.decayed",
                                "what weight decay is of: all, as the reference has it, or weights of products alone, "
                                "without norms, biases and embeddings",
                                VEIL_FIELD(optimizer.decayed),
                                {{"all", WeightDecayOf::kAll}, {"matrices", WeightDecayOf::kMatrices}}),
      real_key("optimizer.clip_norm", "largest norm of the whole gradient; 0: no limit",
               VEIL_FIELD(optimizer.clip_norm), OptimizerRanges::kClipNorm),
      real_key("optimizer.ema_decay", "decay of the moving average of the weights", VEIL_FIELD(optimizer.ema_decay),
               OptimizerRanges::kDecay),
      boolean_key("optimizer.ema_warmup", "update n of the average decays by at most (1 + n) / (10 + n)",
                  VEIL_FIELD(optimizer.ema_warmup)),
  };
}

std::vector<ConfigKey> train_keys() {
  return {
      integer_key("train.steps", "updates; 0 writes the initial model", VEIL_FIELD(train.steps), TrainRanges::kSteps),
      integer_key("train.batch_size", "examples per update", VEIL_FIELD(train.batch_size), TrainRanges::kBatchSize),
      integer_key("train.micro_batch_size", "examples per network call, a divisor of batch_size; 0: batch_size",
                  VEIL_FIELD(train.micro_batch_size), TrainRanges::kMicroBatchSize),
      seed_key("train.seed", "of weights, order and masks", VEIL_FIELD(train.seed)),
      text_key("train.init_from", "model, a file or the folder of a run, whose weights training begins with, or none",
               VEIL_FIELD(init_from)),
      boolean_key("train.horizontal_flips", "mirror each image with probability 1/2",
                  VEIL_FIELD(train.horizontal_flips)),
      integer_key("train.log_every", "steps between lines of the log", VEIL_FIELD(train.log_every),
                  TrainRanges::kLogEvery),
      integer_key("train.checkpoint_every", "steps between checkpoints; 0: only at the end or when stopped",
                  VEIL_FIELD(train.checkpoint_every), TrainRanges::kEvery),
      integer_key("train.keep_checkpoints", "newest checkpoints kept", VEIL_FIELD(train.keep_checkpoints),
                  TrainRanges::kKeepCheckpoints),
      integer_key("train.evaluate_every", "steps between evaluations; 0: only at the end",
                  VEIL_FIELD(train.evaluate_every), TrainRanges::kEvery),
      integer_key("train.evaluate_examples",
                  "examples of a periodic evaluation, a sample of the split; the final one has evaluate.limit",
                  VEIL_FIELD(train.evaluate_examples), TrainRanges::kEvaluateExamples),
      integer_key("train.sample_every", "steps between sample grids; 0: only at the end",
                  VEIL_FIELD(train.sample_every), TrainRanges::kEvery),
      integer_key(
          "train.quality_every",
          "steps between comparisons of sample.count samples with real images, as veil quality makes them; 0: never",
          VEIL_FIELD(train.quality_every), TrainRanges::kEvery),
      boolean_key("train.tensorboard", "also write the logs, sample grids and bits of examples for TensorBoard",
                  VEIL_FIELD(tensorboard)),
      integer_key("train.max_skipped", "updates skipped in a row for non-finite losses before the run stops",
                  VEIL_FIELD(train.max_skipped), TrainRanges::kMaxSkipped),
      integer_key("train.prefetch", "batches prepared ahead", VEIL_FIELD(train.prefetch), TrainRanges::kPrefetch),
  };
}

std::vector<ConfigKey> evaluate_keys() {
  return {
      choice_key<ObjectiveForm>("evaluate.form", "estimator: by masked counts, or by times", VEIL_FIELD(evaluate.form),
                                {{"count", ObjectiveForm::kCount}, {"time", ObjectiveForm::kTime}}),
      real_key("evaluate.first_time", "learned powers: where the integral over time starts, the rest being exact",
               VEIL_FIELD(evaluate.first_time), kFirstTimes),
      integer_key("evaluate.passes", "forward passes per example, a multiple of replicates",
                  VEIL_FIELD(evaluate.passes), EvaluationRanges::kPasses),
      integer_key("evaluate.replicates", "independent repetitions, which measure the noise of the masks",
                  VEIL_FIELD(evaluate.replicates), EvaluationRanges::kReplicates),
      integer_key("evaluate.limit", "examples to score, a sample of the split, spread over its classes; 0: all",
                  VEIL_FIELD(evaluate.limit), EvaluationRanges::kLimit),
      integer_key("evaluate.batch_size", "examples held at once; does not change the result",
                  VEIL_FIELD(evaluate.batch_size), EvaluationRanges::kBatchSize),
      integer_key("evaluate.rows_per_call", "rows of one network call", VEIL_FIELD(evaluate.rows_per_call),
                  EvaluationRanges::kRowsPerCall),
      seed_key("evaluate.seed", "of the masks", VEIL_FIELD(evaluate.seed)),
      real_key("evaluate.control", "form count only: weight of the control variate against mask noise; 0: none",
               VEIL_FIELD(evaluate.control), EvaluationRanges::kControl),
  };
}

std::vector<ConfigKey> sample_keys() {
  return {
      integer_key("sample.count", "samples to draw", VEIL_FIELD(sample.count), SampleRanges::kCount),
      integer_key("sample.first", "number of the first of them: sample k is the same whatever else is drawn",
                  VEIL_FIELD(sample.first), SampleRanges::kFirst),
      integer_key("sample.steps", "denoising steps, the most network calls a sample costs", VEIL_FIELD(sample.steps),
                  SampleRanges::kSteps),
      choice_key<TimeGridKind>("sample.grid", "spacing of the times of the steps", VEIL_FIELD(sample.grid),
                               {{"uniform", TimeGridKind::kUniform}, {"cosine", TimeGridKind::kCosine}}),
      real_key("sample.temperature", "1 samples the model's own distribution", VEIL_FIELD(sample.temperature),
               SampleRanges::kTemperature),
      seed_key("sample.seed", "of the samples; sample number k depends on nothing else", VEIL_FIELD(sample.seed)),
      integer_key("sample.rows_per_call", "rows of one network call", VEIL_FIELD(sample.rows_per_call),
                  SampleRanges::kRowsPerCall),
  };
}

}  // namespace veil::io
