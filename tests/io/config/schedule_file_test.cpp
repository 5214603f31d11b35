#include "io/config/schedule_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "veil/base/error.h"
#include "veil/io/config/run_config.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

class ScheduleFileTest : public testing::Test {
 protected:
  [[nodiscard]] std::string write(const std::string& content) const {
    std::ofstream(file_) << content;
    return file_.string();
  }

  [[nodiscard]] std::string refusal(const std::string& content) const {
    try {
      (void)read_schedule(write(content));
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  }

  fs::path file_ = fs::path(testing::TempDir()) / "steep.csv";
};

TEST_F(ScheduleFileTest, HoldsATimeAndAnAlphaALine) {
  const auto found = read_schedule(write("# mine\ntime, alpha\r\n0,1\n\n0.25 0.75 # here\n5e-1;\t.125\n1,0"));
  EXPECT_EQ(found.name, "steep");
  EXPECT_EQ(schedule_name(found.options), "table(0:1 0.25:0.75 0.5:0.125 1:0)");
}

TEST_F(ScheduleFileTest, SaysWhereAndWhy) {
  EXPECT_NE(refusal("0,1\n0.5,0.5,0.5\n1,0\n").find("steep.csv:2: '0.5,0.5,0.5', want a time and an alpha"),
            std::string::npos);
  EXPECT_NE(refusal("time,alpha\ntime,alpha\n1,0\n").find("steep.csv:2"), std::string::npos);
  EXPECT_NE(refusal("0,1\n0.5,0.5\n").find("steep.csv: the schedule is a table from 0:1 to 0.5:0.5"),
            std::string::npos);
  EXPECT_NE(refusal("").find("of 0 points"), std::string::npos);
  EXPECT_THROW((void)read_schedule("there-is-none.csv"), DataError);
  EXPECT_THROW((void)read_schedule("steep.txt"), InvalidArgument);
}

TEST_F(ScheduleFileTest, OtherTextsAreTheirNames) {
  EXPECT_EQ(read_schedule("poly2").name, "poly2");
  EXPECT_EQ(read_schedule("cosine").options.kind, ScheduleKind::kCosine);
}

TEST_F(ScheduleFileTest, ASettingKeepsWhatWasReadNotTheNameOfTheFile) {
  RunConfig config;
  set(config, "schedule.kind", write("0,1\n0.5,0.25\n1,0\n"));
  fs::remove(file_);
  EXPECT_EQ(get(config, "schedule.kind"), "table(0:1 0.5:0.25 1:0)");
  RunConfig again;
  set(again, "schedule.kind", get(config, "schedule.kind"));
  EXPECT_EQ(again.schedule, config.schedule);
}

}  // namespace
}  // namespace veil::io
