#pragma once

#include <cstdint>
#include <string>

#include "veil/io/fit_image.h"
#include "veil/io/image_source.h"

namespace veil::io {

/// The name of ImageNet in the PNG files of van den Oord et al. ("imagenet64-png"), told by the size that the folders
/// or tar files have in their names (train_64x64) and by the counts: 1,281,149 and 49,999 images; "" for anything else.
[[nodiscard]] std::string imagenet_png_name(const SourceInfo& info, const std::string& folder_name);

/// The same of the NumPy files of Chrabaszcz et al. ("imagenet64-npz"): 1,281,167 and 50,000 rows, labels 1 to 1000.
[[nodiscard]] std::string imagenet_npz_name(const SourceInfo& info);

/// "imagenet" if these are the photographs of ILSVRC 2012 in folders of classes, by the counts; "" for anything else.
[[nodiscard]] std::string imagenet_name(const SourceInfo& info);

/// The name of image files in a folder or archive called `stem`: ImageNet's in one of its forms, else info.name.
[[nodiscard]] std::string recognized_name(const SourceInfo& info, const std::string& stem);

/// The name of a data set after its images were fitted: "imagenet" at 64 with the area filter is "imagenet64-area",
/// another known set gets the filter and size behind its name, a custom one keeps its name.
[[nodiscard]] std::string fitted_name(const std::string& name, const FitOptions& fit);

/// Throws DataError if a data set that was asked for by name ("imagenet64-png") was found not to be it.
void require_variant(const std::string& wanted, const SourceInfo& info, const std::string& path);

}  // namespace veil::io
