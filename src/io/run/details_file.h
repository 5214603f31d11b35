#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "veil/data/token_shape.h"

namespace veil::io {

/// An example that was scored, as a picture for people. Pictures are PNG files in base64.
struct PicturedExample {
  int64_t index = 0;  ///< in the split
  std::string name;   ///< Dataset::name()
  int64_t label = -1;
  std::string class_name;  ///< empty where there are no labels; the number where classes have no names
  double bits_per_dim = 0.0;
  double mask_standard_error = 0.0;  ///< what more passes would remove of that figure's error
  std::string picture;
  std::string map;   ///< where in it the bits are
  std::string text;  ///< in place of both, where the data are texts
};

/// What a lossless compressor needs for those examples.
struct CompressorFigure {
  std::string name;
  std::vector<double> each;  ///< bits per dimension of each image as a file of its own
  double together = 0.0;     ///< of all of them in one picture; NaN: not measured
};

/// What a run's final evaluation shows of single examples: for the page about the run.
struct EvaluationDetails {
  double bits_per_dim = 0.0;  ///< of the evaluation that this is a part of, to the last bit
  TokenShape shape;           ///< of an example
  std::string pictured;       ///< examples of the split, side by side; empty for texts
  std::vector<PicturedExample> most_bits;
  std::vector<PicturedExample> fewest_bits;
  double white = 0.0;                         ///< bits of a pixel from which on a map of these examples is white
  int64_t mapped = 0;                         ///< examples over which `position_bits` is the mean
  std::vector<double> position_bits;          ///< of each token in order; empty: not measured
  std::vector<int64_t> compressed_indices;    ///< scored examples that compressors were given, ascending
  std::vector<CompressorFigure> compressors;  ///< empty: not measured
};

/// One JSON object (docs/file-formats.md), whole or not at all. Throws IoError.
void write_details(const std::filesystem::path& file, const EvaluationDetails& details);

/// Throws DataError if the file is missing, larger than 64 MiB, or holds anything else than such an object.
[[nodiscard]] EvaluationDetails read_details(const std::filesystem::path& file);

/// The inverse of what write_details writes; `origin` begins every message.
[[nodiscard]] EvaluationDetails details_from_json(std::string_view json, const std::string& origin);

}  // namespace veil::io
