#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/report/example_bits.h"
#include "io/run/run_records.h"

namespace veil::io {

/// A compressor beside the model.
struct ComparedCompressor {
  std::string name;
  MeanFigure each;        ///< bits per dimension, each image as a file of its own
  MeanFigure difference;  ///< the model's bits of an image less that
  double together = 0.0;  ///< all images in one picture; NaN: not measured
};

/// What a model and compressors need for the same images.
struct CompressorComparison {
  int64_t images = 0;
  MeanFigure model;
  std::vector<ComparedCompressor> compressors;
};

/// Nothing if no compressor was measured, or if the evaluation does not say what the model needs for each of these
/// images.
[[nodiscard]] std::optional<CompressorComparison> compare_with_compressors(const RunRecords& records);

/// Whether the model needs fewer bits than each compressor, JPEG XL among them, in plain words; says what was not
/// measured. For texts too, and where nothing is known.
[[nodiscard]] std::string compressor_words(const RunRecords& records);

/// Bars and a table with an interval of each difference, as HTML; empty if nothing was measured.
[[nodiscard]] std::string compressor_section(const RunRecords& records);

}  // namespace veil::io
