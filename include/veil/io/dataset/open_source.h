#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "veil/io/source/image_source.h"

namespace veil::io {

/// Opens a file or folder of images; its format is told by content:
///   file    IDX of images, CIFAR records, .npy, .npz, a tar or zip of images, packed HDF5
///   folder  IDX files {train,t10k,test}-images*, {train,t10k,test}-labels*, each plain or gzip; CIFAR-10 or CIFAR-100
///           in their binary version; else what has images: image files in it and its sub-folders, NumPy files directly
///           in it (ImageNet 64x64 as train_data_batch_1.npz …, val_data.npz among them), archives directly in it, of
///           several those named train*, valid*, test*, or a packed file directly in it
///
/// Of several kinds that have images one is the data if it has five times as many as any other; if none has, both are
/// named and the folder is refused. If a folder has none, but one folder below it has data that are no image files,
/// that one is opened. Whatever is not used is in info().left_out, by kind; what is hidden or left by a system (names
/// with a dot in front, Thumbs.db) is never looked into, and is one kind.
///
/// Folders, or folders in an archive, whose names have a word for a split (train, Test_Images, images_val, seg_train
/// beside seg_test, trainA and trainB) are splits; folders below them are classes, or those above them
/// (cats/train, cats/test). Names that speak of splits and are not understood are refused with those that are; one that
/// is a class among others (test-tubes beside beakers) has a line in info().remarks. info().layout says what was taken
/// for what.
///
/// The name in info() is that of a known data set only if its content is: by SHA-256 for IDX and photos32, by counts
/// and the balance of classes for CIFAR and ImageNet. `name`: what it must be, or empty. Throws DataError (path, found,
/// wanted), also for the python version of CIFAR, with the way to the binary one.
[[nodiscard]] std::unique_ptr<ImageSource> open_source(const std::filesystem::path& path, const std::string& name = "");

/// The same of the name of a known data set or a path, as open_dataset() takes them.
[[nodiscard]] std::unique_ptr<ImageSource> open_named_source(const std::string& source);

}  // namespace veil::io
