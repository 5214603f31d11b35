#include "io/config/config_keys.h"
#include "io/config/config_values.h"

namespace veil::io {
namespace {

constexpr int64_t kMostSteps = 1'000'000'000;
constexpr int64_t kMostExamples = 1'000'000'000;
constexpr int64_t kMostRows = 1'000'000;

}  // namespace

std::vector<ConfigKey> optimizer_keys() {
  const Range decay{.low = 0.0, .high = 1.0, .open_high = true};
  return {
      real_key("optimizer.learning_rate", "peak of the learning rate", VEIL_FIELD(optimizer.learning_rate),
               {.low = 0.0, .high = 10.0, .open_low = true}),
      choice_key<LearningRateDecay>(
          "optimizer.decay", "shape of the learning rate after the warm-up", VEIL_FIELD(optimizer.decay),
          {{"cosine", LearningRateDecay::kCosine}, {"constant", LearningRateDecay::kConstant}}),
      integer_key("optimizer.warmup_steps", "updates over which the learning rate rises from 0",
                  VEIL_FIELD(optimizer.warmup_steps), {0, kMostSteps}),
      real_key("optimizer.beta1", "decay of the first moment", VEIL_FIELD(optimizer.beta1), decay),
      real_key("optimizer.beta2", "decay of the second moment", VEIL_FIELD(optimizer.beta2), decay),
      real_key("optimizer.epsilon", "added to the root of the second moment", VEIL_FIELD(optimizer.epsilon),
               {.low = 0.0, .high = 1.0, .open_low = true}),
      real_key("optimizer.weight_decay", "decoupled weight decay, times the learning rate",
               VEIL_FIELD(optimizer.weight_decay), {.low = 0.0, .high = 10.0}),
      real_key("optimizer.clip_norm", "largest norm of the whole gradient; 0: no limit",
               VEIL_FIELD(optimizer.clip_norm), {.low = 0.0, .high = 1e6}),
      real_key("optimizer.ema_decay", "decay of the moving average of the weights", VEIL_FIELD(optimizer.ema_decay),
               decay),
      boolean_key("optimizer.ema_warmup", "update n of the average decays by at most (1 + n) / (10 + n)",
                  VEIL_FIELD(optimizer.ema_warmup)),
  };
}

std::vector<ConfigKey> train_keys() {
  return {
      integer_key("train.steps", "updates; 0 writes the initial model", VEIL_FIELD(train.steps), {0, kMostSteps}),
      integer_key("train.batch_size", "examples per update, over all processes", VEIL_FIELD(train.batch_size),
                  {1, kMostRows}),
      integer_key("train.micro_batch_size", "examples per network call, a divisor of batch_size; 0: batch_size",
                  VEIL_FIELD(train.micro_batch_size), {0, kMostRows}),
      seed_key("train.seed", "of weights, order and masks", VEIL_FIELD(train.seed)),
      boolean_key("train.horizontal_flips", "mirror each image with probability 1/2",
                  VEIL_FIELD(train.horizontal_flips)),
      integer_key("train.log_every", "steps between lines of the log", VEIL_FIELD(train.log_every), {1, kMostSteps}),
      integer_key("train.checkpoint_every", "steps between checkpoints; 0: only at the end or when stopped",
                  VEIL_FIELD(train.checkpoint_every), {0, kMostSteps}),
      integer_key("train.keep_checkpoints", "newest checkpoints kept", VEIL_FIELD(train.keep_checkpoints),
                  {1, 1000000}),
      integer_key("train.evaluate_every", "steps between evaluations; 0: only at the end",
                  VEIL_FIELD(train.evaluate_every), {0, kMostSteps}),
      integer_key("train.evaluate_examples", "examples of a periodic evaluation; the final one takes all",
                  VEIL_FIELD(train.evaluate_examples), {1, kMostExamples}),
      integer_key("train.sample_every", "steps between sample grids; 0: only at the end",
                  VEIL_FIELD(train.sample_every), {0, kMostSteps}),
      integer_key("train.max_skipped", "updates skipped in a row for non-finite losses before the run stops",
                  VEIL_FIELD(train.max_skipped), {1, 1000000}),
      integer_key("train.prefetch", "batches prepared ahead", VEIL_FIELD(train.prefetch), {0, 1024}),
  };
}

std::vector<ConfigKey> evaluate_keys() {
  return {
      choice_key<ObjectiveForm>("evaluate.form", "estimator: by masked counts, or by times", VEIL_FIELD(evaluate.form),
                                {{"count", ObjectiveForm::kCount}, {"time", ObjectiveForm::kTime}}),
      real_key("evaluate.first_time", "learned powers: where the integral over time starts, the rest being exact",
               VEIL_FIELD(evaluate.first_time), {.low = 0.0, .high = 1.0, .open_low = true, .open_high = true}),
      integer_key("evaluate.passes", "forward passes per example, a multiple of replicates",
                  VEIL_FIELD(evaluate.passes), {2, 1000000}),
      integer_key("evaluate.replicates", "independent repetitions, which measure the noise of the masks",
                  VEIL_FIELD(evaluate.replicates), {2, 1000000}),
      integer_key("evaluate.limit", "examples to score, from the first; 0: all", VEIL_FIELD(evaluate.limit),
                  {0, kMostExamples}),
      integer_key("evaluate.batch_size", "examples held at once; does not change the result",
                  VEIL_FIELD(evaluate.batch_size), {1, kMostRows}),
      integer_key("evaluate.rows_per_call", "rows of one network call", VEIL_FIELD(evaluate.rows_per_call),
                  {1, kMostRows}),
      seed_key("evaluate.seed", "of the masks", VEIL_FIELD(evaluate.seed)),
      real_key("evaluate.control", "form count only: weight of the control variate against mask noise; 0: none",
               VEIL_FIELD(evaluate.control), {.low = 0.0, .high = 1.0}),
  };
}

std::vector<ConfigKey> sample_keys() {
  return {
      integer_key("sample.count", "samples to draw", VEIL_FIELD(sample.count), {1, kMostExamples}),
      integer_key("sample.steps", "denoising steps, the most network calls a sample costs", VEIL_FIELD(sample.steps),
                  {1, kMostRows}),
      choice_key<TimeGridKind>("sample.grid", "spacing of the times of the steps", VEIL_FIELD(sample.grid),
                               {{"uniform", TimeGridKind::kUniform}, {"cosine", TimeGridKind::kCosine}}),
      real_key("sample.temperature", "1 samples the model's own distribution", VEIL_FIELD(sample.temperature),
               {.low = 0.0, .high = 100.0, .open_low = true}),
      seed_key("sample.seed", "of the samples; sample number k depends on nothing else", VEIL_FIELD(sample.seed)),
      integer_key("sample.rows_per_call", "rows of one network call", VEIL_FIELD(sample.rows_per_call), {1, kMostRows}),
  };
}

}  // namespace veil::io
