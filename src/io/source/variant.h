#pragma once

#include <cstdint>
#include <string>

#include "veil/data/dataset_info.h"
#include "veil/io/image/fit_image.h"
#include "veil/io/source/image_source.h"

namespace veil::io {

/// The name of ImageNet in the NumPy files of Chrabaszcz et al. ("imagenet64-npz"): 1,281,167 and 50,000 rows, labels 1
/// to 1000.
[[nodiscard]] std::string imagenet_npz_name(const SourceInfo& info);

/// The name of image files in a folder or archive called `stem`, else info.name. Known are ImageNet in the PNG files of
/// van den Oord et al. ("imagenet64-png"), by the size in the name (train_64x64) and the counts 1,281,149 and 49,999;
/// and the photographs of ILSVRC 2012 in folders of classes ("imagenet"), by their counts.
[[nodiscard]] std::string recognized_name(const SourceInfo& info, const std::string& stem);

/// What is known of a split of `source` after `fit`, but for shape and fingerprint. The name tells what was done:
/// "imagenet" at 64 with the area filter is "imagenet64-area" ("imagenet64-pad-area" where images are padded), another
/// known set gets filter and size behind its name, a custom one keeps its own.
[[nodiscard]] DatasetInfo described(const SourceInfo& source, const std::string& split, const FitOptions& fit);

/// Throws DataError if a data set that was asked for by name ("imagenet64-png", "cifar10") was found not to be it: the
/// name that its content has is another.
void require_variant(const std::string& wanted, const SourceInfo& info, const std::string& path);

}  // namespace veil::io
