// What the figures say of real images with and without faults, on the images that ship. Tests called Whole take long
// and are run by name: build/release/bin/quality_detection_test --gtest_also_run_disabled_tests --gtest_filter=*Whole*

#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "base/torch.h"
#include "quality/noise_tensors.h"
#include "veil/base/error.h"
#include "veil/base/random.h"
#include "veil/io/dataset/open_dataset.h"
#include "veil/quality/quality.h"

namespace veil {
namespace {

using Fault = torch::Tensor (*)(const torch::Tensor&);

torch::Tensor rounded(const torch::Tensor& images) { return images.round().clamp(0, 255).to(torch::kUInt8); }

torch::Tensor noisy(const torch::Tensor& images) {
  const auto noise = normal_numbers(77, 0, images.size(0), images[0].numel()).view(images.sizes());
  return rounded(images.to(torch::kFloat64) + 2 * noise);
}

// The binomial filter (1 2 1) / 4 both ways.
torch::Tensor blurred(const torch::Tensor& images) {
  const auto line = torch::tensor({0.25F, 0.5F, 0.25F});
  const int64_t channels = images.size(3);
  const auto filter = torch::outer(line, line).view({1, 1, 3, 3}).expand({channels, 1, 3, 3}).contiguous();
  const auto planes = at::replication_pad2d(images.permute({0, 3, 1, 2}).to(torch::kFloat32), {1, 1, 1, 1});
  return rounded(at::conv2d(planes, filter, {}, 1, std::array<int64_t, 2>{0, 0}, 1, channels).permute({0, 2, 3, 1}))
      .contiguous();
}

torch::Tensor collapsed(const torch::Tensor& images) {
  return images.index_select(0, torch::arange(images.size(0)).remainder(100));
}

torch::Tensor shifted(const torch::Tensor& images) { return rounded(images.to(torch::kFloat64) + 3); }

// Red alone.
torch::Tensor tinted(const torch::Tensor& images) {
  auto values = images.to(torch::kFloat64);
  values.select(3, 0) += 3;
  return rounded(values);
}

torch::Tensor images_of(const std::string& name, const std::string& split) {
  const auto dataset = io::open_dataset(std::string(VEIL_SOURCE_DIR) + "/datasets/" + name, split);
  std::vector<int64_t> all(static_cast<size_t>(dataset->size()));
  std::iota(all.begin(), all.end(), int64_t{0});
  const auto& shape = dataset->info().shape;
  return dataset->get(all).tokens.to(torch::kUInt8).view({-1, shape.height, shape.width, shape.channels});
}

TensorDataset dataset_of(const torch::Tensor& images) {
  DatasetInfo info;
  info.name = "images";
  info.shape = {images.size(1), images.size(2), images.size(3)};
  return {info, images.flatten(1).contiguous()};
}

torch::Tensor shuffled(const torch::Tensor& images, uint64_t seed) {
  const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kToy, .round = 0};
  return images.index_select(0, torch::tensor(permutation(key, images.size(0))));
}

// Training images, real ones that are none, and as many that become samples: disjoint parts of one collection, so that
// samples without a fault are real images in every respect.
struct Parts {
  torch::Tensor training;
  torch::Tensor real;
  torch::Tensor samples;
};

Parts divided(const torch::Tensor& images, int64_t count, int64_t training, uint64_t seed) {
  const auto order = shuffled(images, seed);
  return {.training = order.slice(0, 2 * count, 2 * count + training),
          .real = order.slice(0, 0, count),
          .samples = order.slice(0, count, 2 * count)};
}

QualityReport report_of(const Parts& parts, Fault fault, const QualityOptions& options) {
  return assess_quality(dataset_of(fault == nullptr ? parts.samples : fault(parts.samples)), dataset_of(parts.real),
                        dataset_of(parts.training), options);
}

std::string alarms_of(const QualityReport& report) {
  std::string text;
  for (const auto& figure : report.figures) {
    text += figure.is_alarm ? concat(" ", figure.name, " (", figure.adjusted_p, ")") : "";
  }
  return text;
}

void expect_detected(const torch::Tensor& images, int64_t training, Fault fault, const std::string& name) {
  QualityOptions options;
  options.bootstraps = 2;
  const auto report = report_of(divided(images, 1000, training, 1), fault, options);
  EXPECT_TRUE(report.is_alarm()) << name;
  std::cout << name << ":" << alarms_of(report) << "\n";
}

int64_t false_alarms(const torch::Tensor& images, int64_t repeats) {
  int64_t alarms = 0;
  for (int64_t repeat = 0; repeat < repeats; ++repeat) {
    QualityOptions options;
    options.seed = static_cast<uint64_t>(repeat);
    options.bootstraps = 2;
    const auto report = report_of(divided(images, 100, 300, static_cast<uint64_t>(repeat)), nullptr, options);
    alarms += report.is_alarm() ? 1 : 0;
    if (report.is_alarm()) {
      std::cout << "repeat " << repeat << ":" << alarms_of(report) << "\n";
    }
  }
  std::cout << alarms << " alarms in " << repeats << " repeats\n";
  return alarms;
}

torch::Tensor photographs() { return torch::cat({images_of("photos32", "train"), images_of("photos32", "test")}); }

TEST(QualityDetection, RealImagesGiveNoAlarm) { EXPECT_LE(false_alarms(images_of("fashion-mnist", "test"), 5), 1); }

TEST(QualityDetection, AColourShiftOfPhotographs) { expect_detected(photographs(), 900, tinted, "photographs, tint"); }

TEST(QualityDetection, DISABLED_WholeRealImagesGiveNoAlarmInNineteenOfTwenty) {
  EXPECT_LE(false_alarms(images_of("fashion-mnist", "test"), 200), 10);
  EXPECT_LE(false_alarms(photographs(), 200), 10);
}

TEST(QualityDetection, DISABLED_WholeFaultsOfClothes) {
  const auto images = torch::cat({images_of("fashion-mnist", "train"), images_of("fashion-mnist", "test")});
  expect_detected(images, 10'000, noisy, "clothes, noise");
  expect_detected(images, 10'000, blurred, "clothes, blur");
  expect_detected(images, 10'000, collapsed, "clothes, collapse");
  expect_detected(images, 10'000, shifted, "clothes, shift");
}

TEST(QualityDetection, DISABLED_WholeFaultsOfPhotographs) {
  const auto images = photographs();
  expect_detected(images, 900, noisy, "photographs, noise");
  expect_detected(images, 900, blurred, "photographs, blur");
  expect_detected(images, 900, collapsed, "photographs, collapse");
  expect_detected(images, 900, shifted, "photographs, shift");
  expect_detected(images, 900, tinted, "photographs, tint");
}

}  // namespace
}  // namespace veil
