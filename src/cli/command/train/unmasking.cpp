#include "cli/command/train/unmasking.h"

#include <algorithm>
#include <array>

#include "base/torch.h"

namespace veil::cli {
namespace {

constexpr int64_t kMostBytes = 1'250'000;  // of all frames together, before they are compressed
constexpr int64_t kMostFrames = 25;
constexpr int64_t kFewestFrames = 5;
constexpr std::array<int64_t, 4> kImages{16, 9, 4, 1};

int64_t frames_for(int64_t images, int64_t image_bytes, int64_t steps) {
  return std::min(std::clamp(kMostBytes / (images * image_bytes), kFewestFrames, kMostFrames), steps + 1);
}

}  // namespace

Unmasking::Unmasking(const SampleOptions& options, const DatasetInfo& data)
    : first_(options.first), steps_(options.steps) {
  if (data.kind != DataKind::kImage) {
    return;
  }
  const int64_t image_bytes = 3 * data.shape.height * data.shape.width;
  watched_ = 1;
  for (const int64_t images : kImages) {
    if (images <= options.count && images * image_bytes * kMostFrames <= kMostBytes) {
      watched_ = images;
      break;
    }
  }
  const int64_t frames = frames_for(watched_, image_bytes, steps_);
  for (int64_t i = 0; i < frames; ++i) {
    seen_[i * steps_ / std::max<int64_t>(frames - 1, 1)] = torch::empty({watched_, data.shape.length()}, torch::kInt64);
  }
}

SampleTrace Unmasking::trace() {
  return [this](int64_t first_row, int64_t step, const torch::Tensor& tokens) {
    const auto found = seen_.find(step);
    if (found == seen_.end()) {
      return;
    }
    const int64_t begin = std::max(first_row, first_);
    const int64_t end = std::min(first_row + tokens.size(0), first_ + watched_);
    if (begin < end) {
      found->second.narrow(0, begin - first_, end - begin).copy_(tokens.narrow(0, begin - first_row, end - begin));
    }
  };
}

std::vector<io::UnmaskingFrame> Unmasking::frames() const {
  std::vector<io::UnmaskingFrame> frames;
  for (const auto& [step, tokens] : seen_) {
    frames.push_back({.step = step, .tokens = tokens});
  }
  return frames;
}

}  // namespace veil::cli
