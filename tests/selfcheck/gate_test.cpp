#include "veil/selfcheck/gate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "veil/selfcheck/selfcheck.h"

namespace veil {
namespace {

TEST(GateTest, FiguresInsideTheToleranceAndOnItsEdgePass) {
  EXPECT_TRUE(within("G1", "", 1.0, 1.25, 0.25).passed);
  EXPECT_FALSE(within("G1", "", 1.0, 1.26, 0.25).passed);
  EXPECT_FALSE(within("G1", "", 1.0, 0.74, 0.25).passed);
  EXPECT_TRUE(at_least("G2", "", 1.0, 9.0, 0.0).passed);
  EXPECT_TRUE(at_least("G2", "", 1.0, 0.75, 0.25).passed);
  EXPECT_FALSE(at_least("G2", "", 1.0, 0.74, 0.25).passed);
  EXPECT_TRUE(at_least("G2", "", 1.0, 9.0, 0.0).is_bound);
  EXPECT_FALSE(within("G1", "", 1.0, 1.25, 0.25).is_bound);
}

TEST(GateTest, WhatIsNotANumberFails) {
  const double nothing = std::nan("");
  EXPECT_FALSE(within("G1", "", 1.0, nothing, 0.1).passed);
  EXPECT_FALSE(within("G1", "", 1.0, 1.0, nothing).passed);
  EXPECT_FALSE(at_least("G1", "", 1.0, nothing, 0.1).passed);
  EXPECT_FALSE(at_least("G1", "", std::numeric_limits<double>::infinity(), 1.0, 0.1).passed);
}

TEST(GateTest, AGatePassesIfItWasTriedAndNoRowOfItFailed) {
  const std::vector<GateRow> rows{within("G1", "", 1, 1, 0), within("G2", "", 1, 2, 0), within("G1", "", 1, 1, 0)};
  EXPECT_TRUE(passed(rows, "G1"));
  EXPECT_FALSE(passed(rows, "G2"));
  EXPECT_FALSE(passed(rows, "G3"));
  EXPECT_FALSE(passed(rows));
}

TEST(SelfcheckTest, EveryGatePassesAsThisProgramStands) {
  int64_t last = 0;
  const auto rows = selfcheck({}, [&](int64_t done, int64_t all) {
    EXPECT_EQ(done, ++last);
    EXPECT_EQ(all, 6);
  });
  for (const auto& row : rows) {
    EXPECT_TRUE(row.passed) << row.gate << " " << row.what << ": truth " << row.truth << ", measured " << row.measured
                            << ", tolerance " << row.tolerance;
  }
  for (const char* gate : {"G1", "G2", "G3", "G6", "G7", "G8"}) {
    EXPECT_TRUE(passed(rows, gate)) << gate;
  }
}

}  // namespace
}  // namespace veil
