#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/dataset_bytes.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"
#include "veil/io/dataset/open_source.h"

// IDX and CIFAR files as streams of images.
namespace veil::io {
namespace {

std::vector<SourceImage> images_of(const ImageSource& source, const std::string& split) {
  const auto stream = source.stream(split);
  std::vector<SourceImage> images;
  while (auto image = stream->next()) {
    images.push_back(std::move(*image));
  }
  return images;
}

class RecordStreamsTest : public testing::Test {
 protected:
  void add(const std::string& name, const std::string& bytes) const { write_bytes(folder_.path() / name, bytes); }

  TempFolder folder_;
};

TEST_F(RecordStreamsTest, AnIdxImageHasItsRowItsLabelAndItsPixels) {
  add("train-images.gz", gzip_bytes(idx_bytes({2, 1, 2, 3}, "abcdefghijkl")));
  add("train-labels", idx_bytes({2}, std::string("\7\0", 2)));
  const auto source = open_source(folder_.path());
  const auto images = images_of(*source, "train");
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].origin, "train-images.gz[0]");
  EXPECT_EQ(images[1].origin, "train-images.gz[1]");
  EXPECT_EQ(images[0].label, 7);
  EXPECT_EQ(images[1].label, 0);
  EXPECT_EQ(images[1].pixels, (Pixels{1, 2, 3, {'g', 'h', 'i', 'j', 'k', 'l'}}));
  EXPECT_EQ(images_of(*source, "train").size(), 2U) << "a second stream begins at the start";
}

TEST_F(RecordStreamsTest, WhatComesBeforeTheDamageIsReadAndThenTheFileIsRefused) {
  add("train-images.gz", gzip_bytes(idx_bytes({2, 1, 2}, "abc")));
  const auto source = open_source(folder_.path());
  const auto stream = source->stream("train");
  EXPECT_EQ(stream->next()->pixels.values, (std::vector<uint8_t>{'a', 'b'}));
  EXPECT_EQ(data_error_of([&] { (void)stream->next(); }),
            (folder_.path() / "train-images.gz").string() + ": unpacks to 19 bytes, want 20, as the IDX header says");
}

TEST_F(RecordStreamsTest, CifarBatchesAreOneStream) {
  add("data_batch_1.bin", ramp_record(3) + ramp_record(4));
  add("data_batch_2.bin", ramp_record(5));
  const auto source = open_source(folder_.path());
  const auto images = images_of(*source, "train");
  ASSERT_EQ(images.size(), 3U);
  EXPECT_EQ(images[1].origin, "data_batch_1.bin[1]");
  EXPECT_EQ(images[2].origin, "data_batch_2.bin[0]");
  EXPECT_EQ(images[2].label, 5);
  EXPECT_EQ(images[2].pixels.shape(), (TokenShape{32, 32, 3}));
  EXPECT_EQ(images[2].pixels.values[3], 1) << "red of the second pixel";
}

}  // namespace
}  // namespace veil::io
