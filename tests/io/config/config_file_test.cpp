#include "io/config/config_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "io/config/config_scan.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

class ConfigFileTest : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& text) {
    const auto path = folder_.path() / "run.cfg";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  RunConfig read(const std::string& text) {
    RunConfig config;
    read_config_file(write(text), config);
    return config;
  }

  // The message without the folder, or "" if nothing was thrown.
  template <typename Error>
  std::string refusal(const std::string& text) {
    try {
      (void)read(text);
    } catch (const Error& error) {
      const std::string message = error.what();
      const std::string folder = folder_.path().string() + "/";
      return message.starts_with(folder) ? message.substr(folder.size()) : message;
    }
    return "";
  }

  TempFolder folder_;
};

TEST_F(ConfigFileTest, ReadsSectionsKeysAndComments) {
  const RunConfig config = read(
      "# a run\n; another comment\n\n[model]\nlayers = 8   # fewer\n width=64\n[train]\nsteps =11\n\n[data]\n"
      "source = my images/a=b\n");
  EXPECT_EQ(config.model.layers, 8);
  EXPECT_EQ(config.model.width, 64);
  EXPECT_EQ(config.train.steps, 11);
  EXPECT_EQ(config.data.source, "my images/a=b");
  EXPECT_EQ(config.train.batch_size, RunConfig{}.train.batch_size);
}

TEST_F(ConfigFileTest, AcceptsCarriageReturnsAndAByteOrderMark) {
  const RunConfig config = read("\xef\xbb\xbf[train]\r\nsteps = 7\r\n\r\nseed = 5");
  EXPECT_EQ(config.train.steps, 7);
  EXPECT_EQ(config.train.seed, 5U);
}

TEST_F(ConfigFileTest, AnEmptyFileChangesNothing) {
  for (const std::string& text : std::vector<std::string>{"", "\n", "[train]\n", "# nothing"}) {
    EXPECT_EQ(to_json(read(text)), to_json({}));
  }
}

TEST_F(ConfigFileTest, ReadsBackWhatTheProgramWrites) {
  RunConfig config;
  set(config, "optimizer.learning_rate", "0.1");
  set(config, "model.width_multipliers", "1,2");
  set(config, "schedule.kind", "poly0.5");
  set(config, "data.source", "a; b [c] = d");
  EXPECT_EQ(to_json(read(to_ini(config))), to_json(config));
}

TEST_F(ConfigFileTest, AnUnknownKeyIsRefusedWithItsLineAndTheNearest) {
  EXPECT_EQ(refusal<InvalidArgument>("[train]\nsteps = 3\n\n[model]\nlayer = 8\n"),
            "run.cfg:5: unknown key model.layer (did you mean model.layers?)");
  EXPECT_EQ(refusal<InvalidArgument>("[modle]\nlayers = 8\n"),
            "run.cfg:2: unknown key modle.layers (did you mean model.layers?)");
  EXPECT_EQ(refusal<InvalidArgument>("[train]\ntrain.seed=5\n"),
            "run.cfg:2: unknown key train.train.seed (did you mean seed? it stands in [train] already)");
  EXPECT_EQ(refusal<InvalidArgument>("steps = 8\n"), "run.cfg:1: unknown key steps (did you mean train.steps?)");
}

TEST_F(ConfigFileTest, AValueOutOfRangeIsRefusedWithItsLine) {
  EXPECT_EQ(refusal<InvalidArgument>("[train]\r\n\r\nbatch_size = 0\r\n"),
            "run.cfg:3: train.batch_size is 0, want an integer in [1, 1000000]");
  EXPECT_EQ(refusal<InvalidArgument>("[train]\nsteps =\n"),
            "run.cfg:2: train.steps is empty, want an integer in [0, 1000000000]");
  EXPECT_EQ(refusal<InvalidArgument>("[optimizer]\nlearning_rate = 0,1\n"),
            "run.cfg:2: optimizer.learning_rate is 0,1, want a number in (0, 10]");
}

TEST_F(ConfigFileTest, AKeyThatStandsTwiceIsRefusedWithBothLines) {
  EXPECT_EQ(refusal<InvalidArgument>("[train]\nsteps = 3\n[model]\nlayers = 2\n[train]\nsteps = 3\n"),
            "run.cfg:6: train.steps stands twice, first in line 2");
}

TEST_F(ConfigFileTest, WhatIsNotAnIniFileIsRefusedAsData) {
  EXPECT_EQ(refusal<DataError>("[train]\nsteps 3\n"), "run.cfg:2: \"steps 3\" has no =, want [section] or key = value");
  EXPECT_EQ(refusal<DataError>("[train\nsteps = 3\n"), "run.cfg:1: \"[train\" is no section, want [name]");
  EXPECT_EQ(refusal<DataError>("= 3\n"), "run.cfg:1: nothing stands before =, want key = value");
  EXPECT_NE(refusal<DataError>("{\"train\": {\"steps\": 3}}"), "");
  EXPECT_NE(refusal<DataError>("<html>\n"), "");
  EXPECT_TRUE(refusal<DataError>(std::string("\x89PNG\r\n\x1a\n", 8)).starts_with("run.cfg"));
  EXPECT_EQ(refusal<DataError>(std::string("a\0b", 3)),
            "run.cfg: byte 1 is 0, want a text file of [section] and key = value lines");
}

// As many keys as a file may hold: each is looked up among all before it.
TEST_F(ConfigFileTest, AFileFullOfKeysIsReadToItsEnd) {
  std::string text = "[train]\n";
  int64_t keys = 0;
  for (; text.size() < (1 << 20) - 16; ++keys) {
    text += concat("k", keys, "=\n");
  }
  const auto lines = scan_config(write(text));
  ASSERT_EQ(std::ssize(lines), keys);
  EXPECT_EQ(lines.back().key, concat("train.k", keys - 1));
  EXPECT_EQ(lines.back().line, keys + 1);
  EXPECT_EQ(refusal<InvalidArgument>("k0=\n" + text),
            "run.cfg:1: unknown key k0, want a section of data, model, "
            "schedule, objective, optimizer, train, evaluate, sample and "
            "device");
}

TEST_F(ConfigFileTest, AFileTooLongOrMissingIsRefusedAsData) {
  EXPECT_NE(refusal<DataError>(std::string((1 << 20) + 1, '#')), "");
  EXPECT_EQ(refusal<DataError>(std::string(1 << 20, '#')), "");
  RunConfig config;
  EXPECT_THROW(read_config_file(folder_.path() / "none.cfg", config), DataError);
  EXPECT_THROW(read_config_file(folder_.path(), config), DataError);
}

}  // namespace
}  // namespace veil::io
