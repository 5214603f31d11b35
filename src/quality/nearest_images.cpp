#include "quality/nearest_images.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "quality/chosen_images.h"

namespace veil {
namespace {

constexpr int64_t kNeighbours = 50;
constexpr int64_t kMostSide = 32;
constexpr double kAlike = 0.5;  // grey levels: images of one plain colour, say, are all nearest to each other
constexpr int64_t kTrainingBlock = 1000;
constexpr int64_t kQueryBlock = 1000;

// Squared distances of small images, in single precision: good enough to rank, not to tell a copy.
torch::Tensor ranking(const torch::Tensor& queries, const torch::Tensor& training) {
  const auto lengths = queries.square().sum(1).unsqueeze(1) + training.square().sum(1);
  return at::addmm(lengths, queries, training.t(), 1, -2).clamp_min_(0);
}

// The least squared distances so far, ascending, and whose they are.
struct Best {
  torch::Tensor squares;  // float [n, <= kNeighbours]
  torch::Tensor indices;  // int64
};

void merge(Best& best, const torch::Tensor& queries, const torch::Tensor& block, int64_t first) {
  std::vector<torch::Tensor> squares;
  std::vector<torch::Tensor> indices;
  const auto numbers = torch::arange(first, first + block.size(0), torch::kInt64);
  for (int64_t begin = 0; begin < queries.size(0); begin += kQueryBlock) {
    const int64_t end = std::min(queries.size(0), begin + kQueryBlock);
    auto found = ranking(queries.slice(0, begin, end), block);
    auto whose = numbers.expand({end - begin, -1});
    if (best.squares.defined()) {
      found = torch::cat({best.squares.slice(0, begin, end), found}, 1);
      whose = torch::cat({best.indices.slice(0, begin, end), whose}, 1);
    }
    const auto [least, places] = found.topk(std::min(kNeighbours, found.size(1)), 1, /*largest=*/false);
    squares.push_back(least);
    indices.push_back(whose.gather(1, places));
  }
  best = {.squares = torch::cat(squares), .indices = torch::cat(indices)};
}

double root_mean_square(const torch::Tensor& a, const torch::Tensor& b) {
  return (a.to(torch::kFloat64) - b.to(torch::kFloat64)).square().mean().sqrt().item<double>();
}

}  // namespace

torch::Tensor small_rows(const torch::Tensor& images) {
  const int64_t side = std::max(images.size(1), images.size(2));
  const int64_t factor = (side + kMostSide - 1) / kMostSide;
  auto planes = images.permute({0, 3, 1, 2}).to(torch::kFloat32).contiguous() - 127.5;
  if (factor > 1) {
    planes = at::avg_pool2d(planes, factor, factor, 0, /*ceil_mode=*/true);
  }
  return planes.flatten(1);
}

std::vector<NearestTraining> nearest_images(const torch::Tensor& queries, const Dataset& training,
                                            const BlockVisitor& visit, const Tick& tick) {
  const auto rows = small_rows(queries);
  const int64_t size = training.size();
  Best best;
  for (int64_t begin = 0; begin < size; begin += kTrainingBlock) {
    std::vector<int64_t> indices(static_cast<size_t>(std::min(kTrainingBlock, size - begin)));
    std::iota(indices.begin(), indices.end(), begin);
    const auto block = images_of(training, indices);
    visit(block, begin);
    merge(best, rows, small_rows(block), begin);
    tick(static_cast<double>(begin + block.size(0)) / static_cast<double>(size));
  }
  const auto means = (best.squares / static_cast<double>(rows.size(1))).sqrt().mean(1).to(torch::kFloat64);
  std::vector<NearestTraining> nearest;
  for (int64_t i = 0; i < queries.size(0); ++i) {
    NearestTraining found{.sample = i, .training = best.indices[i][0].item<int64_t>()};
    const auto image = images_of(training, {found.training});
    found.distance = root_mean_square(queries[i], image[0]);
    const double mean = means[i].item<double>();
    found.ratio = mean > kAlike ? root_mean_square(rows[i], small_rows(image)[0]) / mean : 1.0;
    nearest.push_back(found);
  }
  return nearest;
}

}  // namespace veil
