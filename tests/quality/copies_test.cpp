// Equal images, nearest training images, copies.

#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "quality/equal_images.h"
#include "quality/nearest_images.h"
#include "quality/noise_tensors.h"

namespace veil {
namespace {

const Tick kSilent = [](double) {};

torch::Tensor random_images(uint64_t seed, int64_t count, int64_t side, int64_t channels) {
  const auto numbers = normal_numbers(seed, 0, count, side * side * channels) * 40 + 128;
  return numbers.round().clamp(0, 255).to(torch::kUInt8).view({count, side, side, channels});
}

TensorDataset dataset_of(const torch::Tensor& images) {
  DatasetInfo info;
  info.name = "toy";
  info.shape = {images.size(1), images.size(2), images.size(3)};
  return {info, images.flatten(1)};
}

TEST(EqualImages, AreFoundByContent) {
  auto images = random_images(1, 6, 4, 1);
  images[3].copy_(images[1]);
  images[5].copy_(images[1]);
  images[4].copy_(images[0]);
  const ImageIndex index(images);
  EXPECT_EQ(index.contents(), (std::vector<int64_t>{0, 1, 2, 1, 0, 1}));
  EXPECT_EQ(index.content_of(images[5].const_data_ptr<uint8_t>()), 1);
  const auto other = random_images(2, 1, 4, 1);
  EXPECT_EQ(index.content_of(other.const_data_ptr<uint8_t>()), -1);
  EXPECT_EQ(equal_groups(index.contents()), (std::vector<std::vector<int64_t>>{{1, 3, 5}, {0, 4}}));
}

// 64 equal samples beside 64 different real images: no division puts so many on one side.
TEST(EqualImages, SamplesThatAreAllEqualAreAnAlarm) {
  auto images = random_images(1, 128, 4, 1);
  images.slice(0, 0, 64).copy_(images[0].clone().expand({64, 4, 4, 1}));
  const auto figure = duplicates_figure(ImageIndex(images).contents(), Resamples(64, 999, 2, 1));
  EXPECT_EQ(figure.samples.value, 1.0);
  EXPECT_EQ(figure.real.value, 0.0);
  EXPECT_DOUBLE_EQ(figure.p_value, 0.001);
}

TEST(EqualImages, RealImagesThatRepeatAsMuchAreNone) {
  auto images = random_images(1, 40, 4, 1);
  images[1].copy_(images[0]);
  images[21].copy_(images[20]);
  const auto figure = duplicates_figure(ImageIndex(images).contents(), Resamples(20, 999, 2, 1));
  EXPECT_EQ(figure.samples.value, 0.1);
  EXPECT_GT(figure.p_value, 0.3);
}

TEST(Nearest, AreThoseOfAllPairs) {
  const auto training = random_images(1, 1203, 5, 3);  // two blocks
  const auto queries = random_images(2, 20, 5, 3);
  int64_t seen = 0;
  const auto nearest = nearest_images(
      queries, dataset_of(training),
      [&](const torch::Tensor& block, int64_t first) {
        EXPECT_EQ(first, seen);
        seen += block.size(0);
      },
      kSilent);
  EXPECT_EQ(seen, 1203);
  for (int64_t i = 0; i < 20; ++i) {
    const auto squares = (training.to(torch::kFloat64) - queries[i].to(torch::kFloat64)).square().flatten(1).mean(1);
    const auto [least, places] = squares.topk(50, 0, /*largest=*/false);
    const auto& found = nearest[static_cast<size_t>(i)];
    EXPECT_EQ(found.sample, i);
    EXPECT_EQ(found.training, places[0].item<int64_t>());
    EXPECT_NEAR(found.distance, std::sqrt(least[0].item<double>()), 1e-9);
    EXPECT_NEAR(found.ratio, std::sqrt(least[0].item<double>()) / least.sqrt().mean().item<double>(), 1e-3);
  }
}

// Noise of 2 grey levels does not hide which image was copied; images of side 64 are looked for at 32.
TEST(Nearest, CopiesAreNamedInSpiteOfNoise) {
  const auto training = random_images(1, 200, 64, 1);
  const auto noise = normal_numbers(5, 0, 3, 64 * 64).view({3, 64, 64, 1}) * 2;
  const auto chosen = training.index_select(0, torch::tensor({17, 170, 3}));
  const auto queries = (chosen.to(torch::kFloat64) + noise).round().clamp(0, 255).to(torch::kUInt8);
  const auto nearest = nearest_images(
      torch::cat({queries, random_images(9, 1, 64, 1)}), dataset_of(training), [](const auto&, int64_t) {}, kSilent);
  EXPECT_EQ(nearest[0].training, 17);
  EXPECT_EQ(nearest[1].training, 170);
  EXPECT_EQ(nearest[2].training, 3);
  EXPECT_NEAR(nearest[0].distance, std::sqrt(4.0 + 1.0 / 12), 0.1);  // rounding adds 1/12
  EXPECT_LT(nearest[2].ratio, kCopyRatio);
  EXPECT_GT(nearest[3].ratio, 0.8);
}

// Black images are nearest to each other, all of them: no copies of one among them.
TEST(Nearest, PlainImagesAreNoCopies) {
  const auto black = torch::zeros({60, 8, 8, 1}, torch::kUInt8);
  const auto nearest = nearest_images(
      black.slice(0, 0, 1), dataset_of(black), [](const auto&, int64_t) {}, kSilent);
  EXPECT_EQ(nearest[0].distance, 0.0);
  EXPECT_EQ(nearest[0].ratio, 1.0);
}

}  // namespace
}  // namespace veil
