#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "veil/io/source/image_source.h"

namespace veil::io {

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
  std::string layout;                    ///< which folders are splits and classes, in words
  std::vector<std::string> outside;      ///< files outside of the split folders that are not called images
  std::vector<std::string> remarks;      ///< class folders whose names say something else
};

/// Sorts images into splits and classes by their names, "/" between folders. Folders that hold everything say nothing.
/// First folders that name splits are splits (split_words.h), the next one is the class; so are second folders that all
/// name splits whole, where the first one is the class (cats/train, cats/test, dogs/train …). A folder that repeats its
/// split (seg_train/seg_train) says nothing. Where `own_split` is not empty, all are in it. Classes are there if every
/// image has one and they are not all the same. "valid" becomes "test" where there is none. Keeps the order of `names`.
/// Throws DataError, whose message is the reason alone, if splits are named but not understood, or images lie outside
/// of them; other files outside are left out.
[[nodiscard]] ImageListing list_images(std::vector<std::string> names, const std::string& own_split);

}  // namespace veil::io
