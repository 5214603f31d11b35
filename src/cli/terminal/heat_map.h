#pragma once

#include <filesystem>
#include <vector>

#include "veil/data/dataset.h"
#include "veil/evaluate/position_bits.h"

namespace veil::cli {

struct HeatMap {
  double white = 0.0;  ///< bits of a pixel from which on it is white
};

/// One or several rows of maps of the same examples, in the same order.
using MapRows = std::vector<std::vector<PositionBits>>;

/// A PNG file in which every block is a row of pictures and below it its rows of maps. A pixel of a map is what all
/// channels of that pixel cost, on one scale for all maps: black at 0 bits, over violet, red and yellow to white at the
/// value below which 99.5 % of all their pixels lie. The file says that value in a comment. There is a block, and all
/// rows are equally long, at least 1. Throws IoError.
HeatMap write_heat_map(const std::filesystem::path& file, const Dataset& dataset, const std::vector<MapRows>& blocks);

}  // namespace veil::cli
