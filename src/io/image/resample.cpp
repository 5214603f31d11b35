#include "io/image/resample.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace veil::io {
namespace {

constexpr int kFractionBits = 22;  // of a weight; a sum of weighted bytes and the overshoot of Lanczos stay in 32 bits
constexpr double kLobes = 3;
constexpr double kToCentre = 0.5;  // of a pixel from its edge

double box(double x) { return x > -0.5 && x <= 0.5 ? 1 : 0; }

double sinc(double x) {
  const double angle = std::numbers::pi * x;
  return x == 0 ? 1 : std::sin(angle) / angle;
}

double lanczos(double x) { return x >= -kLobes && x < kLobes ? sinc(x) * sinc(x / kLobes) : 0; }

/// What one new pixel is made of: `weights.size()` old ones from `first` on.
struct Window {
  int64_t first = 0;
  std::vector<int32_t> weights;
};

int32_t to_fixed(double weight) {
  const double scaled = weight * (1 << kFractionBits);
  return static_cast<int32_t>(scaled + (weight < 0 ? -0.5 : 0.5));  // half away from zero
}

std::vector<Window> windows(int64_t old_length, int64_t new_length, ResampleKernel kernel) {
  const double scale = static_cast<double>(old_length) / static_cast<double>(new_length);
  const double stretch = std::max(scale, 1.0);
  const double narrow = 1 / stretch;
  const double support = (kernel == ResampleKernel::kBox ? 0.5 : kLobes) * stretch;
  std::vector<Window> result(static_cast<size_t>(new_length));
  std::vector<double> weights;
  for (size_t i = 0; i < result.size(); ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = std::max<int64_t>(static_cast<int64_t>(centre - support + kToCentre), 0);
    const auto last = std::min(static_cast<int64_t>(centre + support + kToCentre), old_length);
    weights.clear();
    double sum = 0;
    for (auto x = first; x < last; ++x) {
      const double distance = (static_cast<double>(x) - centre + 0.5) * narrow;
      weights.push_back(kernel == ResampleKernel::kBox ? box(distance) : lanczos(distance));
      sum += weights.back();
    }
    result[i].first = first;
    for (const auto weight : weights) {
      result[i].weights.push_back(to_fixed(sum == 0 ? weight : weight / sum));
    }
  }
  return result;
}

// The weighted sum of bytes that lie `step` apart.
uint8_t blend(const Window& window, const uint8_t* in, int64_t step) {
  int64_t sum = int64_t{1} << (kFractionBits - 1);
  for (const auto weight : window.weights) {
    sum += int64_t{weight} * *in;
    in += step;
  }
  return static_cast<uint8_t>(std::clamp<int64_t>(sum >> kFractionBits, 0, 255));
}

Pixels resample_rows(const Pixels& image, int64_t width, ResampleKernel kernel) {
  Pixels result{.height = image.height, .width = width, .channels = image.channels, .values = {}};
  result.values.reserve(static_cast<size_t>(result.height * result.width * result.channels));
  const auto columns = windows(image.width, width, kernel);
  for (int64_t y = 0; y < image.height; ++y) {
    const auto* const row = image.values.data() + y * image.width * image.channels;
    for (const auto& window : columns) {
      for (int64_t c = 0; c < image.channels; ++c) {
        result.values.push_back(blend(window, row + window.first * image.channels + c, image.channels));
      }
    }
  }
  return result;
}

Pixels resample_columns(const Pixels& image, int64_t height, ResampleKernel kernel) {
  Pixels result{.height = height, .width = image.width, .channels = image.channels, .values = {}};
  const int64_t row_bytes = image.width * image.channels;
  result.values.reserve(static_cast<size_t>(height * row_bytes));
  for (const auto& window : windows(image.height, height, kernel)) {
    for (int64_t x = 0; x < row_bytes; ++x) {
      result.values.push_back(blend(window, image.values.data() + window.first * row_bytes + x, row_bytes));
    }
  }
  return result;
}

}  // namespace

Pixels resample(const Pixels& image, int64_t height, int64_t width, ResampleKernel kernel) {
  Pixels result = width == image.width ? image : resample_rows(image, width, kernel);
  return height == result.height ? result : resample_columns(result, height, kernel);
}

}  // namespace veil::io
