#include "quality/manifold.h"

#include <algorithm>

#include "quality/figure.h"
#include "quality/intervals.h"

namespace veil {
namespace {

constexpr int64_t kNeighbour = 5;
// Of all pooled images, nearest first: among so many there are, but for one image in a million, 5 of its own group.
constexpr int64_t kListed = 48;
constexpr int64_t kRowBlock = 500;
constexpr int64_t kExact = 2;  // sums of squared differences: by products of matrices, equal images would be apart

torch::Tensor distances(const torch::Tensor& x, const torch::Tensor& y) { return at::cdist(x, y, 2.0, kExact); }

// Distances from each row to its `count` nearest others, ascending, and which they are.
std::pair<torch::Tensor, torch::Tensor> neighbours(const torch::Tensor& features, int64_t count) {
  std::vector<torch::Tensor> lengths;
  std::vector<torch::Tensor> places;
  for (int64_t begin = 0; begin < features.size(0); begin += kRowBlock) {
    const int64_t end = std::min(features.size(0), begin + kRowBlock);
    auto all = distances(features.slice(0, begin, end), features);
    all.slice(1, begin, end).fill_diagonal_(std::numeric_limits<float>::infinity());
    const auto [values, indices] = all.topk(count, 1, /*largest=*/false, /*sorted=*/true);
    lengths.push_back(values);
    places.push_back(indices);
  }
  return {torch::cat(lengths), torch::cat(places)};
}

// A training image that lies within the listed neighbours of a pooled image.
struct Reach {
  int32_t image = 0;  // pooled
  int32_t training = 0;
  int32_t nearer = 0;  // listed neighbours that are nearer to the image than it is
};

class Balls {
 public:
  Balls(const torch::Tensor& pooled, const torch::Tensor& reference)
      : listed_(std::min(kListed, pooled.size(0) - 1)), trainings_(reference.size(0)) {
    std::tie(lengths_, places_) = neighbours(pooled, listed_);
    const auto radii = neighbours(reference, kNeighbour).first.select(1, kNeighbour - 1);
    std::vector<torch::Tensor> inside;
    for (int64_t begin = 0; begin < pooled.size(0); begin += kRowBlock) {
      const int64_t end = std::min(pooled.size(0), begin + kRowBlock);
      const auto to_training = distances(pooled.slice(0, begin, end), reference);
      inside.push_back((to_training <= radii).any(1));
      note_reaches(to_training, begin);
    }
    precise_ = torch::cat(inside);
  }

  // bool [2n]: whether an image lies in a ball around a training image.
  [[nodiscard]] const torch::Tensor& precise() const { return precise_; }

  // How many training images lie in balls around the images of a group: weights 0 or 1, [2n].
  [[nodiscard]] int64_t covered(const float* weights) const {
    std::vector<int32_t> edge(static_cast<size_t>(places_.size(0)), -1);
    for (size_t i = 0; i < edge.size(); ++i) {
      if (weights[i] > 0) {
        edge[i] = place_of_edge(static_cast<int64_t>(i), weights);
      }
    }
    std::vector<char> is_covered(static_cast<size_t>(trainings_), 0);
    for (const auto& reach : reaches_) {
      if (reach.nearer <= edge[static_cast<size_t>(reach.image)]) {
        is_covered[static_cast<size_t>(reach.training)] = 1;
      }
    }
    return std::count(is_covered.begin(), is_covered.end(), 1);
  }

 private:
  void note_reaches(const torch::Tensor& to_training, int64_t begin) {
    const auto lists = lengths_.slice(0, begin, begin + to_training.size(0));
    const auto within = torch::nonzero(to_training <= lists.select(1, listed_ - 1).unsqueeze(1)).contiguous();
    const auto lengths = to_training.index({within.select(1, 0), within.select(1, 1)}).contiguous();
    const auto* place = within.const_data_ptr<int64_t>();
    const auto* length = lengths.const_data_ptr<float>();
    for (int64_t i = 0; i < within.size(0); ++i) {
      const int64_t image = begin + place[2 * i];
      const auto* list = lengths_.const_data_ptr<float>() + image * listed_;
      reaches_.push_back({.image = static_cast<int32_t>(image),
                          .training = static_cast<int32_t>(place[2 * i + 1]),
                          .nearer = static_cast<int32_t>(std::lower_bound(list, list + listed_, length[i]) - list)});
    }
  }

  // Where in the list of an image its 5th neighbour of the same group stands.
  [[nodiscard]] int32_t place_of_edge(int64_t image, const float* weights) const {
    const auto* list = places_.const_data_ptr<int64_t>() + image * listed_;
    int64_t found = 0;
    int64_t place = 0;
    while (place < listed_ && found < kNeighbour) {
      found += weights[list[place]] > 0 ? 1 : 0;
      ++place;
    }
    return static_cast<int32_t>(place - 1);
  }

  int64_t listed_;
  int64_t trainings_;
  torch::Tensor lengths_;  // float [2n, listed]
  torch::Tensor places_;   // int64 [2n, listed]
  torch::Tensor precise_;
  std::vector<Reach> reaches_;
};

}  // namespace

std::vector<QualityFigure> precision_and_recall(const torch::Tensor& pooled, const torch::Tensor& reference,
                                                const Resamples& resamples, const Tick& tick) {
  const Balls balls(pooled, reference);
  tick(0.2);
  const int64_t rows = resamples.bootstrap_row(0);
  std::vector<int64_t> covered;
  for (int64_t row = 0; row < rows; ++row) {
    covered.push_back(balls.covered(resamples.weights().const_data_ptr<float>() + row * pooled.size(0)));
    tick(0.2 + 0.8 * static_cast<double>(row + 1) / static_cast<double>(rows));
  }
  const int64_t size = reference.size(0);
  const FigureText precision{.name = "precision", .title = "precision", .unit = "%", .is_lower_better = false};
  const FigureText recall{.name = "recall", .title = "recall", .unit = "%", .is_lower_better = false};
  QualityFigure figure = empty_figure(recall, resamples.size(), size);
  figure.samples = share_of(covered[0], size);
  figure.real = share_of(covered[1], size);
  figure.p_value = division_p(torch::tensor(covered, torch::kFloat64), resamples, /*is_lower_better=*/false);
  return {share_figure(precision, balls.precise(), resamples, size), figure};
}

}  // namespace veil
