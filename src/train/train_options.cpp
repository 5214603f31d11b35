#include "veil/train/train_options.h"

namespace veil {

void check_options(const TrainOptions& o) {
  check_option({"steps"}, o.steps, TrainRanges::kSteps);
  check_option({"batch_size"}, o.batch_size, TrainRanges::kBatchSize);
  check_option({"micro_batch_size"}, o.micro_batch_size, TrainRanges::kMicroBatchSize);
  check_option({"log_every"}, o.log_every, TrainRanges::kLogEvery);
  check_option({"checkpoint_every"}, o.checkpoint_every, TrainRanges::kEvery);
  check_option({"keep_checkpoints"}, o.keep_checkpoints, TrainRanges::kKeepCheckpoints);
  check_option({"evaluate_every"}, o.evaluate_every, TrainRanges::kEvery);
  check_option({"quality_every"}, o.quality_every, TrainRanges::kEvery);
  check_option({"evaluate_examples"}, o.evaluate_examples, TrainRanges::kEvaluateExamples);
  check_option({"sample_every"}, o.sample_every, TrainRanges::kEvery);
  check_option({"max_skipped"}, o.max_skipped, TrainRanges::kMaxSkipped);
  check_option({"prefetch"}, o.prefetch, TrainRanges::kPrefetch);
  require<InvalidOption>(o.micro_batch_size == 0 || o.batch_size % o.micro_batch_size == 0, Field{"micro_batch_size"},
                         " is ", o.micro_batch_size, ", want 0 or a divisor of ", Field{"batch_size"}, ", which is ",
                         o.batch_size);
}

}  // namespace veil
