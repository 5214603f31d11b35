#include "veil/base/option.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace veil {
namespace {

template <typename Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const InvalidOption& error) {
    return error.what();
  }
  return "";
}

TEST(RangeTest, EndsBelongToItUnlessTheyAreOpen) {
  const Range closed{.low = 0.0, .high = 1.0};
  EXPECT_TRUE(contains(closed, 0.0) && contains(closed, 1.0) && contains(closed, 0.5));
  EXPECT_FALSE(contains(closed, std::nextafter(0.0, -1.0)) || contains(closed, std::nextafter(1.0, 2.0)));
  const Range open{.low = 0.0, .high = 1.0, .open_low = true, .open_high = true};
  EXPECT_FALSE(contains(open, 0.0) || contains(open, 1.0));
  EXPECT_TRUE(contains(open, std::numeric_limits<double>::denorm_min()));
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_FALSE(contains({.low = 0.0, .high = std::numeric_limits<double>::infinity()}, value)) << value;
  }
}

TEST(RangeTest, IntegersAreMultiplesBetweenBothEnds) {
  const IntegerRange range{.low = 4, .high = 12, .multiple_of = 4};
  for (int64_t value = -4; value <= 16; ++value) {
    EXPECT_EQ(contains(range, value), value == 4 || value == 8 || value == 12) << value;
  }
}

TEST(RangeTest, WordsSayWhatIsAllowed) {
  EXPECT_EQ(describe(Range{.low = 0.0, .high = 10.0, .open_low = true}), "a number in (0, 10]");
  EXPECT_EQ(describe(Range{.low = 0.25, .high = 1e6, .open_high = true}), "a number in [0.25, 1e+06)");
  EXPECT_EQ(describe(IntegerRange{.low = 0, .high = 1'000'000}), "an integer in [0, 1000000]");
  EXPECT_EQ(describe(IntegerRange{.low = 4, .high = 64, .multiple_of = 4}), "a multiple of 4 in [4, 64]");
}

TEST(InvalidOptionTest, SaysFieldValueAndWhatIsWanted) {
  EXPECT_EQ(message_of([] { check_option({"rate"}, 0.1 + 0.2, Range{.low = 0.0, .high = 0.25}); }),
            "rate is 0.30000000000000004, want a number in [0, 0.25]");
  EXPECT_EQ(message_of([] { check_option({"layers"}, int64_t{-3}, IntegerRange{.low = 0, .high = 9}); }),
            "layers is -3, want an integer in [0, 9]");
  EXPECT_EQ(message_of([] { check_option({"layers"}, int64_t{9}, IntegerRange{.low = 0, .high = 9}); }), "");
}

TEST(InvalidOptionTest, EveryFieldIsRenamedAndNothingElse) {
  try {
    require<InvalidOption>(false, Field{"width"}, " is 5, want a width of ", Field{"heads"}, " times 2; width!");
  } catch (const InvalidOption& error) {
    EXPECT_STREQ(error.what(), "width is 5, want a width of heads times 2; width!");
    EXPECT_EQ(error.message([](std::string_view field) { return concat("[", field, "]"); }),
              "[width] is 5, want a width of [heads] times 2; width!");
    return;
  }
  FAIL() << "nothing was thrown";
}

}  // namespace
}  // namespace veil
