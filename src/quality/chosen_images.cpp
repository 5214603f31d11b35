#include "quality/chosen_images.h"

#include <algorithm>
#include <span>

#include "quality/tick.h"
#include "veil/base/random.h"
#include "veil/data/split_part.h"

namespace veil {

torch::Tensor images_of(const Dataset& dataset, const std::vector<int64_t>& indices) {
  const auto& shape = dataset.info().shape;
  const auto size = std::ssize(indices);
  auto images = torch::empty({size, shape.length()}, torch::kUInt8);
  for (int64_t begin = 0; begin < size; begin += kImageBlock) {
    const int64_t count = std::min(kImageBlock, size - begin);
    const std::span<const int64_t> block(indices.data() + begin, static_cast<size_t>(count));
    images.slice(0, begin, begin + count).copy_(dataset.get(block).tokens);
  }
  return images.view({size, shape.height, shape.width, shape.channels});
}

std::vector<int64_t> shuffled_part(const Dataset& dataset, int64_t count, uint64_t seed, uint64_t choice) {
  const auto part = part_of_split(dataset, count);
  const NoiseKey key{
      .seed = seed, .purpose = NoisePurpose::kQuality, .round = quality_round(QualityNoise::kOrder, choice)};
  std::vector<int64_t> order;
  for (const int64_t place : permutation(key, std::ssize(part))) {
    order.push_back(part[static_cast<size_t>(place)]);
  }
  return order;
}

}  // namespace veil
