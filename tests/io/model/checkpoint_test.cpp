#include "veil/io/model/checkpoint.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <sstream>

#include "base/torch.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"
#include "veil/io/format/safetensors.h"
#include "veil/io/model/model_file.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

/// Two tensors that belong to no network: a checkpoint does not care. `seed` makes contents differ.
NamedTensors tensors(float seed) {
  auto a = torch::arange(6, torch::kFloat).view({2, 3}) + seed;
  a.view(-1)[1] = std::numeric_limits<float>::infinity();
  auto bits = a.view(torch::kInt);
  bits.view(-1)[2] = 0x7fc12345;  // a NaN with a payload
  return {{"z.weight", a}, {"a.bias", torch::full({1}, seed)}};
}

Checkpoint make_checkpoint(int64_t step) {
  Checkpoint checkpoint;
  const auto base = static_cast<float>(step);
  checkpoint.step = step;
  checkpoint.weights = tensors(base);
  checkpoint.average = tensors(base + 0.25F);
  checkpoint.first_moments = tensors(base + 0.5F);
  checkpoint.second_moments = tensors(base + 0.75F);
  checkpoint.update_count = torch::tensor(base - 1);
  checkpoint.numbers = {{"loss.sum", 0.1 + 0.2},
                        {"smallest", std::numeric_limits<double>::denorm_min()},
                        {"largest", std::numeric_limits<double>::max()},
                        {"minus zero", -0.0},
                        {"nan", std::numeric_limits<double>::quiet_NaN()},
                        {"inf", std::numeric_limits<double>::infinity()},
                        {"minus inf", -std::numeric_limits<double>::infinity()}};
  checkpoint.integers = {{"loss.count", INT64_MAX}, {"skipped", -1}};
  checkpoint.config.optimizer.learning_rate = 0.1;
  checkpoint.dataset.name = "spots";
  checkpoint.dataset.split = "train";
  checkpoint.dataset.shape = {.height = 2, .width = 3, .channels = 1};
  checkpoint.dataset.token_digest = "0123456789abcdef";
  checkpoint.dataset.label_digest = "fedcba9876543210";
  checkpoint.history.emplace_back();
  checkpoint.history.back().last_step = step;
  checkpoint.history.back().changes = {{"train.steps", "1", "2"}};
  return checkpoint;
}

void expect_same(const NamedTensors& got, const NamedTensors& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ(got[i].first, want[i].first);
    EXPECT_TRUE(torch::equal(got[i].second.view(torch::kInt), want[i].second.view(torch::kInt))) << want[i].first;
  }
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class CheckpointTest : public testing::Test {
 protected:
  TempFolder temp_;
  fs::path folder_ = temp_.path() / "run" / "checkpoints";
};

TEST_F(CheckpointTest, ComesBackToTheBit) {
  const auto want = make_checkpoint(1234);
  EXPECT_EQ(save_checkpoint(folder_, want, 2), folder_ / "step-00001234");
  const auto loaded = load_newest_checkpoint(folder_);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_TRUE(loaded->skipped.empty());
  EXPECT_EQ(loaded->path, folder_ / "step-00001234");
  const auto& got = loaded->checkpoint;
  EXPECT_EQ(got.step, 1234);
  expect_same(got.weights, want.weights);
  expect_same(got.average, want.average);
  expect_same(got.first_moments, want.first_moments);
  expect_same(got.second_moments, want.second_moments);
  EXPECT_TRUE(torch::equal(got.update_count, want.update_count));
  EXPECT_EQ(got.integers, want.integers);
  EXPECT_EQ(to_json(got.config), to_json(want.config));
  EXPECT_EQ(got.dataset.name, "spots");
}

TEST_F(CheckpointTest, NumbersComeBackToTheBit) {
  const auto want = make_checkpoint(1);
  save_checkpoint(folder_, want, 1);
  const auto got = load_newest_checkpoint(folder_)->checkpoint.numbers;
  ASSERT_EQ(got.size(), want.numbers.size());
  for (const auto& [name, number] : want.numbers) {
    EXPECT_TRUE(std::isnan(number) ? std::isnan(got.at(name)) : got.at(name) == number) << name;
    EXPECT_EQ(std::signbit(got.at(name)), std::signbit(number)) << name;
  }
}

