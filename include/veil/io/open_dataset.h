#pragma once

#include <memory>
#include <string>
#include <vector>

#include "veil/data/dataset.h"

namespace veil::io {

/// The data sets that have a name:
///   fashion-mnist       the files that ship: the first 10,000 training images and the 10,000 test images
///   fashion-mnist-full  all 60,000 training images, the same test images; fetched, or Debian's dataset-fashion-mnist
///   photos32            32 x 32 crops of photographs in the public domain; ships
///   cifar10             50,000 and 10,000 colour images of 32 x 32; fetched
[[nodiscard]] const std::vector<std::string>& known_datasets();

/// Opens a data set and reads `split` ("train" or "test") into memory.
///
/// `source` is a name from known_datasets() or the path of a folder or file. A name is looked for in $VEIL_DATA/NAME,
/// in the source tree's datasets/NAME and in the installed share/veil/datasets/NAME; a name wins over a file of that
/// name in the working folder, which is reached as ./NAME. The format is recognised by content:
///   folder  IDX files: {train,t10k,test}-images*, {train,t10k,test}-labels* (optional), each plain or gzip
///           CIFAR-10's binary version: data_batch_1.bin, …, test_batch.bin, and optionally batches.meta.txt
///   file    IDX of rank 3 [N, H, W] or 4 [N, H, W, C], or CIFAR-10 records: all of it, whatever `split` says
///
/// info().name is the name; of a path, "fashion-mnist", "fashion-mnist-full" or "cifar10" where the content is that
/// data set's, else "custom-" and the name of the folder or file. Throws DataError (path, found, wanted) for what is
/// missing, damaged or foreign, InvalidArgument for another split. Cost: reads and unpacks every byte of the split.
[[nodiscard]] std::unique_ptr<Dataset> open_dataset(const std::string& source, const std::string& split);

}  // namespace veil::io
