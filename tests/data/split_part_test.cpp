#include "veil/data/split_part.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <vector>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

// One black token an example: a part is chosen by labels and indices alone.
TensorDataset dataset_of(const std::vector<int64_t>& labels, int64_t classes) {
  DatasetInfo info;
  info.name = "toy";
  info.shape = {1, 1, 1};
  info.classes = classes;
  const auto size = static_cast<int64_t>(labels.size());
  return {info, torch::zeros({size, 1}, torch::kUInt8), classes > 0 ? torch::tensor(labels) : torch::Tensor()};
}

// Examples as folders hold them: class after class.
std::vector<int64_t> sorted_labels(const std::vector<int64_t>& sizes) {
  std::vector<int64_t> labels;
  for (size_t label = 0; label < sizes.size(); ++label) {
    labels.insert(labels.end(), static_cast<size_t>(sizes[label]), static_cast<int64_t>(label));
  }
  return labels;
}

std::map<int64_t, int64_t> counts_of(const std::vector<int64_t>& part, const std::vector<int64_t>& labels) {
  std::map<int64_t, int64_t> counts;
  for (const auto index : part) {
    ++counts[labels[static_cast<size_t>(index)]];
  }
  return counts;
}

double mean_at(const std::vector<int64_t>& indices, const std::vector<double>& values) {
  double sum = 0;
  for (const auto index : indices) {
    sum += values[static_cast<size_t>(index)];
  }
  return sum / static_cast<double>(indices.size());
}

// 763 values in 22 sorted classes whose means differ, as bits of clip art do: the first 200 say something else.
TEST(SplitPartTest, StandsForAWholeThatIsSortedByClass) {
  std::vector<int64_t> sizes(22, 34);
  sizes[3] = 49;
  const auto labels = sorted_labels(sizes);
  ASSERT_EQ(labels.size(), 763U);
  std::mt19937 generator(5);
  std::normal_distribution<double> normal(0.0, 1.0);
  std::vector<double> of_class(sizes.size());
  std::generate(of_class.begin(), of_class.end(), [&] { return normal(generator); });
  std::vector<double> values;
  for (const auto label : labels) {
    values.push_back(3.3 + of_class[static_cast<size_t>(label)] + 0.5 * normal(generator));
  }
  const double whole = std::accumulate(values.begin(), values.end(), 0.0) / 763;
  const auto part = part_of_split(dataset_of(labels, 22), 200);
  double squares = 0;
  for (const auto index : part) {
    squares += std::pow(values[static_cast<size_t>(index)] - mean_at(part, values), 2);
  }
  const double error = std::sqrt(squares / 199 / 200);
  EXPECT_LT(std::abs(mean_at(part, values) - whole), 1.96 * error);
  std::vector<int64_t> first(200);
  std::iota(first.begin(), first.end(), 0);
  EXPECT_GT(std::abs(mean_at(first, values) - whole), 1.96 * error) << "the values would not have shown the fault";
}

TEST(SplitPartTest, ClassesOfEqualSizeHaveEqualSharesToOne) {
  const auto labels = sorted_labels(std::vector<int64_t>(7, 30));
  const auto data = dataset_of(labels, 7);
  for (int64_t count = 1; count < 210; ++count) {
    const auto counts = counts_of(part_of_split(data, count), labels);
    for (int64_t label = 0; label < 7; ++label) {
      const auto found = counts.contains(label) ? counts.at(label) : 0;
      EXPECT_GE(found, count / 7) << count << " of class " << label;
      EXPECT_LE(found, (count + 6) / 7) << count << " of class " << label;
    }
  }
}

// With the threshold t class c has n_c t examples to within one: some t must explain the counts of all classes.
TEST(SplitPartTest, EachClassHasItsShareToOne) {
  const std::vector<int64_t> sizes{100, 1, 300, 30, 569};
  const auto labels = sorted_labels(sizes);
  const auto data = dataset_of(labels, 5);
  for (const int64_t count : {1, 2, 10, 33, 100, 500, 900, 999}) {
    const auto part = part_of_split(data, count);
    ASSERT_EQ(std::ssize(part), count);
    auto counts = counts_of(part, labels);
    double low = 0.0;
    double high = 1.0;
    for (size_t label = 0; label < sizes.size(); ++label) {
      const auto size = static_cast<double>(sizes[label]);
      const auto found = static_cast<double>(counts[static_cast<int64_t>(label)]);
      low = std::max(low, (found - 1) / size);
      high = std::min(high, (found + 1) / size);
    }
    EXPECT_LE(low, high) << count;
    EXPECT_NEAR((low + high) / 2, static_cast<double>(count) / 1000, 0.005) << count;
  }
}

TEST(SplitPartTest, SmallerPartsLieInsideLargerOnes) {
  for (const int64_t classes : {0, 4}) {
    const auto data = dataset_of(sorted_labels({40, 160, 300, 500}), classes);
    std::vector<int64_t> before;
    for (const int64_t count : {1, 7, 200, 400, 999, 1000}) {
      const auto part = part_of_split(data, count);
      EXPECT_TRUE(std::is_sorted(part.begin(), part.end()));
      EXPECT_EQ(std::set<int64_t>(part.begin(), part.end()).size(), static_cast<size_t>(count));
      EXPECT_GE(part.front(), 0);
      EXPECT_LT(part.back(), 1000);
      EXPECT_TRUE(std::includes(part.begin(), part.end(), before.begin(), before.end())) << classes << ", " << count;
      before = part;
    }
  }
}

TEST(SplitPartTest, AllOfItIsAllInOrder) {
  const auto data = dataset_of({0, 1, 0, 1}, 2);
  for (const int64_t count : {0, 4, 5}) {
    EXPECT_EQ(part_of_split(data, count), (std::vector<int64_t>{0, 1, 2, 3}));
  }
  EXPECT_THROW((void)part_of_split(data, -1), InvalidArgument);
}

// Of 2,000 indices without labels, 500 at random: their mean has the standard error of a draw without replacement.
TEST(SplitPartTest, WithoutLabelsItIsARandomSample) {
  const auto part = part_of_split(dataset_of(std::vector<int64_t>(2000, 0), 0), 500);
  const double mean = std::accumulate(part.begin(), part.end(), 0.0) / 500;
  EXPECT_NEAR(mean, 999.5, 3 * std::sqrt(2000.0 * 2000.0 / 12 / 500 * 0.75));
  EXPECT_EQ(counts_of(part, std::vector<int64_t>(2000, 0)).at(0), 500);
}

}  // namespace
}  // namespace veil
