#include "io/run/run_folder.h"

#include <gtest/gtest.h>

#include <string>

#include "io/run/powers_file.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

TEST(RunFolderTest, IsHeldByOneAtATime) {
  const TempFolder folder;
  const auto path = folder.path() / "run";
  {
    const RunFolder run(path, /*fresh=*/false);
    EXPECT_THROW(RunFolder(path, false), InvalidArgument);
  }
  const RunFolder again(path, /*fresh=*/true);  // a lock alone is no run
}

TEST(RunFolderTest, AFolderOfSomethingElseIsRefused) {
  const TempFolder folder;
  write_bytes(folder.path() / "thesis.txt", "mine");
  EXPECT_THROW(RunFolder(folder.path(), false), InvalidArgument);
  EXPECT_THROW(RunFolder(folder.path() / "thesis.txt", false), InvalidArgument);
}

TEST(RunFolderTest, TheConfigurationIsReadBack) {
  const TempFolder folder;
  RunFolder run(folder.path(), /*fresh=*/true);
  EXPECT_FALSE(run.config().has_value());
  RunConfig config;
  set(config, "train.steps", "17");
  set(config, "evaluate.passes", "4");
  run.write_config(config);
  EXPECT_EQ(to_ini(run.config().value()), to_ini(config));
  set(config, "evaluate.passes", "6");
  run.write_config(config);
  EXPECT_EQ(run.config().value().evaluate.passes, 6);
}

TEST(RunFolderTest, AStartThatFailsLeavesNothing) {
  const TempFolder folder;
  { const RunFolder run(folder.path() / "new", /*fresh=*/false); }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "new"));
  std::filesystem::create_directory(folder.path() / "empty");
  { const RunFolder run(folder.path() / "empty", /*fresh=*/false); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "empty"));
  {
    RunFolder run(folder.path() / "new", /*fresh=*/false);
    run.write_config({});
  }
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "new" / "config.cfg"));
}

TEST(RunFolderTest, DamagedLinesOfALogAreDroppedAndTold) {
  const TempFolder folder;
  RunFolder run(folder.path(), /*fresh=*/true);
  write_bytes(run.layout().log, "{\"step\":\"one\"}\n{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n");
  write_bytes(run.layout().timing, "{\"step\":1}\n{\"step\":2}\n{\"st");  // a kill cuts the last line: no damage
  const auto notes = run.rewind_logs(2);
  EXPECT_EQ(read_bytes(run.layout().log), "{\"step\":1}\n{\"step\":2}\n");
  EXPECT_EQ(read_bytes(run.layout().timing), "{\"step\":1}\n{\"step\":2}\n");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0], run.layout().log.string() + ": 1 damaged line is dropped, want JSON objects with a step");
}

TEST(PowersFileTest, IsReadBackAndRefusesAnythingElse) {
  const TempFolder folder;
  const auto file = folder.path() / "powers.json";
  write_powers(file, {0.5, 2.0});
  EXPECT_EQ(read_bytes(file), "{\"powers\":[0.5,2.0]}\n");
  EXPECT_EQ(read_powers(file), (std::vector<double>{0.5, 2.0}));
  for (const char* text : {"", "[]", "{}", R"({"powers":3})", R"({"powers":["1"]})"}) {
    write_bytes(file, text);
    EXPECT_THROW((void)read_powers(file), DataError) << text;
  }
}

}  // namespace
}  // namespace veil::io
