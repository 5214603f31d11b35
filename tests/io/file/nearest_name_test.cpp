#include "io/file/nearest_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace veil::io {
namespace {

const std::vector<std::string> kNames{"train.steps", "train.seed", "model.layers", "model.width"};

// Distances worked out by hand.
TEST(NearestNameTest, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0);
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("abc", ""), 3);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance("steps", "setps"), 1);
  EXPECT_EQ(edit_distance("flaw", "lawn"), 2);
}

TEST(NearestNameTest, FindsAMisspeltName) {
  EXPECT_EQ(nearest_name("model.layer", kNames), "model.layers");
  EXPECT_EQ(nearest_name("tran.step", kNames), "train.steps");
  EXPECT_EQ(did_you_mean("model.widht", kNames), " (did you mean model.width?)");
}

TEST(NearestNameTest, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("data.transform", kNames), "");
  EXPECT_EQ(nearest_name(std::string(1 << 20, 'x'), kNames), "");
  EXPECT_EQ(did_you_mean("zzz", kNames), "");
}

}  // namespace
}  // namespace veil::io
