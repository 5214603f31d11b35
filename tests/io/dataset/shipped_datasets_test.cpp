#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "base/torch.h"
#include "veil/base/error.h"
#include "veil/io/dataset/open_dataset.h"

namespace veil::io {
namespace {

// Sums of all pixels and counts of labels computed with Python's gzip, struct and sum from the same files.
TEST(ShippedDatasetsTest, FashionMnistIsTheOneThatIsKnown) {
  const auto train = open_dataset("fashion-mnist", "train");
  const auto test = open_dataset("fashion-mnist", "test");
  EXPECT_EQ(train->size(), 10'000);
  EXPECT_EQ(test->size(), 10'000);
  for (const auto* data : {train.get(), test.get()}) {
    EXPECT_EQ(data->info().name, "fashion-mnist");
    EXPECT_EQ(data->info().shape, (TokenShape{28, 28, 1}));
    EXPECT_EQ(data->info().classes, 10);
    EXPECT_EQ(data->info().class_names.at(9), "Ankle boot");
  }
  std::vector<int64_t> all(10'000);
  std::iota(all.begin(), all.end(), int64_t{0});
  EXPECT_EQ(train->get(all).tokens.sum().item<int64_t>(), 572388787);
  EXPECT_EQ(test->get(all).tokens.sum().item<int64_t>(), 573469082);
  EXPECT_EQ(train->get(all).labels->eq(9).sum().item<int64_t>(), 1000);
  EXPECT_EQ(test->get(all).labels->eq(9).sum().item<int64_t>(), 1000);
}

TEST(ShippedDatasetsTest, AFolderOfKnownContentGetsItsName) {
  const auto folder = concat(VEIL_SOURCE_DIR, "/datasets/fashion-mnist");
  EXPECT_EQ(open_dataset(folder, "train")->info().name, "fashion-mnist");
  EXPECT_EQ(open_dataset(folder, "test")->info().name, "fashion-mnist");
}

TEST(ShippedDatasetsTest, TheFullFashionMnistIsFoundOrItSaysHowToGetIt) {
  try {
    const auto train = open_dataset("fashion-mnist-full", "train");
    EXPECT_EQ(train->size(), 60'000);
    EXPECT_EQ(train->info().name, "fashion-mnist-full");
  } catch (const DataError& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.find("fashion-mnist-full: not found in "), 0U);
    for (const auto* way : {"datasets/fetch.sh fashion-mnist-full", "dataset-fashion-mnist", "$VEIL_DATA"}) {
      EXPECT_NE(message.find(way), std::string::npos) << way;
    }
  }
}

TEST(ShippedDatasetsTest, PhotographsAreInColor) {
  const auto train = open_dataset("photos32", "train");
  const auto test = open_dataset("photos32", "test");
  EXPECT_EQ(train->size(), 2400);
  EXPECT_EQ(test->size(), 500);
  EXPECT_EQ(train->info().shape, (TokenShape{32, 32, 3}));
  EXPECT_EQ(train->info().class_names.at(1), "cat");
  std::vector<int64_t> all(500);
  std::iota(all.begin(), all.end(), int64_t{0});
  const auto pixels = test->get(all).tokens.view({-1, 3}).to(torch::kFloat64);
  EXPECT_TRUE(pixels.mean(0).allclose(torch::tensor({122.6526, 93.1310, 84.7290}, torch::kFloat64), 0.0, 0.001));
}

}  // namespace
}  // namespace veil::io
