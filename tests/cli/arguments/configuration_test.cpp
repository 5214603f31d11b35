#include "cli/arguments/configuration.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

class ConfigurationTest : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& text) {
    const auto path = folder_.path() / "run.cfg";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  TempFolder folder_;
};

TEST_F(ConfigurationTest, FlagsWinOverTheFileAndTheFileOverTheDefaults) {
  Arguments arguments;
  arguments.flags["config"] = write("[train]\nsteps = 3\nbatch_size = 5\n").string();
  arguments.settings = {{"train.steps", "4"}};
  const io::RunConfig config = configuration(arguments);
  EXPECT_EQ(config.train.steps, 4);
  EXPECT_EQ(config.train.batch_size, 5);
  EXPECT_EQ(config.train.log_every, io::RunConfig{}.train.log_every);
}

TEST_F(ConfigurationTest, TheResolvedConfigurationIsCheckedAsAWhole) {
  Arguments arguments;
  arguments.flags["config"] = write("[train]\nmicro_batch_size = 3\n").string();
  arguments.settings = {{"train.batch_size", "9"}};
  EXPECT_NO_THROW((void)configuration(arguments));
  arguments.settings = {{"train.batch_size", "10"}};
  EXPECT_THROW((void)configuration(arguments), InvalidArgument);
}

}  // namespace
}  // namespace veil::cli
