#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "veil/io/dataset/prepared_images.h"
#include "veil/io/source/image_source.h"

namespace veil::io {

enum class ExportFormat {
  kPng,   ///< a folder: SPLIT/CLASS/NAME.png, without CLASS where there are no labels. NAME is that of the file that
          ///< the image is from, where that is known, safe and free, else its number in the split: 0000001
  kNpz,   ///< one file: x_train, y_train, x_test, y_test, …: uint8 [N, H, W, C], int64 [N]
  kCifar  ///< CIFAR-10's binary version: a folder of data_batch_1.bin … 5, test_batch.bin, batches.meta.txt
};

/// What came of it.
struct ExportResult {
  std::map<std::string, int64_t> images{};  ///< by split
  std::vector<Refusal> refused{};
  std::map<std::string, DroppedDuplicates> duplicates{};  ///< that were dropped, by split of the source
};

/// Writes all images of a source in another format. A source without splits is divided
/// by content, or is "train" if options.holdout is 0. kNpz takes three times the pixels in memory, up to 4 GiB of them.
/// `target` gets its files at the end, all at once: if anything throws, `progress` among it, it is left as it was. A
/// folder is filled in TARGET.partial or, where TARGET is an empty folder, in TARGET/.partial; one that an export which
/// was killed left there is replaced.
/// Throws DataError where no image can be used or the format cannot hold the images (CIFAR: 32 x 32 in colour, a label
/// for each, at most 10 classes, their names without control characters, splits train and test; PNG: two classes whose
/// names make one folder), InvalidArgument if a folder to be written into is not empty, IoError.
ExportResult export_images(const ImageSource& source, ExportFormat format, const std::filesystem::path& target,
                           const PrepareOptions& options, const ImageProgress& progress = {});

}  // namespace veil::io
