#include "veil/data/batch_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

// `size` images of 2 x 2 pixels and one channel: pixel p of example i is 4*i + p.
TensorDataset toy_images(int64_t size) {
  const DatasetInfo info{.name = "toy", .split = "train", .shape = {2, 2, 1}, .class_names = {}};
  return {info, torch::arange(size * 4, torch::kInt64).to(torch::kUInt8).view({size, 4})};
}

std::vector<int64_t> to_vector(const torch::Tensor& tensor) {
  const auto flat = tensor.contiguous().view({-1});
  return {flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel()};
}

std::vector<int64_t> ids_of(BatchStream& stream, int64_t batches) {
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < batches; ++i) {
    const auto batch = to_vector(stream.next().example_ids);
    ids.insert(ids.end(), batch.begin(), batch.end());
  }
  return ids;
}

// Fails at the second batch; until then it behaves.
class BrokenDataset : public Dataset {
 public:
  const DatasetInfo& info() const override { return data_.info(); }
  int64_t size() const override { return data_.size(); }
  TokenBatch get(std::span<const int64_t> indices) const override {
    if (++calls_ == 2) {
      throw DataError("broken.bin: gone");
    }
    return data_.get(indices);
  }

 private:
  TensorDataset data_ = toy_images(8);
  mutable int calls_ = 0;
};

class SlowDataset : public Dataset {
 public:
  const DatasetInfo& info() const override { return data_.info(); }
  int64_t size() const override { return data_.size(); }
  TokenBatch get(std::span<const int64_t> indices) const override {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return data_.get(indices);
  }

 private:
  TensorDataset data_ = toy_images(8);
};

// Expected orders computed by a separate implementation of Philox4x32-10 and the shuffle, in Python.
TEST(BatchStreamTest, AnEpochsOrderIsTheDocumentedFunction) {
  EXPECT_EQ(epoch_order(10, 7, 0), (std::vector<int64_t>{2, 9, 8, 1, 3, 6, 0, 4, 5, 7}));
  EXPECT_EQ(epoch_order(10, 7, 3), (std::vector<int64_t>{8, 9, 1, 3, 7, 4, 6, 0, 5, 2}));
  EXPECT_EQ(epoch_order(10, 7 + (5ULL << 32), 3), (std::vector<int64_t>{2, 4, 0, 7, 8, 6, 3, 9, 5, 1}));
  EXPECT_TRUE(epoch_order(0, 7, 0).empty());
  EXPECT_EQ(epoch_order(1, 7, 0), std::vector<int64_t>{0});
}

TEST(BatchStreamTest, EveryPermutationIsEquallyLikely) {
  std::map<std::vector<int64_t>, int> counts;
  const int draws = 24000;
  for (int epoch = 0; epoch < draws; ++epoch) {
    ++counts[epoch_order(4, 1, epoch)];
  }
  double chi_square = 0.0;
  for (const auto& [order, count] : counts) {
    chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  }
  EXPECT_EQ(counts.size(), 24U);
  EXPECT_LT(chi_square, 49.7);  // 99.9 % point of 23 degrees of freedom
}

TEST(BatchStreamTest, EveryEpochVisitsEachExampleOnce) {
  const auto data = toy_images(10);
  BatchStream stream(data, {.batch_size = 3, .seed = 5});
  const auto visits = ids_of(stream, 10);  // three epochs, the batches across their borders
  std::vector<std::vector<int64_t>> epochs;
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    epochs.emplace_back(visits.begin() + epoch * 10, visits.begin() + (epoch + 1) * 10);
    EXPECT_EQ(epochs.back(), epoch_order(10, 5, epoch));
    std::sort(epochs.back().begin(), epochs.back().end());
    std::vector<int64_t> all(10);
    std::iota(all.begin(), all.end(), int64_t{0});
    EXPECT_EQ(epochs.back(), all);
  }
}

TEST(BatchStreamTest, ABatchMayBeLargerThanTheDataSet) {
  const auto data = toy_images(3);
  BatchStream stream(data, {.batch_size = 7});
  auto want = epoch_order(3, 0, 0);
  for (const int64_t epoch : {1, 2}) {
    const auto order = epoch_order(3, 0, epoch);
    want.insert(want.end(), order.begin(), order.end());
  }
  want.resize(7);
  EXPECT_EQ(to_vector(stream.next().example_ids), want);
}

TEST(BatchStreamTest, TokensAreTheSameWhateverThePrefetchIs) {
  const auto data = toy_images(10);
  BatchStream direct(data, {.batch_size = 4, .seed = 3, .horizontal_flips = true, .prefetch = 0});
  BatchStream one(data, {.batch_size = 4, .seed = 3, .horizontal_flips = true, .prefetch = 1});
  BatchStream many(data, {.batch_size = 4, .seed = 3, .horizontal_flips = true, .prefetch = 8});
  for (int step = 0; step < 12; ++step) {
    const auto want = direct.next();
    for (auto* stream : {&one, &many}) {
      const auto got = stream->next();
      EXPECT_TRUE(got.example_ids.equal(want.example_ids));
      EXPECT_TRUE(got.tokens.equal(want.tokens));
    }
  }
}

