#pragma once

#include <filesystem>
#include <vector>

#include "veil/data/dataset.h"
#include "veil/evaluate/position_bits.h"

namespace veil::cli {

struct HeatMap {
  double white = 0.0;  ///< bits of a pixel from which on it is white
};

/// A PNG file in four rows: the pictures `most`, their maps, the pictures `fewest`, their maps (two rows if `fewest` is
/// empty). A pixel of a map is what all channels of that pixel cost, on one scale for all maps: black at 0 bits, over
/// violet, red and yellow to white at the value below which 99.5 % of all their pixels lie. The file says that value in
/// a comment. `most` is not empty, and `fewest` as long or empty. Throws IoError.
HeatMap write_heat_map(const std::filesystem::path& file, const Dataset& dataset, const std::vector<PositionBits>& most,
                       const std::vector<PositionBits>& fewest);

}  // namespace veil::cli
