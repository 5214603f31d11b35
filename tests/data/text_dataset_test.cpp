#include "veil/data/text_dataset.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

DatasetInfo info_of(int64_t length) {
  return {.name = "letters", .split = "train", .shape = {1, length, 1}, .vocab_size = 10, .classes = 0};
}

TEST(TextDataset, StrideOneGivesEveryWindow) {
  const TextDataset text(info_of(3), {0, 1, 2, 3, 4}, 1);
  ASSERT_EQ(text.size(), 3);
  const std::vector<int64_t> indices{2, 0};
  const auto batch = text.get(indices);
  EXPECT_TRUE(batch.tokens.equal(torch::tensor({{2, 3, 4}, {0, 1, 2}})));
  EXPECT_TRUE(batch.example_ids.equal(torch::tensor({2, 0})));
}

TEST(TextDataset, WindowsBesideEachOtherLeaveTheTailOut) {
  const TextDataset text(info_of(2), {0, 1, 2, 3, 4}, 2);
  ASSERT_EQ(text.size(), 2);
  const std::vector<int64_t> indices{1};
  EXPECT_TRUE(text.get(indices).tokens.equal(torch::tensor({{2, 3}})));
  const std::vector<int64_t> outside{2};
  EXPECT_THROW((void)text.get(outside), InvalidArgument);
}

TEST(TextDataset, RefusesWhatDoesNotFit) {
  EXPECT_THROW(TextDataset(info_of(3), {0, 1}, 1), InvalidArgument);
  EXPECT_THROW(TextDataset(info_of(1), {10}, 1), InvalidArgument);
  EXPECT_THROW(TextDataset(info_of(1), {1}, 0), InvalidArgument);
}

}  // namespace
}  // namespace veil
