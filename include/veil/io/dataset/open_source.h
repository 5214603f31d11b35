#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "veil/io/source/image_source.h"

namespace veil::io {

/// Opens a file or folder of images; its format is told by content:
///   folder  IDX files {train,t10k,test}-images*, {train,t10k,test}-labels*, each plain or gzip; CIFAR-10 or CIFAR-100
///           in their binary version; NumPy files (ImageNet 64x64 as train_data_batch_1.npz …, val_data.npz among
///           them); archives named train*, valid*, test*; else all image files in it and its sub-folders
///   file    one of these: IDX of images, CIFAR records, .npy, .npz, a tar or zip of images, packed HDF5
/// Sub-folders (or names in a tar) that begin with train, test, val or valid are splits; sub-folders below them are
/// classes. `name`: of the data set; empty to recognise it. Throws DataError (path, found, wanted).
[[nodiscard]] std::unique_ptr<ImageSource> open_source(const std::filesystem::path& path, const std::string& name = "");

/// The same of the name of a known data set or a path, as open_dataset() takes them.
[[nodiscard]] std::unique_ptr<ImageSource> open_named_source(const std::string& source);

}  // namespace veil::io
