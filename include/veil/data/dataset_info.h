#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "veil/data/token_shape.h"

namespace veil {

/// A network has a row of weights for each class.
inline constexpr int64_t kMaxClasses = 100'000;

/// What the tokens of an example are.
enum class DataKind {
  kImage,  ///< values of pixels
  kText,   ///< letters or pieces of text
};

/// What is known of a data set, printed beside every figure measured on it and stored in models.
struct DatasetInfo {
  std::string name;   ///< for example "fashion-mnist"
  std::string split;  ///< "train", "test", "valid" or "all"
  DataKind kind = DataKind::kImage;
  TokenShape shape;                        ///< of one example
  int64_t vocab_size = 256;                ///< number of token values, without the mask
  int64_t classes = 0;                     ///< 0 if there are no labels; at most kMaxClasses
  std::vector<std::string> class_names{};  ///< empty, or `classes` names
  std::string alphabet{};                  ///< text: the letter of each token value, ASCII; empty for images
  std::string preparation{};               ///< what was done to the images, in words; empty: nothing
  std::string fingerprint{};               ///< tells this split from others (io/fingerprint.h); empty: not taken
  std::string token_digest{};  ///< of all tokens in order, a byte each: SHA-256, its first 16 digits; empty: not taken
  std::string label_digest{};  ///< the same of the labels, as little-endian int64
};

}  // namespace veil