TEST(BatchStreamTest, SeekGoesOnWhereThatManyCallsWouldBe) {
  const auto data = toy_images(10);
  for (const int64_t prefetch : {0, 3}) {
    const BatchStreamOptions options{.batch_size = 4, .seed = 3, .horizontal_flips = true, .prefetch = prefetch};
    BatchStream walked(data, options);
    BatchStream jumped(data, options);
    (void)ids_of(walked, 11);
    (void)ids_of(jumped, 2);
    jumped.seek(11);
    EXPECT_EQ(jumped.position(), 11);
    EXPECT_TRUE(jumped.next().tokens.equal(walked.next().tokens));
    EXPECT_EQ(jumped.position(), 12);
    jumped.seek(0);
    BatchStream fresh(data, options);
    EXPECT_TRUE(jumped.next().tokens.equal(fresh.next().tokens));
  }
}

TEST(BatchStreamTest, FlipMirrorsRowsAndKeepsChannels) {
  std::vector<int64_t> tokens{1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
  flip_horizontally(tokens.data(), {.height = 2, .width = 3, .channels = 2});
  EXPECT_EQ(tokens, (std::vector<int64_t>{5, 6, 3, 4, 1, 2, 15, 16, 13, 14, 11, 12}));
}

// The flags come from the same separate implementation: high bit of word 0 of (seed 7, flip, epoch, example).
TEST(BatchStreamTest, FlipsDependOnEpochAndExampleOnly) {
  const std::vector<std::vector<int64_t>> flags{{1, 1, 0, 1, 0, 0, 1, 1, 0, 0}, {1, 0, 1, 0, 1, 1, 0, 1, 1, 1}};
  const auto data = toy_images(10);
  BatchStream stream(data, {.batch_size = 5, .seed = 7, .horizontal_flips = true});
  for (size_t visit = 0; visit < 20; visit += 5) {
    const auto batch = stream.next();
    const auto ids = to_vector(batch.example_ids);
    for (size_t i = 0; i < 5; ++i) {
      const auto first = batch.tokens[static_cast<int64_t>(i)][0].item<int64_t>();
      EXPECT_EQ(first, 4 * ids[i] + flags[visit / 10][static_cast<size_t>(ids[i])]) << "visit " << visit + i;
    }
  }
}

TEST(BatchStreamTest, NothingIsFlippedUnasked) {
  const auto data = toy_images(10);
  BatchStream stream(data, {.batch_size = 10, .seed = 7});
  const auto batch = stream.next();
  EXPECT_TRUE(batch.tokens.select(1, 0).equal(batch.example_ids * 4));
}

TEST(BatchStreamTest, WhatTheWorkerThrowsReachesTheCaller) {
  for (const int64_t prefetch : {0, 1, 4}) {
    const BrokenDataset data;
    BatchStream stream(data, {.batch_size = 2, .prefetch = prefetch});
    EXPECT_NO_THROW((void)stream.next());
    EXPECT_THROW((void)stream.next(), DataError);
    EXPECT_EQ(stream.position(), 1);
    stream.seek(1);
    EXPECT_NO_THROW((void)stream.next()) << "the third call succeeds again";
  }
}

TEST(BatchStreamTest, DestructionDoesNotWaitForBatchesNobodyWants) {
  const SlowDataset data;
  const auto start = std::chrono::steady_clock::now();
  {
    BatchStream full(data, {.batch_size = 2, .prefetch = 2});
    (void)full.next();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // its worker now waits for room
    BatchStream busy(data, {.batch_size = 2, .prefetch = 1000});
    (void)busy.next();
    const BatchStream unused(data, {.batch_size = 2, .prefetch = 2});
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(BatchStreamTest, RefusesOptionsOutOfRange) {
  const auto data = toy_images(10);
  EXPECT_THROW(BatchStream(data, {.batch_size = 0}), InvalidArgument);
  EXPECT_THROW(BatchStream(data, {.batch_size = 1, .prefetch = -1}), InvalidArgument);
  const TensorDataset text(
      {.name = "text", .split = "train", .kind = DataKind::kText, .shape = {1, 4, 1}, .class_names = {}},
      torch::zeros({3, 4}, torch::kUInt8));
  EXPECT_THROW(BatchStream(text, {.batch_size = 1, .horizontal_flips = true}), InvalidArgument);
  BatchStream stream(data, {.batch_size = 4});
  EXPECT_THROW(stream.seek(-1), InvalidArgument);
  EXPECT_THROW(stream.seek(int64_t{1} << 62), InvalidArgument);
}

}  // namespace
}  // namespace veil
