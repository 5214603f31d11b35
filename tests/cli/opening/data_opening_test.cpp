#include "cli/opening/data_opening.h"

#include <gtest/gtest.h>

#include <string>

namespace veil::cli {
namespace {

DatasetInfo data(const std::string& fingerprint) {
  DatasetInfo info{.name = "letters", .split = "test", .shape = {}};
  info.fingerprint = fingerprint;
  return info;
}

std::string warning(const std::string& scored, const std::string& trained) {
  testing::internal::CaptureStderr();
  warn_of_training_data(data(scored), data(trained));
  return testing::internal::GetCapturedStderr();
}

TEST(DataOpeningTest, OnlyEqualFingerprintsAreTheSameExamples) {
  EXPECT_EQ(warning("a", "b"), "");
  EXPECT_EQ(warning("", ""), "");
  EXPECT_EQ(warning("a", ""), "");
  EXPECT_EQ(warning("a", "a"),
            "veil: warning: what is scored is what is trained on (letters, test): the figure says nothing of other "
            "data\n");
}

}  // namespace
}  // namespace veil::cli
