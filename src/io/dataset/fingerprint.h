#pragma once

#include <memory>
#include <string>

#include "veil/data/dataset.h"

namespace veil::io {

/// A line that tells one split from others: the number of examples, their shape, the number of classes, and of a sample
/// of 256 examples at even distances the SHA-256 (its first 16 digits), the mean of each channel and the mean squared
/// difference of neighbouring pixels. Two versions of one data set (ImageNet resized in two ways) differ in the last
/// even where counts and shapes agree. Equal data sets have equal lines whatever file they came from. Cost: reads 256
/// examples.
[[nodiscard]] std::string fingerprint(const Dataset& dataset);

/// The form of DatasetInfo::token_digest and label_digest: the first 16 digits of a SHA-256.
[[nodiscard]] std::string short_digest(std::string sha256);

/// The same data set, whose info() has its fingerprint.
[[nodiscard]] std::unique_ptr<Dataset> with_fingerprint(std::unique_ptr<Dataset> dataset);

}  // namespace veil::io
