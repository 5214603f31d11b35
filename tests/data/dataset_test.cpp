#include "veil/data/dataset.h"

#include <gtest/gtest.h>

#include <functional>
#include <span>
#include <vector>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

DatasetInfo info_of(int64_t classes = 3) {
  return {.name = "toy", .split = "train", .shape = {1, 2, 1}, .vocab_size = 10, .classes = classes, .class_names = {}};
}

torch::Tensor tokens_of(std::vector<int64_t> values) { return torch::tensor(values).to(torch::kUInt8).view({-1, 2}); }

TEST(DatasetTest, GivesTheExamplesInTheOrderAsked) {
  const TensorDataset data(info_of(), tokens_of({0, 1, 2, 3, 4, 5}), torch::tensor({2, 0, 1}, torch::kInt64));
  const std::vector<int64_t> indices{2, 0, 2};
  const auto batch = data.get(indices);
  EXPECT_TRUE(batch.tokens.equal(torch::tensor({{4, 5}, {0, 1}, {4, 5}}, torch::kInt64)));
  EXPECT_TRUE(batch.labels.value().equal(torch::tensor({1, 2, 1}, torch::kInt64)));
  EXPECT_TRUE(batch.example_ids.equal(torch::tensor({2, 0, 2}, torch::kInt64)));
}

TEST(DatasetTest, HasNoLabelsWhereTheDataHaveNone) {
  const TensorDataset data(info_of(0), tokens_of({0, 1}));
  EXPECT_FALSE(data.get(std::vector<int64_t>{0}).labels.has_value());
}

// A data set of somebody else, which can do no more than it must.
class Numbers : public Dataset {
 public:
  explicit Numbers(int64_t classes) : info_(info_of(classes)) {}
  const DatasetInfo& info() const override { return info_; }
  int64_t size() const override { return 600; }
  TokenBatch get(std::span<const int64_t> indices) const override {
    const auto ids = torch::tensor(std::vector<int64_t>(indices.begin(), indices.end()));
    TokenBatch batch{.tokens = torch::zeros({ids.size(0), 2}, torch::kInt64), .labels = {}, .example_ids = ids};
    if (info_.classes > 0) {
      batch.labels = ids % info_.classes;
    }
    return batch;
  }

 private:
  DatasetInfo info_;
};

TEST(DatasetTest, LabelsAreThoseOfAllExamples) {
  const auto labels = torch::tensor({2, 0, 1}, torch::kInt64);
  const TensorDataset data(info_of(), tokens_of({0, 1, 2, 3, 4, 5}), labels);
  EXPECT_TRUE(data.labels().equal(labels));
  data.labels().fill_(0);
  EXPECT_TRUE(data.labels().equal(labels)) << "they are the caller's to change";
  EXPECT_FALSE(TensorDataset(info_of(0), tokens_of({0, 1})).labels().defined());
  EXPECT_TRUE(Numbers(7).labels().equal(torch::arange(600) % 7));
  EXPECT_FALSE(Numbers(0).labels().defined());
}

TEST(DatasetTest, NamesAreKeptOrEmpty) {
  const auto tokens = tokens_of({0, 1, 2, 3});
  const TensorDataset named(info_of(0), tokens, {}, {"a.png", "b/ö.png"});
  EXPECT_EQ(named.name(1), "b/ö.png");
  EXPECT_EQ(TensorDataset(info_of(0), tokens).name(1), "");
  EXPECT_EQ(Numbers(0).name(599), "");
  EXPECT_THROW((void)named.name(2), InvalidArgument);
  EXPECT_THROW((void)Numbers(0).name(600), InvalidArgument);
  EXPECT_THROW(TensorDataset(info_of(0), tokens, {}, {"a.png"}), InvalidArgument);
}

TEST(DatasetTest, ABatchIsTheCallersToChange) {
  const TensorDataset data(info_of(0), tokens_of({7, 8}));
  data.get(std::vector<int64_t>{0}).tokens.fill_(0);
  EXPECT_TRUE(data.get(std::vector<int64_t>{0}).tokens.equal(torch::tensor({{7, 8}}, torch::kInt64)));
}

TEST(DatasetTest, RefusesAnIndexOutside) {
  const TensorDataset data(info_of(0), tokens_of({0, 1}));
  EXPECT_THROW((void)data.get(std::vector<int64_t>{1}), InvalidArgument);
  EXPECT_THROW((void)data.get(std::vector<int64_t>{-1}), InvalidArgument);
}

TEST(DatasetTest, RefusesWhatDoesNotFitTogether) {
  const auto tokens = tokens_of({0, 1, 2, 3});
  const auto labels = torch::tensor({0, 2}, torch::kInt64);
  EXPECT_NO_THROW(TensorDataset(info_of(), tokens, labels));
  EXPECT_THROW(TensorDataset(info_of(), torch::empty({0, 2}, torch::kUInt8), labels), InvalidArgument);
  EXPECT_THROW(TensorDataset(info_of(), tokens.view({1, 4}), labels), InvalidArgument);
  EXPECT_THROW(TensorDataset(info_of(), tokens.to(torch::kInt64), labels), InvalidArgument);
  EXPECT_THROW(TensorDataset(info_of(), tokens_of({0, 1, 2, 10}), labels), InvalidArgument) << "10 is the mask token";
  EXPECT_THROW(TensorDataset(info_of(), tokens, torch::tensor({0, 3}, torch::kInt64)), InvalidArgument);
  EXPECT_THROW(TensorDataset(info_of(), tokens, torch::tensor({-1, 0}, torch::kInt64)), InvalidArgument);
  EXPECT_THROW(TensorDataset(info_of(), tokens, torch::tensor({0}, torch::kInt64)), InvalidArgument);
  EXPECT_THROW(TensorDataset(info_of(), tokens), InvalidArgument) << "classes without labels";
  auto named = info_of();
  named.class_names = {"one", "two"};
  EXPECT_THROW(TensorDataset(named, tokens, labels), InvalidArgument);
}

}  // namespace
}  // namespace veil
