#include "veil/quality/quality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/torch.h"
#include "quality/noise_tensors.h"
#include "veil/base/error.h"

namespace veil {
namespace {

constexpr int64_t kSide = 8;

torch::Tensor random_images(uint64_t seed, int64_t count, int64_t channels = 1) {
  const auto numbers = normal_numbers(seed, 0, count, kSide * kSide * channels) * 40 + 128;
  return numbers.round().clamp(0, 255).to(torch::kUInt8);
}

TensorDataset dataset_of(const torch::Tensor& rows, int64_t channels = 1) {
  DatasetInfo info;
  info.name = "toy";
  info.shape = {kSide, kSide, channels};
  return {info, rows};
}

QualityOptions quick() {
  QualityOptions options;
  options.permutations = 399;
  options.bootstraps = 10;
  return options;
}

const QualityFigure& figure_of(const QualityReport& report, const std::string& name) {
  return *std::find_if(report.figures.begin(), report.figures.end(),
                       [&](const auto& figure) { return figure.name == name; });
}

bool is_alarm(const QualityReport& report, const std::string& name) { return figure_of(report, name).is_alarm; }

TEST(Quality, SamplesOfTheSameDistributionAreLikeRealImages) {
  const auto report = assess_quality(dataset_of(random_images(1, 70)), dataset_of(random_images(2, 60)),
                                     dataset_of(random_images(3, 200)), quick());
  EXPECT_FALSE(report.is_alarm());
  EXPECT_EQ(report.samples, 70);
  EXPECT_EQ(report.compared, 60);
  EXPECT_EQ(report.reference, 200);
  EXPECT_TRUE(report.equal.empty());
  EXPECT_TRUE(report.copies.empty());
  EXPECT_EQ(report.nearest.size(), 60U);
  for (const auto& figure : report.figures) {
    EXPECT_TRUE(std::isfinite(figure.samples.value)) << figure.name;
    EXPECT_TRUE(std::isfinite(figure.real.value)) << figure.name;
    EXPECT_LE(figure.samples.low, figure.samples.high) << figure.name;
    EXPECT_GE(figure.p_value, 1e-9) << figure.name;
    EXPECT_EQ(figure.images, 60) << figure.name;
  }
}

TEST(Quality, TheSameInputGivesTheSameFigures) {
  const auto samples = dataset_of(random_images(1, 40, 3), 3);
  const auto real = dataset_of(random_images(2, 40, 3), 3);
  const auto training = dataset_of(random_images(3, 90, 3), 3);
  const auto first = assess_quality(samples, real, training, quick());
  const auto second = assess_quality(samples, real, training, quick());
  ASSERT_EQ(first.figures.size(), second.figures.size());
  for (size_t i = 0; i < first.figures.size(); ++i) {
    EXPECT_EQ(first.figures[i].samples.value, second.figures[i].samples.value) << first.figures[i].name;
    EXPECT_EQ(first.figures[i].samples.high, second.figures[i].samples.high) << first.figures[i].name;
    EXPECT_EQ(first.figures[i].p_value, second.figures[i].p_value) << first.figures[i].name;
  }
}

TEST(Quality, EqualSamplesAreFoundAndAnAlarm) {
  const auto one = random_images(1, 1).expand({64, kSide * kSide}).contiguous();
  const auto report =
      assess_quality(dataset_of(one), dataset_of(random_images(2, 64)), dataset_of(random_images(3, 200)), quick());
  ASSERT_EQ(report.equal.size(), 1U);
  EXPECT_EQ(report.equal[0].size(), 64U);
  EXPECT_EQ(figure_of(report, "duplicates").samples.value, 1.0);
  EXPECT_TRUE(is_alarm(report, "duplicates"));
  EXPECT_TRUE(is_alarm(report, "recall"));
}

// Copies are named by index, exact ones among all samples, those under noise among the compared ones.
TEST(Quality, CopiesOfTrainingImagesAreNamed) {
  const auto training = random_images(3, 200);
  auto samples = random_images(1, 50);
  samples[7].copy_(training[111]);
  samples[49].copy_(training[5]);
  samples[20].copy_((training[30].to(torch::kInt64) + 2).clamp(0, 255));
  const auto report =
      assess_quality(dataset_of(samples), dataset_of(random_images(2, 60)), dataset_of(training), quick());
  ASSERT_EQ(report.copies.size(), 2U);
  EXPECT_EQ(report.copies[0].sample, 7);
  EXPECT_EQ(report.copies[0].training, 111);
  EXPECT_EQ(report.copies[1].sample, 49);
  EXPECT_EQ(report.copies[1].training, 5);
  EXPECT_EQ(report.real_copies, 0);
  EXPECT_EQ(report.nearest[20].sample, 20);
  EXPECT_EQ(report.nearest[20].training, 30);
  EXPECT_NEAR(report.nearest[20].distance, 2.0, 0.05);
  EXPECT_LT(report.nearest[20].ratio, 0.2);
  EXPECT_DOUBLE_EQ(figure_of(report, "near_copies").samples.value, 3.0 / 50);
}

TEST(Quality, AModelThatRemembersIsAnAlarm) {
  const auto training = random_images(3, 200);
  const auto report = assess_quality(dataset_of(training.slice(0, 0, 60)), dataset_of(random_images(2, 60)),
                                     dataset_of(training), quick());
  EXPECT_EQ(report.copies.size(), 60U);
  EXPECT_TRUE(is_alarm(report, "near_copies"));
  EXPECT_TRUE(is_alarm(report, "nearest_distance"));
  EXPECT_FALSE(is_alarm(report, "pixel_wasserstein"));
}

// The real images themselves, in another order: every figure is the same for both, and nothing is tested against
// chance.
TEST(Quality, RealImagesAreLikeThemselves) {
  const auto images = random_images(1, 60);
  const auto report = assess_quality(dataset_of(images.flip(0).contiguous()), dataset_of(images),
                                     dataset_of(random_images(3, 200)), quick());
  EXPECT_FALSE(report.is_alarm());
  for (const auto& figure : report.figures) {
    if (figure.name != "classifier_accuracy") {  // which sees another half first
      EXPECT_NEAR(figure.samples.value, figure.real.value, 1e-6) << figure.name;
      EXPECT_GT(figure.p_value, 0.2) << figure.name;
    }
  }
}

TEST(Quality, FeaturesOfTheUsersOwnHaveTheirNames) {
  const FeatureMap features{.name = "sums", .map = [](const torch::Tensor& images) {
                              return images.to(torch::kFloat32).flatten(1).slice(1, 0, 3);
                            }};
  const auto report =
      assess_quality(dataset_of((random_images(1, 60).to(torch::kInt64) + 40).clamp(0, 255).to(torch::kUInt8)),
                     dataset_of(random_images(2, 60)), dataset_of(random_images(3, 200)), quick(), features);
  EXPECT_TRUE(is_alarm(report, "FD-sums"));
  EXPECT_TRUE(is_alarm(report, "KD-sums"));
  EXPECT_NEAR(figure_of(report, "FD-sums").samples.value, 3 * 40 * 40, 1500);
}

TEST(Quality, ProgressIsToldAndMayStop) {
  int64_t last = 0;
  int64_t calls = 0;
  const auto watch = [&](int64_t done, int64_t all) {
    EXPECT_GE(done, last);
    EXPECT_EQ(all, 60);
    last = done;
    ++calls;
  };
  const auto samples = dataset_of(random_images(1, 60));
  const auto real = dataset_of(random_images(2, 60));
  const auto training = dataset_of(random_images(3, 200));
  (void)assess_quality(samples, real, training, quick(), {}, watch);
  EXPECT_EQ(last, 60);
  EXPECT_GT(calls, 20);
  const auto stop = [](int64_t, int64_t) { throw std::runtime_error("stopped"); };
  EXPECT_THROW((void)assess_quality(samples, real, training, quick(), {}, stop), std::runtime_error);
}

TEST(Quality, WhatCannotBeComparedIsRefused) {
  const auto images = dataset_of(random_images(1, 60));
  const auto few = dataset_of(random_images(1, 15));
  const auto colour = dataset_of(random_images(1, 60, 3), 3);
  EXPECT_THROW((void)assess_quality(few, images, images, quick()), InvalidArgument);
  EXPECT_THROW((void)assess_quality(images, few, images, quick()), InvalidArgument);
  EXPECT_THROW((void)assess_quality(images, images, colour, quick()), InvalidArgument);
  DatasetInfo text;
  text.kind = DataKind::kText;
  text.shape = {1, kSide * kSide, 1};
  const TensorDataset letters(text, random_images(1, 60));
  EXPECT_THROW((void)assess_quality(images, images, letters, quick()), InvalidArgument);
  QualityOptions options;
  options.permutations = 18;
  EXPECT_THROW((void)assess_quality(images, images, images, options), InvalidOption);
  options = quick();
  options.limit = 15;
  EXPECT_THROW((void)assess_quality(images, images, images, options), InvalidOption);
}

}  // namespace
}  // namespace veil
