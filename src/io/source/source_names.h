#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "veil/io/source/image_source.h"

namespace veil::io {

/// The split that an array, or one file of several, of that name is, or "" if its name does not say: "train…",
/// "valid…", "val…", "test…", "t10k…", also after a first part ("x_train"). Validation images are "valid" here.
[[nodiscard]] std::string split_of_name(std::string_view name);

/// The split that a folder of that name (or an archive, without its ending) is, or "". Folders have names of all kinds,
/// so it must have a word for a split and beside it nothing but numbers, sizes and words for images: "train",
/// "val2017", "valid_64x64", "Training_Set", not "test-tubes", whatever lies beside it (split_words.h reads folders
/// together).
[[nodiscard]] std::string split_of_folder(std::string_view name);

/// "custom-" and the last part of the path: the name of data that nobody knows.
[[nodiscard]] std::string custom_name(const std::filesystem::path& path);

/// Place of a split among others: train, valid, test, then what has another name.
[[nodiscard]] size_t split_rank(std::string_view split);

/// Where there is no split "test", "valid" is called so.
void use_valid_as_test(std::vector<SourceSplit>& splits);

/// Index of the split of that name. Throws InvalidArgument if there is none.
[[nodiscard]] size_t split_position(const SourceInfo& info, const std::string& split);

/// Place of the split of that name among others, or -1.
[[nodiscard]] int64_t position_of(const std::vector<SourceSplit>& splits, std::string_view name);

/// True if the name ends like that of an image file that is read: ".png", ".JPG", …
[[nodiscard]] bool has_image_ending(std::string_view name);

/// Numbers inside names count as numbers: batch_2 comes before batch_10.
[[nodiscard]] bool natural_less(std::string_view left, std::string_view right);

}  // namespace veil::io
