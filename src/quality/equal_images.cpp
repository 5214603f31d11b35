#include "quality/equal_images.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>

#include "quality/intervals.h"

namespace veil {
namespace {

uint64_t hash_of(const uint8_t* bytes, int64_t size) {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes), static_cast<size_t>(size)});
}

// Images of a group that are there at least twice; weights 0 or 1.
int64_t repeated(const std::vector<int64_t>& contents, const float* weights) {
  std::vector<int64_t> counts(contents.size(), 0);
  for (size_t i = 0; i < contents.size(); ++i) {
    counts[static_cast<size_t>(contents[i])] += weights[i] > 0 ? 1 : 0;
  }
  int64_t sum = 0;
  for (const int64_t count : counts) {
    sum += count > 1 ? count : 0;
  }
  return sum;
}

}  // namespace

ImageIndex::ImageIndex(const torch::Tensor& images) : images_(images.flatten(1).contiguous()) {
  const int64_t size = images_.size(1);
  const auto* first = images_.const_data_ptr<uint8_t>();
  for (int64_t i = 0; i < images_.size(0); ++i) {
    const int64_t known = content_of(first + i * size);
    contents_.push_back(known >= 0 ? known : i);
    if (known < 0) {
      first_.emplace(hash_of(first + i * size, size), i);
    }
  }
}

int64_t ImageIndex::content_of(const uint8_t* image) const {
  const int64_t size = images_.size(1);
  const auto [begin, end] = first_.equal_range(hash_of(image, size));
  for (auto at = begin; at != end; ++at) {
    if (std::memcmp(images_.const_data_ptr<uint8_t>() + at->second * size, image, static_cast<size_t>(size)) == 0) {
      return at->second;
    }
  }
  return -1;
}

std::vector<std::vector<int64_t>> equal_groups(const std::vector<int64_t>& contents) {
  std::map<int64_t, std::vector<int64_t>> members;
  for (size_t i = 0; i < contents.size(); ++i) {
    members[contents[i]].push_back(static_cast<int64_t>(i));
  }
  std::vector<std::vector<int64_t>> groups;
  for (auto& [content, group] : members) {
    if (group.size() > 1) {
      groups.push_back(std::move(group));
    }
  }
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return groups;
}

QualityFigure duplicates_figure(const std::vector<int64_t>& contents, const Resamples& resamples) {
  const int64_t rows = resamples.bootstrap_row(0);
  auto counts = torch::zeros({rows}, torch::kFloat64);
  for (int64_t row = 0; row < rows; ++row) {
    counts[row] = repeated(contents, resamples.weights().const_data_ptr<float>() + row * 2 * resamples.size());
  }
  QualityFigure figure =
      empty_figure({.name = "duplicates", .title = "equal to another of them", .unit = "%"}, resamples.size(), 0);
  figure.samples = share_of(counts[0].item<int64_t>(), resamples.size());
  figure.real = share_of(counts[1].item<int64_t>(), resamples.size());
  figure.p_value = division_p(counts, resamples, /*is_lower_better=*/true);
  return figure;
}

}  // namespace veil
