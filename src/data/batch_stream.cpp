#include "veil/data/batch_stream.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include "base/torch.h"
#include "veil/base/error.h"
#include "veil/base/random.h"

namespace veil {
namespace {

void check_options(const Dataset& dataset, const BatchStreamOptions& options) {
  require(options.batch_size > 0, "batch_size is ", options.batch_size, ", want a positive number");
  require(options.prefetch >= 0, "prefetch is ", options.prefetch, ", want 0 or more");
  require(dataset.size() > 0, dataset.info().name, ": no examples to train on");
  require(!options.horizontal_flips || dataset.info().kind == DataKind::kImage, dataset.info().name,
          ": horizontal_flips is on, but the examples are not images");
}

}  // namespace

std::vector<int64_t> epoch_order(int64_t size, uint64_t seed, int64_t epoch) {
  require(epoch >= 0, "epoch is ", epoch, ", want 0 or more");
  return permutation({.seed = seed, .purpose = NoisePurpose::kShuffle, .round = static_cast<uint64_t>(epoch)}, size);
}

void flip_horizontally(int64_t* tokens, const TokenShape& shape) {
  for (int64_t y = 0; y < shape.height; ++y) {
    int64_t* row = tokens + y * shape.width * shape.channels;
    for (int64_t left = 0, right = shape.width - 1; left < right; ++left, --right) {
      std::swap_ranges(row + left * shape.channels, row + (left + 1) * shape.channels, row + right * shape.channels);
    }
  }
}

class BatchStream::Impl {
 public:
  Impl(const Dataset& dataset, const BatchStreamOptions& options) : dataset_(dataset), options_(options) {
    check_options(dataset, options);
  }

  TokenBatch next() {
    auto batch = options_.prefetch == 0 ? make_batch(position_) : take();
    ++position_;
    return batch;
  }

  int64_t position() const { return position_; }

  void seek(int64_t step) {
    const auto limit = std::numeric_limits<int64_t>::max() / options_.batch_size;
    require(step >= 0 && step < limit, "step is ", step, ", want [0, ", limit, ")");
    worker_ = {};  // asks the thread to stop and joins it; the next call of next() starts another
    queue_.clear();
    position_ = step;
  }

 private:
  // What the worker hands over: a batch, or the reason why there is none.
  struct Slot {
    TokenBatch batch;
    std::exception_ptr error;
  };

  TokenBatch take() {
    if (!worker_.joinable()) {
      worker_ = std::jthread([this, step = position_](const std::stop_token& stop) { work(stop, step); });
    }
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !queue_.empty(); });
    if (queue_.front().error) {
      std::rethrow_exception(queue_.front().error);  // stays in front: later calls fail alike, until seek()
    }
    auto batch = std::move(queue_.front().batch);
    queue_.pop_front();
    emptied_.notify_one();
    return batch;
  }

  void work(const std::stop_token& stop, int64_t step) {
    for (bool failed = false; !failed; ++step) {
      Slot slot;
      try {
        slot.batch = make_batch(step);
      } catch (...) {
        slot.error = std::current_exception();
        failed = true;
      }
      std::unique_lock lock(mutex_);
      const auto has_room = [this] { return static_cast<int64_t>(queue_.size()) < options_.prefetch; };
      if (!emptied_.wait(lock, stop, has_room) || stop.stop_requested()) {
        return;
      }
      queue_.push_back(std::move(slot));
      filled_.notify_one();
    }
  }

  // Only one thread at a time computes batches: the worker, or without one the caller.
  TokenBatch make_batch(int64_t step) {
    const auto first = step * options_.batch_size;
    std::vector<int64_t> ids(static_cast<size_t>(options_.batch_size));
    std::vector<int64_t> epochs(ids.size());
    for (size_t i = 0; i < ids.size(); ++i) {
      const auto visit = first + static_cast<int64_t>(i);
      epochs[i] = visit / dataset_.size();
      ids[i] = order_of(epochs[i])[static_cast<size_t>(visit % dataset_.size())];
    }
    auto batch = dataset_.get(ids);
    if (options_.horizontal_flips) {
      flip_some(batch, ids, epochs);
    }
    return batch;
  }

  const std::vector<int64_t>& order_of(int64_t epoch) {
    if (epoch != order_epoch_) {
      order_ = epoch_order(dataset_.size(), options_.seed, epoch);
      order_epoch_ = epoch;
    }
    return order_;
  }

  void flip_some(TokenBatch& batch, const std::vector<int64_t>& ids, const std::vector<int64_t>& epochs) const {
    batch.tokens = batch.tokens.contiguous();
    const auto& shape = dataset_.info().shape;
    auto* tokens = batch.tokens.data_ptr<int64_t>();
    for (size_t i = 0; i < ids.size(); ++i, tokens += shape.length()) {
      const NoiseKey key{options_.seed, NoisePurpose::kFlip, static_cast<uint64_t>(epochs[i])};
      if ((philox_word(key, static_cast<uint64_t>(ids[i]), 0) >> 31) != 0) {
        flip_horizontally(tokens, shape);
      }
    }
  }

  const Dataset& dataset_;
  BatchStreamOptions options_;
  int64_t position_ = 0;
  int64_t order_epoch_ = -1;
  std::vector<int64_t> order_;
  std::mutex mutex_;
  std::condition_variable_any filled_;
  std::condition_variable_any emptied_;
  std::deque<Slot> queue_;
  std::jthread worker_;  // last, so that it is joined before anything it uses goes
};

BatchStream::BatchStream(const Dataset& dataset, const BatchStreamOptions& options)
    : impl_(std::make_unique<Impl>(dataset, options)) {}
BatchStream::~BatchStream() = default;
TokenBatch BatchStream::next() { return impl_->next(); }
int64_t BatchStream::position() const { return impl_->position(); }
void BatchStream::seek(int64_t step) { impl_->seek(step); }

}  // namespace veil
