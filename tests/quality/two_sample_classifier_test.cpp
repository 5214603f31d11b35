#include "quality/two_sample_classifier.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "quality/noise_tensors.h"

namespace veil {
namespace {

torch::Tensor cloud(uint64_t seed, int64_t size, double shift) {
  auto points = normal_numbers(seed, 0, size, 4);
  points.select(1, 2) += shift;
  return points;
}

TEST(Classifier, SeparableSetsAreToldApart) {
  const auto figure = classifier_figure(cloud(1, 100, 20.0), cloud(2, 100, 0.0), cloud(3, 100, 0.0));
  EXPECT_EQ(figure.samples.value, 1.0);
  EXPECT_NEAR(figure.samples.low, std::pow(0.025, 1.0 / 100), 1e-9);  // 100 images were held out
  EXPECT_LT(std::abs(figure.real.value - 0.5), 0.15);
  EXPECT_LT(figure.p_value, 1e-10);
}

// The best classifier of normal distributions at distance d tells Phi(d / 2) of them: Phi(1) = 0.8413 for d = 2.
TEST(Classifier, AccuracyIsThatOfTheBestOne) {
  const auto figure = classifier_figure(cloud(1, 8000, 2.0), cloud(2, 8000, 0.0), cloud(3, 8000, 0.0));
  EXPECT_NEAR(figure.samples.value, 0.8413, 0.015);
}

TEST(Classifier, EqualSetsAreNot) {
  const auto training = cloud(3, 2000, 0.0);
  const auto figure = classifier_figure(training, cloud(2, 2000, 0.0), training);
  EXPECT_EQ(figure.samples.value, 0.5);  // each held-out image is told right once and wrong once
  EXPECT_GT(figure.p_value, 0.4);
}

// If real images are told from training images as well as the samples are, the samples are not at fault.
TEST(Classifier, WhatRealImagesHaveTooIsNoAlarm) {
  const auto figure = classifier_figure(cloud(1, 1000, 1.0), cloud(2, 1000, 1.0), cloud(3, 1000, 0.0));
  EXPECT_GT(figure.samples.low, 0.6);
  EXPECT_GT(figure.real.low, 0.6);
  EXPECT_GT(figure.p_value, 0.05);
}

// Under one distribution the p value is below 0.05 in at most 5 % of all cases: of 200, 10 and their error of 3.
TEST(Classifier, FalseAlarmsAreRare) {
  int64_t alarms = 0;
  for (uint64_t i = 0; i < 200; ++i) {
    const auto figure =
        classifier_figure(cloud(3 * i, 100, 0.0), cloud(3 * i + 1, 100, 0.0), cloud(3 * i + 2, 100, 0.0));
    alarms += figure.p_value < 0.05 ? 1 : 0;
  }
  EXPECT_LE(alarms, 16);
}

}  // namespace
}  // namespace veil
