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
/// so it must be a word for a split and nothing but digits, "x", "-" and "_" behind it: "train", "val2017",
/// "valid_64x64", not "test-tubes".
[[nodiscard]] std::string split_of_folder(std::string_view name);

/// Where images named by paths belong.
struct ImageListing {
  struct Image {
    std::string name;  ///< as given
    size_t split = 0;  ///< index into `splits`
    int64_t label = -1;
  };
  std::vector<Image> images;
  std::vector<SourceSplit> splits;
  std::vector<std::string> class_names;  ///< in the order of the bytes; empty if the images are not in class folders
  std::string unlabelled;                ///< an image in no class folder, for which the others lost their classes
};

/// Sorts images into splits and classes by their names, "/" between folders. A first folder that names a split is one;
/// where `own_split` is not empty, all are in it. A single folder called "train" among others is a class, like those.
/// The next folder is the class, if every image has one and they are not all the same. "valid" becomes "test" where
/// there is none. Keeps the order of `names`. Throws DataError, whose message is the reason alone, if images lie in
/// several splits and outside of them; other files outside are left out.
[[nodiscard]] ImageListing list_images(std::vector<std::string> names, const std::string& own_split);

/// "custom-" and the last part of the path: the name of data that nobody knows.
[[nodiscard]] std::string custom_name(const std::filesystem::path& path);

/// Place of a split among others: train, valid, test, then what has another name.
[[nodiscard]] size_t split_rank(std::string_view split);

/// Where there is no split "test", "valid" is called so.
void use_valid_as_test(std::vector<SourceSplit>& splits);

/// Index of the split of that name. Throws InvalidArgument if there is none.
[[nodiscard]] size_t split_position(const SourceInfo& info, const std::string& split);

/// Numbers inside names count as numbers: batch_2 comes before batch_10.
[[nodiscard]] bool natural_less(std::string_view left, std::string_view right);

}  // namespace veil::io
