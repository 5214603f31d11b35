#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "veil/data/dataset.h"
#include "veil/io/dataset/prepared_images.h"

namespace veil::io {

/// What is told while a data set is opened; any may be empty.
struct OpenObserver {
  std::function<void(int64_t done, int64_t all)> progress{};  ///< images looked at
  std::function<void(const std::string&)> note{};             ///< a line: what was found and converted
  std::function<void(const std::string&)> warning{};          ///< a line: what was left out
};

/// Opens a split for training or evaluation.
///
/// `source` is the name of a known data set (datasets/NAME/README.md says what each is and how to get it) or a path. A
/// name is looked for as $VEIL_DATA/NAME and $VEIL_DATA/NAME.h5, in the source tree's datasets/NAME and in the
/// installed share/veil/datasets/NAME; a name wins over a file of that name in the working folder, which is reached as
/// ./NAME. Formats: those of open_source(), and text8.
///
/// `split`: one that the source has; "train", "test" (by content, see PreparedImages) or "all" of one that is not
/// divided; "" for "test" where the source is divided, else "all". text8 has train, valid and test.
///
/// Packed files are read as they are needed. Everything else is decoded into memory, up to 4 GiB; more is refused with
/// the advice to pack it. Files that cannot be used are left out and told of (observer.warning). info().fingerprint is
/// set. Throws DataError (path, found, wanted), InvalidArgument for options out of range.
[[nodiscard]] std::unique_ptr<Dataset> open_dataset(const std::string& source, const std::string& split,
                                                    const PrepareOptions& options = {},
                                                    const OpenObserver& observer = {});

}  // namespace veil::io
