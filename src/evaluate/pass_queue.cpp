#include "evaluate/pass_queue.h"

#include <numeric>
#include <utility>

#include "objective/masked_loss.h"

namespace veil {
namespace {

// One batch of all rows.
MaskedTokens join(const std::vector<PassRow>& rows) {
  std::vector<torch::Tensor> z;
  std::vector<torch::Tensor> positions;
  MaskedTokens joined;
  for (const auto& row : rows) {
    positions.push_back(row.masked.positions + static_cast<int64_t>(z.size()) * row.x0.numel());
    z.push_back(row.masked.z);
    joined.counts.push_back(row.masked.counts.front());
  }
  joined.z = torch::cat(z);
  joined.positions = torch::cat(positions);
  return joined;
}

}  // namespace

PassRow row_of(const TokenBatch& batch, int64_t row) {
  PassRow made;
  made.x0 = batch.tokens.narrow(0, row, 1).contiguous();
  made.label = batch.labels ? batch.labels->const_data_ptr<int64_t>()[row] : 0;
  return made;
}

PassQueue::PassQueue(Denoiser& denoiser, int64_t rows_per_call, torch::Device device, Sink sink, PassMeasure measure)
    : denoiser_(denoiser), rows_per_call_(rows_per_call), device_(device), sink_(std::move(sink)), measure_(measure) {}

bool PassQueue::add(PassRow row) {
  rows_.push_back(std::move(row));
  const bool is_full = static_cast<int64_t>(rows_.size()) == rows_per_call_;
  if (is_full) {
    run();
  }
  return is_full;
}

bool PassQueue::flush() {
  if (rows_.empty()) {
    return false;
  }
  PassRow filler = rows_.back();
  filler.index = -1;
  filler.level = 0.0;
  filler.masked = {.z = filler.x0, .positions = torch::empty({0}, torch::kInt64), .counts = {0}};
  rows_.resize(static_cast<size_t>(rows_per_call_), filler);
  run();
  return true;
}

void PassQueue::run() {
  const auto masked = join(rows_);
  const auto nats = masked.positions.numel() > 0 ? this->nats(masked) : torch::empty({0}, torch::kFloat64);
  const double* next = nats.const_data_ptr<double>();
  for (const auto& row : rows_) {
    const int64_t count = row.masked.counts.front();
    const std::span parts(next, static_cast<size_t>(count));
    const double sum = std::accumulate(parts.begin(), parts.end(), 0.0);
    next += count;
    if (row.index >= 0) {
      sink_(row, count > 0 ? sum / static_cast<double>(count) : 0.0, parts);
    }
  }
  rows_.clear();
}

torch::Tensor PassQueue::nats(const MaskedTokens& masked) const {
  std::vector<torch::Tensor> x0;
  for (const auto& row : rows_) {
    x0.push_back(row.x0);
  }
  const auto tokens = torch::cat(x0);
  const auto on_device = measure_ == PassMeasure::kBound
                             ? masked_loss(denoiser_, tokens, masked, levels(), labels(), device_)
                             : masked_cross_entropy(denoiser_, tokens, masked, levels(), labels(), device_);
  // The one place where evaluation waits for the device.
  const auto nats = on_device.to(torch::kCPU, torch::kFloat64).contiguous();
  // Multiples of 2^-32 nats: their sums are exact, so that equal predictions give equal figures whatever was masked.
  return measure_ == PassMeasure::kBound ? torch::round(nats * 0x1p32) * 0x1p-32 : nats;
}

std::vector<double> PassQueue::levels() const {
  std::vector<double> levels;
  for (const auto& row : rows_) {
    levels.push_back(row.level);
  }
  return levels;
}

torch::Tensor PassQueue::labels() const {
  std::vector<int64_t> labels;
  for (const auto& row : rows_) {
    labels.push_back(row.label);
  }
  return torch::tensor(labels, torch::kInt64);
}

}  // namespace veil
