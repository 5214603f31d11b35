#include "cli/terminal/heat_map.h"

#include <algorithm>
#include <cstdint>

#include "base/torch.h"
#include "base/words.h"
#include "io/image/heat_colors.h"
#include "io/image/picture_mark.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"

namespace veil::cli {
namespace {

// Bits of each pixel, all channels together.
std::vector<double> pixel_bits(const PositionBits& map, int64_t channels) {
  std::vector<double> bits(map.bits.size() / static_cast<size_t>(channels), 0.0);
  for (size_t i = 0; i < map.bits.size(); ++i) {
    bits[i / static_cast<size_t>(channels)] += map.bits[i];
  }
  return bits;
}

// The pictures themselves, uint8 [n, 3 * pixels].
torch::Tensor pictures(const Dataset& dataset, const std::vector<PositionBits>& maps) {
  std::vector<int64_t> indices;
  for (const auto& map : maps) {
    indices.push_back(map.index);
  }
  const auto& info = dataset.info();
  const auto images = io::tokens_to_images(dataset.get(indices).tokens, info.shape, info.vocab_size);
  return images.expand({-1, -1, -1, 3}).reshape({images.size(0), -1});
}

torch::Tensor colored(const std::vector<PositionBits>& maps, int64_t channels, double white) {
  const auto pixels = static_cast<int64_t>(maps.front().bits.size()) / channels;
  auto rows = torch::empty({std::ssize(maps), 3 * pixels}, torch::kUInt8);
  auto* out = rows.mutable_data_ptr<uint8_t>();
  for (const auto& map : maps) {
    for (const double bits : pixel_bits(map, channels)) {
      const auto color = io::heat_color(white > 0 ? bits / white : 0.0);
      out = std::copy(color.begin(), color.end(), out);
    }
  }
  return rows;
}

double white_of(const std::vector<MapRows>& blocks, int64_t channels) {
  std::vector<double> all;
  for (const auto& block : blocks) {
    for (const auto& maps : block) {
      for (const auto& map : maps) {
        const auto bits = pixel_bits(map, channels);
        all.insert(all.end(), bits.begin(), bits.end());
      }
    }
  }
  return io::heat_white(all);
}

}  // namespace

HeatMap write_heat_map(const std::filesystem::path& file, const Dataset& dataset, const std::vector<MapRows>& blocks) {
  const auto& shape = dataset.info().shape;
  const HeatMap map{.white = white_of(blocks, shape.channels)};
  std::vector<torch::Tensor> rows;
  for (const auto& block : blocks) {
    rows.push_back(pictures(dataset, block.front()));
    for (const auto& maps : block) {
      rows.push_back(colored(maps, shape.channels, map.white));
    }
  }
  const auto grid = io::image_grid(torch::cat(rows), {shape.height, shape.width, 3},
                                   {.columns = std::ssize(blocks.front().front()), .scale = 0});
  auto comments = io::picture_mark(io::kHeatMapMark);
  comments["veil heat map"] = concat("white: ", number_text(map.white), " bits a pixel or more");
  io::write_png(file, grid, comments);
  return map;
}

}  // namespace veil::cli
