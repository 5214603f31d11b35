#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace veil::io {

/// Throws DataError if the file is a Python pickle, which could run code: with what it is (CIFAR's python version) and
/// how to get at the images.
void refuse_pickle(const std::filesystem::path& path);

/// The same for the files of a folder that are called like the batches of CIFAR-10, CIFAR-100 or the downsampled
/// ImageNet, unless the array that the remedy makes of it (FILE.npz) lies beside it.
void refuse_pickled_batches(const std::vector<std::filesystem::path>& files);

/// Whether a file is called like such a batch.
[[nodiscard]] bool is_batch_of_python(const std::filesystem::path& path);

/// "CIFAR-10's binary version" and the like, by the names of the files in an archive; empty for anything else.
[[nodiscard]] std::string cifar_version_of_names(const std::vector<std::string>& names);

}  // namespace veil::io
