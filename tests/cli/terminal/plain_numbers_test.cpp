#include "cli/terminal/plain_numbers.h"

#include <gtest/gtest.h>

#include <limits>

namespace veil::cli {
namespace {

TEST(PlainNumbersTest, FixedRoundsToTheDigitsAskedFor) {
  EXPECT_EQ(fixed(8.0, 6), "8.000000");
  EXPECT_EQ(fixed(3.14159265, 3), "3.142");
  EXPECT_EQ(fixed(-0.5, 0), "-0");
  EXPECT_EQ(fixed(1e300, 0).size(), 301U);
  EXPECT_EQ(fixed(std::numeric_limits<double>::quiet_NaN(), 2), "nan");
}

TEST(PlainNumbersTest, SignificantKeepsWholeNumbersWhole) {
  EXPECT_EQ(significant(1234.5, 3), "1234");
  EXPECT_EQ(significant(12.345, 3), "12.3");
  EXPECT_EQ(significant(0.012345, 3), "0.0123");
  EXPECT_EQ(significant(0.0, 3), "0");
  EXPECT_EQ(significant(-0.0, 3), "0");
}

TEST(PlainNumbersTest, DurationsUseTwoUnitsAtMost) {
  EXPECT_EQ(duration_text(0.2), "0 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(185), "3 min 05 s");
  EXPECT_EQ(duration_text(7620), "2 h 07 min");
  EXPECT_EQ(duration_text(3 * 86400 + 4 * 3600 + 59), "3 d 04 h");
  EXPECT_EQ(duration_text(std::numeric_limits<double>::infinity()), "for ever");
}

}  // namespace
}  // namespace veil::cli
