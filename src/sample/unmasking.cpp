#include "veil/sample/unmasking.h"

#include <algorithm>

#include "base/torch.h"

namespace veil {

Unmasking::Unmasking(const SampleOptions& sample, int64_t length, int64_t vocab_size, const UnmaskingOptions& options)
    : first_(sample.first),
      watched_(options.samples),
      vocab_size_(vocab_size),
      with_entropies_(options.entropies),
      revealed_by_(torch::zeros({watched_, length}, torch::kInt64)) {
  if (watched_ == 0) {
    return;
  }
  const int64_t steps = sample.counts.empty() ? sample.steps : std::ssize(sample.counts) - 1;
  const int64_t frames = std::min(options.frames, steps + 1);
  for (int64_t i = 0; i < frames; ++i) {
    const int64_t step = i * steps / std::max<int64_t>(frames - 1, 1);
    UnmaskingFrame& frame = seen_[step];
    frame.step = step;
    frame.tokens = torch::empty({watched_, length}, torch::kInt64);
    if (with_entropies_) {
      frame.entropies = torch::empty({watched_, length}, torch::kFloat64);
    }
  }
}

SampleTrace Unmasking::trace() {
  return [this](const SampleMoment& moment) { see(moment); };
}

void Unmasking::see(const SampleMoment& moment) {
  const int64_t begin = std::max(moment.first, first_);
  const int64_t end = std::min(moment.first + moment.tokens.size(0), first_ + watched_);
  if (begin >= end) {
    return;
  }
  const auto tokens = moment.tokens.narrow(0, begin - moment.first, end - begin);
  auto revealed_by = revealed_by_.narrow(0, begin - first_, end - begin);
  revealed_by.masked_fill_(tokens.ne(vocab_size_) & revealed_by.eq(0), moment.steps_done);
  const auto found = seen_.find(moment.steps_done);
  if (found == seen_.end()) {
    return;
  }
  found->second.tokens.narrow(0, begin - first_, end - begin).copy_(tokens);
  if (with_entropies_) {
    const auto entropies = moment.entropies().narrow(0, begin - moment.first, end - begin);
    found->second.entropies.narrow(0, begin - first_, end - begin).copy_(entropies);
  }
}

std::vector<UnmaskingFrame> Unmasking::frames() const {
  std::vector<UnmaskingFrame> frames;
  for (const auto& [step, frame] : seen_) {
    frames.push_back(frame);
  }
  return frames;
}

}  // namespace veil
