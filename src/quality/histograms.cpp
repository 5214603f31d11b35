#include "quality/histograms.h"

#include <algorithm>
#include <array>
#include <vector>

namespace veil {
namespace {

constexpr std::array<int64_t, 2> kAllButKinds{0, 2};  // of numbers [B, D, M]
constexpr int64_t kColumns = 2048;                    // of a matrix of counts that is spread to floats at a time

torch::Tensor block_of(const torch::Tensor& images, int64_t begin) {
  return images.slice(0, begin, std::min(images.size(0), begin + kImageBlock));
}

torch::Tensor counts_of(const torch::Tensor& numbers, const Bins& bins) {
  const auto low = bins.low.view({1, -1, 1});
  const auto width = bins.width.view({1, -1, 1});
  const auto places = ((numbers - low) / width).round_().clamp_(0, static_cast<double>(bins.count - 1));
  const int64_t lines = numbers.size(0) * numbers.size(1);
  const auto index = places.to(torch::kInt64).reshape({lines, numbers.size(2)});
  auto counts = torch::zeros({lines, bins.count}, torch::kFloat32);
  counts.scatter_add_(1, index, torch::ones({1, 1}, torch::kFloat32).expand(index.sizes()));
  return counts.view({numbers.size(0), numbers.size(1), bins.count});
}

}  // namespace

Bins equal_bins(int64_t kinds, double low, double width, int64_t count) {
  return {.low = torch::full({kinds}, low, torch::kFloat32),
          .width = torch::full({kinds}, width, torch::kFloat32),
          .count = count};
}

Bins fitted_bins(const torch::Tensor& images, const ImageNumbers& numbers, double deviations, int64_t count) {
  torch::Tensor sum;
  torch::Tensor squares;
  torch::Tensor least;
  torch::Tensor most;
  double size = 0;
  for (int64_t begin = 0; begin < images.size(0); begin += kImageBlock) {
    const auto part = numbers(block_of(images, begin)).to(torch::kFloat64);
    const bool is_first = begin == 0;
    sum = is_first ? part.sum(kAllButKinds) : sum + part.sum(kAllButKinds);
    squares = is_first ? part.square().sum(kAllButKinds) : squares + part.square().sum(kAllButKinds);
    least = is_first ? part.amin(kAllButKinds) : torch::minimum(least, part.amin(kAllButKinds));
    most = is_first ? part.amax(kAllButKinds) : torch::maximum(most, part.amax(kAllButKinds));
    size += static_cast<double>(part.size(0) * part.size(2));
  }
  const auto mean = sum / size;
  const auto reach = (squares / size - mean.square()).clamp_min(0).sqrt() * deviations;
  Bins bins = equal_bins(mean.size(0), 0, 1, count);
  const auto low = torch::maximum(least, mean - reach);
  const auto width = (torch::minimum(most, mean + reach) - low) / static_cast<double>(bins.count - 1);
  bins.low = low.to(torch::kFloat32);
  bins.width = torch::where(width > 0, width, torch::ones_like(width)).to(torch::kFloat32);
  return bins;
}

torch::Tensor histograms(const torch::Tensor& images, const ImageNumbers& numbers, const Bins& bins) {
  std::vector<torch::Tensor> parts;
  for (int64_t begin = 0; begin < images.size(0); begin += kImageBlock) {
    const auto part = numbers(block_of(images, begin));
    parts.push_back(counts_of(part, bins).to(part.size(2) < 256 ? torch::kUInt8 : torch::kInt32));
  }
  return torch::cat(parts);
}

torch::Tensor joint_histogram(const torch::Tensor& images, const ImageNumbers& numbers, const Bins& bins) {
  auto sum = torch::zeros({bins.low.size(0), bins.count}, torch::kFloat64);
  for (int64_t begin = 0; begin < images.size(0); begin += kImageBlock) {
    sum += counts_of(numbers(block_of(images, begin)), bins).sum(0, /*keepdim=*/false, torch::kFloat64);
  }
  return sum / sum.sum(1, /*keepdim=*/true);
}

torch::Tensor binned_wasserstein(const torch::Tensor& p, const torch::Tensor& q, const torch::Tensor& width) {
  return (p - q).cumsum(-1).abs_().sum(-1) * width;
}

torch::Tensor group_wasserstein(const torch::Tensor& counts, const torch::Tensor& reference, const Bins& bins,
                                const Resamples& resamples, const Tick& tick) {
  const int64_t kinds = counts.size(1);
  const int64_t chunk = std::max<int64_t>(1, kColumns / bins.count);
  auto sum = torch::zeros({resamples.rows()}, torch::kFloat64);
  for (int64_t first = 0; first < kinds; first += chunk) {
    const int64_t last = std::min(kinds, first + chunk);
    const auto columns = counts.slice(1, first, last).to(torch::kFloat32).reshape({counts.size(0), -1});
    const auto truth = reference.slice(0, first, last);
    const auto width = bins.width.slice(0, first, last).to(torch::kFloat64);
    sum += resamples.map(
        [&](const torch::Tensor& weights) {
          // Whole numbers, below 2^24 but for the largest images: the sums are exact whatever their order.
          const auto groups =
              weights.matmul(columns).view({weights.size(0), last - first, bins.count}).to(torch::kFloat64);
          return binned_wasserstein(groups / groups[0][0].sum(), truth, width).sum(1);
        },
        [&](double share) {
          tick((static_cast<double>(first) + share * static_cast<double>(last - first)) / static_cast<double>(kinds));
        });
  }
  return sum / static_cast<double>(kinds);
}

}  // namespace veil
