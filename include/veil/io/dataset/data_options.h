#pragma once

#include <string>

#include "veil/io/dataset/prepared_images.h"

namespace veil::io {

/// Which data a run uses.
struct DataOptions {
  std::string source = "fashion-mnist";   ///< name of a known data set, or a path
  std::string split = "train";            ///< what training reads
  std::string evaluation_split = "test";  ///< what evaluation scores
  PrepareOptions prepare;                 ///< what the images are made into
};

}  // namespace veil::io
