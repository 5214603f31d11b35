#include "cli/command/train/train_observers.h"

#include <gtest/gtest.h>

#include "base/torch.h"
#include "io/file/files.h"
#include "io/image/decode_image.h"
#include "support/temp_folder.h"

namespace veil::cli {
namespace {

// Value v of V is the grey 255 v / (V - 1), as in every other picture that the program writes.
TEST(SampleFileTest, ValuesOfASmallVocabularyAreSpreadOverAllGreys) {
  const TempFolder folder;
  const DatasetInfo data{.name = "four", .split = "train", .shape = {2, 2, 1}, .vocab_size = 4};
  const auto path = write_sample_file(folder.path() / "samples", torch::tensor({{0, 1, 2, 3}}, torch::kInt64), data);
  const auto pixels = io::decode_image(io::read_file(path, 1 << 20)).pixels;
  ASSERT_EQ(pixels.height, 64);
  ASSERT_EQ(pixels.width, 64);
  const auto at = [&](int64_t y, int64_t x) { return pixels.values[(y * 64 + x) * pixels.channels]; };
  EXPECT_EQ(at(0, 0), 0);
  EXPECT_EQ(at(0, 63), 85);
  EXPECT_EQ(at(63, 0), 170);
  EXPECT_EQ(at(63, 63), 255);
}

}  // namespace
}  // namespace veil::cli
