// What goes through between a source and a data set: how much of it is held at once.
#include "veil/io/dataset/prepared_images.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>
#include <vector>

#include "io/dataset/inspect_images.h"
#include "io/image/encoders.h"
#include "support/dataset_bytes.h"
#include "support/temp_folder.h"
#include "veil/io/dataset/open_source.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

// A folder with `count` links to one file.
void fill(const fs::path& folder, const Pixels& image, int64_t count) {
  const auto png = encode_smallest_png(image);
  write_bytes(folder / "0.png", std::string(png.begin(), png.end()));
  for (int64_t i = 1; i < count; ++i) {
    fs::create_hard_link(folder / "0.png", folder / (std::to_string(i) + ".png"));
  }
}

Pixels ramp(int64_t height, int64_t width) {
  Pixels image{.height = height, .width = width, .channels = 1, .values = {}};
  for (int64_t i = 0; i < height * width; ++i) {
    image.values.push_back(static_cast<uint8_t>(i % width));
  }
  return image;
}

int64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<int64_t>(usage.ru_maxrss) * 1024;
}

// Files that say little and unpack to much: 60 of 16 MB each.
TEST(PreparedImagesTest, LargeImagesAreNotHeldAllAtOnce) {
  const TempFolder folder;
  fill(folder.path(), ramp(4096, 4096), 60);
  const auto before = peak_memory();
  const auto source = open_source(folder.path());
  PreparedImages images(*source, "all", {.fit = {}, .holdout = 0.0, .mixed_shapes = true});
  int64_t taken = 0;
  for (auto block = images.next(); !block.empty(); block = images.next()) {
    taken += static_cast<int64_t>(block.size());
    EXPECT_EQ(images.seen(), taken);
  }
  EXPECT_EQ(taken, 60);
  EXPECT_LT(peak_memory() - before, int64_t{400} << 20) << "all of them are 960 MiB";
}

// Of a ramp every row of which is the same, PNG says a few hundred bytes, whatever its height.
TEST(PreparedImagesTest, CompressorsSeeTheCentreOfLargeImages) {
  const TempFolder folder;
  fill(folder.path(), ramp(600, 700), 70);
  const auto compressors = inspect_images(*open_source(folder.path()), {}).compressors;
  EXPECT_EQ(compressors.images, 35) << "more than 2^21 pixels: every other one";
  EXPECT_EQ(compressors.largest_side, 256);
  Pixels centre{.height = 256, .width = 256, .channels = 1, .values = {}};
  for (int64_t i = 0; i < 256 * 256; ++i) {
    centre.values.push_back(static_cast<uint8_t>(222 + i % 256));  // (700 - 256) / 2
  }
  ASSERT_FALSE(compressors.bits_per_dim.empty());
  EXPECT_NEAR(compressors.bits_per_dim.front().standard_error, 0.0, 1e-12) << "all are equal";
  EXPECT_EQ(compressors.bits_per_dim.front().name, "PNG");
  EXPECT_DOUBLE_EQ(compressors.bits_per_dim.front().bits_per_dim,
                   8.0 * static_cast<double>(encode_smallest_png(centre).size()) / (256.0 * 256.0));
}

TEST(PreparedImagesTest, CompressorsSeeSmallImagesWhole) {
  const TempFolder folder;
  fill(folder.path(), ramp(8, 8), 700);
  const auto compressors = inspect_images(*open_source(folder.path()), {}).compressors;
  EXPECT_EQ(compressors.images, 500);
  EXPECT_EQ(compressors.largest_side, 0);
}

}  // namespace
}  // namespace veil::io