TEST_F(CheckpointTest, NoFolderOrAnEmptyOneIsNoCheckpoint) {
  EXPECT_FALSE(load_newest_checkpoint(folder_).has_value());
  fs::create_directories(folder_ / "step-x");
  fs::create_directories(folder_ / "step-12");  // not a name that is ever written
  EXPECT_FALSE(load_newest_checkpoint(folder_).has_value());
}

TEST_F(CheckpointTest, TheNewestAreKept) {
  for (const int64_t step : {5, 10, 100'000'000, 20}) {
    save_checkpoint(folder_, make_checkpoint(step), 2);
  }
  EXPECT_EQ(names_in(folder_), (std::vector<std::string>{"step-00000010", "step-00000020", "step-100000000"}));
  EXPECT_EQ(load_newest_checkpoint(folder_)->checkpoint.step, 100'000'000);
}

TEST_F(CheckpointTest, TheNewestIsFoundWithoutItsTensors) {
  EXPECT_FALSE(find_newest_checkpoint(folder_).has_value());
  save_checkpoint(folder_, make_checkpoint(1), 5);
  const auto second = save_checkpoint(folder_, make_checkpoint(2), 5);
  EXPECT_EQ(find_newest_checkpoint(folder_)->path, second);
  write_bytes(second / "ema.safetensors", "damaged");
  const auto found = find_newest_checkpoint(folder_);
  EXPECT_EQ(found->step, 1);
  EXPECT_EQ(found->config.optimizer.learning_rate, 0.1);
  EXPECT_EQ(found->skipped.size(), 1U);
}

TEST_F(CheckpointTest, ThoseFromAStepOnGoOnlyIfAnEarlierOneStays) {
  for (const int64_t step : {5, 10, 15}) {
    save_checkpoint(folder_, make_checkpoint(step), 5);
  }
  EXPECT_EQ(remove_checkpoints_from(folder_, 5), std::nullopt);
  EXPECT_EQ(names_in(folder_).size(), 3U);
  EXPECT_EQ(remove_checkpoints_from(folder_, 10), 5);
  EXPECT_EQ(names_in(folder_), std::vector<std::string>{"step-00000005"});
  EXPECT_EQ(remove_checkpoints_from(folder_, 10), 5);
}

TEST_F(CheckpointTest, AnotherOfTheSameStepReplacesIt) {
  save_checkpoint(folder_, make_checkpoint(5), 2);
  auto second = make_checkpoint(5);
  second.integers["skipped"] = 7;
  save_checkpoint(folder_, second, 2);
  EXPECT_EQ(names_in(folder_), std::vector<std::string>{"step-00000005"});
  EXPECT_EQ(load_newest_checkpoint(folder_)->checkpoint.integers.at("skipped"), 7);
}

TEST_F(CheckpointTest, WhatAKilledSaveLeftIsIgnoredAndRemoved) {
  save_checkpoint(folder_, make_checkpoint(5), 2);
  fs::copy(folder_ / "step-00000005", folder_ / ".step-00000006.99.tmp");
  EXPECT_EQ(load_newest_checkpoint(folder_)->checkpoint.step, 5);
  save_checkpoint(folder_, make_checkpoint(7), 2);
  EXPECT_EQ(names_in(folder_), (std::vector<std::string>{"step-00000005", "step-00000007"}));
}

TEST_F(CheckpointTest, TheOneBeforeADamagedOneIsUsed) {
  for (const char* name : {"model.safetensors", "ema.safetensors", "optimizer.safetensors", "state.json"}) {
    save_checkpoint(folder_, make_checkpoint(1), 5);
    const auto file = save_checkpoint(folder_, make_checkpoint(2), 5) / name;
    const std::string whole = read_bytes(file);
    std::string flipped = whole;
    flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 1);
    for (const auto& bytes :
         {std::string(), whole.substr(0, whole.size() / 2), whole.substr(0, whole.size() - 2), flipped}) {
      write_bytes(file, bytes);
      const auto loaded = load_newest_checkpoint(folder_);
      EXPECT_EQ(loaded->checkpoint.step, 1) << name << " of " << bytes.size();
      ASSERT_EQ(loaded->skipped.size(), 1U);
      EXPECT_TRUE(loaded->skipped[0].starts_with(file.string() + ": ")) << loaded->skipped[0];
    }
    fs::remove(file);
    EXPECT_EQ(load_newest_checkpoint(folder_)->checkpoint.step, 1) << name;
  }
}

