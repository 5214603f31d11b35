#include "veil/diffusion/reveal_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "veil/base/error.h"

namespace veil {
namespace {

const std::vector<const char*> kOrders{"raster", "bit-reversed", "random:3"};

TEST(RevealOrderTest, EveryOrderIsAPermutationForAnyShape) {
  for (const char* name : kOrders) {
    for (const TokenShape& shape :
         std::vector<TokenShape>{{1, 1, 1}, {1, 64, 1}, {28, 28, 1}, {3, 5, 3}, {32, 32, 3}, {4, 64, 1}}) {
      auto order = reveal_order(parse_reveal_order(name), shape);
      std::sort(order.begin(), order.end());
      std::vector<int64_t> all(static_cast<size_t>(shape.length()));
      std::iota(all.begin(), all.end(), 0);
      EXPECT_EQ(order, all) << name << " " << shape.height << "x" << shape.width;
    }
  }
}

TEST(RevealOrderTest, BitReversalSpreadsAndSkips) {
  const auto order = [](const TokenShape& shape) { return reveal_order(parse_reveal_order("bit-reversed"), shape); };
  EXPECT_EQ(order({1, 8, 1}), (std::vector<int64_t>{0, 4, 2, 6, 1, 5, 3, 7}));
  EXPECT_EQ(order({1, 6, 1}), (std::vector<int64_t>{0, 4, 2, 1, 5, 3}));
  const auto image = order({4, 4, 1});  // corners of the coarsest squares first
  EXPECT_EQ((std::vector<int64_t>(image.begin(), image.begin() + 4)), (std::vector<int64_t>{0, 8, 2, 10}));
  EXPECT_EQ(order({2, 1, 3}), (std::vector<int64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(RevealOrderTest, TextsGiveTheOrderAndBack) {
  for (const char* name : kOrders) {
    EXPECT_EQ(reveal_order_name(parse_reveal_order(name)), name);
  }
  EXPECT_NE(reveal_order(parse_reveal_order("random:3"), {1, 64, 1}),
            reveal_order(parse_reveal_order("random:4"), {1, 64, 1}));
  for (const char* name : {"", "Raster", "random", "random:", "random:-1", "random:3x"}) {
    EXPECT_THROW((void)parse_reveal_order(name), InvalidArgument) << name;
  }
}

TEST(RevealOrderTest, GroupsAreEqualOrAsGiven) {
  EXPECT_EQ(reveal_group_sizes({}, 3), (std::vector<int64_t>{1, 1, 1}));
  EXPECT_EQ(reveal_group_sizes({.groups = 3}, 8), (std::vector<int64_t>{2, 3, 3}));
  EXPECT_EQ(reveal_group_sizes({.group_sizes = {1, 7}}, 8), (std::vector<int64_t>{1, 7}));
  EXPECT_THROW((void)reveal_group_sizes({.groups = 9}, 8), InvalidArgument);
  EXPECT_THROW((void)reveal_group_sizes({.groups = -1}, 8), InvalidArgument);
  EXPECT_THROW((void)reveal_group_sizes({.group_sizes = {1, 6}}, 8), InvalidArgument);
  EXPECT_THROW((void)reveal_group_sizes({.group_sizes = {0, 8}}, 8), InvalidArgument);
}

}  // namespace
}  // namespace veil
