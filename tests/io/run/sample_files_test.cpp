#include "io/run/sample_files.h"

#include <gtest/gtest.h>

#include "base/torch.h"
#include "io/file/files.h"
#include "io/image/decode_image.h"
#include "support/temp_folder.h"

namespace veil::io {
namespace {

TEST(SampleFilesTest, PicturesAreListedByStepAndTheFinalOneLast) {
  const TempFolder folder;
  const RunLayout layout(folder.path());
  const auto tokens = torch::zeros({2, 12}, torch::kInt64);
  const DatasetInfo images{.name = "x", .split = "test", .shape = {.height = 2, .width = 2, .channels = 3}};
  EXPECT_TRUE(sample_pictures(layout).empty());
  const auto last = write_samples(layout, tokens, images, 0);
  const auto late = write_step_samples(layout, 123'456'789, tokens, images, 0);
  const auto early = write_step_samples(layout, 20, tokens, images, 0);
  write_bytes(layout.samples / "note.txt", "no picture");
  EXPECT_EQ(last, folder.path() / "samples.png");
  EXPECT_EQ(early, folder.path() / "samples" / "step-00000020.png");
  EXPECT_EQ(sample_pictures(layout), (std::vector<std::filesystem::path>{early, late, last}));
}

TEST(SampleFilesTest, TextsAreLines) {
  const TempFolder folder;
  const RunLayout layout(folder.path());
  DatasetInfo texts{.name = "x", .split = "test", .shape = {.height = 1, .width = 3, .channels = 1}, .vocab_size = 2};
  texts.kind = DataKind::kText;
  texts.alphabet = "ab";
  const auto file = write_samples(layout, torch::tensor({{0, 1, 1}, {1, 0, 0}}, torch::kInt64), texts, 0);
  EXPECT_EQ(file, folder.path() / "samples.txt");
  EXPECT_EQ(read_bytes(file), "abb\nbaa\n");
  EXPECT_TRUE(sample_pictures(layout).empty());
}

TEST(SampleFilesTest, RowsAreClassesWhereSamplesHaveThemInTurn) {
  DenoiserOptions network;
  SampleOptions options;
  options.count = 20;
  EXPECT_EQ(grid_rows(network, options), 0);
  network.classes = 7;
  EXPECT_EQ(grid_rows(network, options), 7);
  options.count = 4;
  EXPECT_EQ(grid_rows(network, options), 4);
  options.label = 3;
  EXPECT_EQ(grid_rows(network, options), 0);
  options.label = SampleOptions().label;
  network.classes = 257;
  EXPECT_EQ(grid_rows(network, options), 0);
}

// Value v of V is the grey 255 v / (V - 1), as in every other picture that the program writes.
TEST(SampleFilesTest, ValuesOfASmallVocabularyAreSpreadOverAllGreys) {
  const TempFolder folder;
  const DatasetInfo data{.name = "four", .split = "train", .shape = {2, 2, 1}, .vocab_size = 4};
  const auto path = write_samples(RunLayout(folder.path()), torch::tensor({{0, 1, 2, 3}}, torch::kInt64), data, 0);
  const auto pixels = decode_image(read_file(path, 1 << 20)).pixels;
  ASSERT_EQ(pixels.height, 64);
  ASSERT_EQ(pixels.width, 64);
  const auto at = [&](int64_t y, int64_t x) { return pixels.values[(y * 64 + x) * pixels.channels]; };
  EXPECT_EQ(at(0, 0), 0);
  EXPECT_EQ(at(0, 63), 85);
  EXPECT_EQ(at(63, 0), 170);
  EXPECT_EQ(at(63, 63), 255);
}

}  // namespace
}  // namespace veil::io