TEST_F(CheckpointTest, IfAllAreDamagedEachIsNamed) {
  const auto first = save_checkpoint(folder_, make_checkpoint(1), 5);
  const auto second = save_checkpoint(folder_, make_checkpoint(2), 5);
  write_bytes(first / "state.json", "{}");
  fs::remove_all(second);
  fs::create_directory(second);
  try {
    std::ignore = load_newest_checkpoint(folder_);
    FAIL();
  } catch (const DataError& error) {
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with(folder_.string() + ": every checkpoint is damaged")) << message;
    EXPECT_NE(message.find(first.string()), std::string::npos) << message;
    EXPECT_NE(message.find(second.string()), std::string::npos) << message;
  }
}

TEST_F(CheckpointTest, FilesOfTwoCheckpointsDoNotMix) {
  const auto first = save_checkpoint(folder_, make_checkpoint(1), 5);
  const auto second = save_checkpoint(folder_, make_checkpoint(2), 5);
  fs::copy_file(first / "ema.safetensors", second / "ema.safetensors", fs::copy_options::overwrite_existing);
  EXPECT_EQ(load_newest_checkpoint(folder_)->checkpoint.step, 1);
}

TEST_F(CheckpointTest, PartsThatDoNotBelongTogetherAreNotSaved) {
  auto checkpoint = make_checkpoint(1);
  checkpoint.average.pop_back();
  EXPECT_THROW(save_checkpoint(folder_, checkpoint, 1), InvalidArgument);
  EXPECT_THROW(save_checkpoint(folder_, make_checkpoint(1), 0), InvalidArgument);
  EXPECT_THROW(save_checkpoint(folder_, make_checkpoint(-1), 1), InvalidArgument);
}

TEST_F(CheckpointTest, SHA256IsWhatSha256sumComputes) {
  const auto path = save_checkpoint(folder_, make_checkpoint(1), 1);
  const std::string listing = temp_.path() / "sums";
  ASSERT_EQ(std::system(("cd '" + path.string() + "' && sha256sum *.safetensors > '" + listing + "'").c_str()), 0);
  const std::string state = read_bytes(path / "state.json");
  std::istringstream lines(read_bytes(listing));
  int64_t files = 0;
  for (std::string sum, name; lines >> sum >> name; ++files) {
    EXPECT_NE(state.find("\"" + name + "\": \"" + sum + "\""), std::string::npos) << name;
  }
  EXPECT_EQ(files, 3);
}

/// A limit on the size of any file that this process writes, as a disk that is full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &old_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  FileSizeLimit(FileSizeLimit&&) = delete;
  FileSizeLimit& operator=(FileSizeLimit&&) = delete;

 private:
  rlimit old_{};
};

TEST_F(CheckpointTest, AFullDiskLeavesTheOlderOneUsable) {
  const auto path = save_checkpoint(folder_, make_checkpoint(1), 1);
  rlim_t largest = 0;
  for (const auto& entry : fs::directory_iterator(path)) {
    largest = std::max<rlim_t>(largest, entry.file_size());
  }
  for (const rlim_t limit : {rlim_t{0}, rlim_t{1}, rlim_t{100}, rlim_t{300}, rlim_t{1000}, largest - 1}) {
    {
      const FileSizeLimit full(limit);
      try {
        save_checkpoint(folder_, make_checkpoint(2), 1);
        ADD_FAILURE() << limit;
      } catch (const IoError& error) {
        EXPECT_NE(std::string(error.what()).find("bytes, the disk has"), std::string::npos) << error.what();
      }
    }
    EXPECT_EQ(names_in(folder_), std::vector<std::string>{"step-00000001"});
    EXPECT_EQ(load_newest_checkpoint(folder_)->checkpoint.step, 1);
  }
  save_checkpoint(folder_, make_checkpoint(2), 1);
  EXPECT_EQ(load_newest_checkpoint(folder_)->checkpoint.step, 2);
}

TEST_F(CheckpointTest, AFolderThatCannotBeMadeIsAnIoError) {
  write_bytes(temp_.path() / "run", "a file in the way");
  EXPECT_THROW(save_checkpoint(folder_, make_checkpoint(1), 1), IoError);
}

}  // namespace
}  // namespace veil::io
