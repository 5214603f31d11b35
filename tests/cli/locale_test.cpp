#include <gtest/gtest.h>

#include <clocale>
#include <cstdio>
#include <fstream>
#include <locale>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "cli/arguments/configuration.h"
#include "cli/terminal/evaluation_output.h"
#include "cli/terminal/plain_numbers.h"
#include "cli/terminal/progress.h"
#include "io/config/config_file.h"
#include "io/run/evaluation_file.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

// The locale of a German user, for C and C++ alike: 0,5 and 1.000.000.
class LocaleTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const char* name = "de_DE.UTF-8";
    ASSERT_NE(std::setlocale(LC_ALL, name), nullptr) << "LOCPATH holds no " << name;
    std::locale::global(std::locale(name));
    char text[8];
    std::snprintf(text, sizeof text, "%.1f", 0.5);
    ASSERT_STREQ(text, "0,5");
    std::ostringstream stream;
    stream << 1000000;
    ASSERT_EQ(stream.str(), "1.000.000");
  }
};

TEST_F(LocaleTest, ConfigurationsAreReadAndWrittenWithAPoint) {
  const TempFolder folder;
  write_bytes(folder.path() / "run.cfg", "[optimizer]\nlearning_rate = 0.1\n[train]\nsteps = 1000000\n");
  io::RunConfig config;
  read_config_file(folder.path() / "run.cfg", config);
  EXPECT_EQ(config.optimizer.learning_rate, 0.1);
  EXPECT_NE(io::to_ini(config).find("\nlearning_rate = 0.1\n"), std::string::npos);
  EXPECT_NE(io::to_ini(config).find("\nsteps = 1000000\n"), std::string::npos);
  const io::RunConfig read = io::from_json(io::to_json(config), "x");
  EXPECT_EQ(read.optimizer.learning_rate, 0.1);
  EXPECT_THROW(io::set(config, "optimizer.learning_rate", "0,1"), InvalidArgument);
}

TEST_F(LocaleTest, TheNameOfAScheduleIsTheSame) {
  io::RunConfig config;
  io::set(config, "schedule.kind", "poly0.5");
  EXPECT_EQ(config.schedule.exponent, 0.5);
  EXPECT_EQ(io::get(config, "schedule.kind"), "poly0.5");
}

TEST_F(LocaleTest, MessagesNameNumbersWithoutGrouping) {
  io::RunConfig config;
  try {
    io::set(config, "train.batch_size", "0");
    FAIL() << "nothing was thrown";
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "train.batch_size is 0, want an integer in [1, 1000000]");
  }
}

TEST_F(LocaleTest, ResultsAreWrittenWithAPoint) {
  EvaluationReport report;
  report.bits_per_dim = 1234.5;
  report.examples = 1000000;
  EXPECT_NE(evaluation_text(report).find("bits/dim 1234.500000"), std::string::npos) << evaluation_text(report);
  EXPECT_NE(evaluation_text(report).find(", 1000000 examples"), std::string::npos);
  EXPECT_NE(io::evaluation_to_json(report).find("\"bits_per_dim\":1234.5,"), std::string::npos)
      << io::evaluation_to_json(report);
  EXPECT_EQ(fixed(0.5, 2), "0.50");
}

TEST_F(LocaleTest, ProgressIsWrittenWithAPoint) {
  std::ostringstream out;
  {
    ProgressReporter progress({.label = "train", .total = 1000000},
                              {.stream = &out, .clock = [] { return 0.0; }, .style = {}, .background = false});
    progress.advance(1000000, 2.5);
  }
  EXPECT_EQ(out.str(), "train 1000000/1000000, no rate yet, took 0 s, 2.5000 bits/dim\n");
}

}  // namespace
}  // namespace veil::cli
