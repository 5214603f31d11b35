#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "veil/data/token_shape.h"
#include "veil/io/image/pixels.h"

namespace veil::io {

/// One image as its source has it.
struct SourceImage {
  std::string origin;           ///< where it comes from, for messages: "train/cat/7.png", "data_batch_1.bin[17]"
  int64_t label = -1;           ///< class, or -1
  bool is_file = false;         ///< `file` holds an image file to be decoded; else `pixels` is the image
  std::vector<uint8_t> file{};  ///< bytes of a PNG, JPEG, …
  Pixels pixels{};
  std::string refusal{};  ///< why it cannot be had; empty: it can
};

/// The images of one split in the order of the source. For one thread.
class ImageStream {
 public:
  ImageStream() = default;
  ImageStream(const ImageStream&) = delete;
  ImageStream& operator=(const ImageStream&) = delete;
  ImageStream(ImageStream&&) = delete;
  ImageStream& operator=(ImageStream&&) = delete;
  virtual ~ImageStream() = default;

  /// The next image; nullopt at the end. Throws DataError if the source itself is damaged. An image file that is
  /// damaged is no error here: that shows when it is decoded.
  [[nodiscard]] virtual std::optional<SourceImage> next() = 0;
};

class PackedFile;

struct SourceSplit {
  std::string name;    ///< "train", "test", "valid"; "all" is the only one of a source that is not divided
  int64_t images = 0;  ///< before any is refused
};

/// Files of one kind that lie beside the data, or arrays beside those of images, and are not used.
struct LeftOut {
  std::string kind;     ///< in words, for several of them: "text files", "archives"
  int64_t count = 0;    ///< at least 1
  std::string example;  ///< one of them
};

/// What is known of a source without looking at its pixels.
struct SourceInfo {
  std::string format;                      ///< in words: "CIFAR-10, binary version"
  std::string name;                        ///< of the data set: a known one, or "custom-" and the name of the file
  std::vector<SourceSplit> splits;         ///< at least one
  std::optional<TokenShape> shape;         ///< of every image, where the format says it
  int64_t classes = 0;                     ///< 0 if there are no labels
  std::vector<std::string> class_names{};  ///< empty, or `classes` names
  std::string preparation{};               ///< what was done to the images when they were packed; empty: nothing
  std::string unlabelled{};            ///< an image in no class folder, without which all would have labels; or empty
  std::string provenance{};            ///< of a packed file: where its images are from, as JSON
  std::string layout{};                ///< which folders, files or arrays are which splits and classes, in words
  std::vector<LeftOut> left_out{};     ///< what lies beside the data
  std::vector<std::string> remarks{};  ///< a line each on what was understood, but might be meant otherwise
  bool without_duplicates = false;     ///< packed with duplicates dropped: no two images are equal

  [[nodiscard]] bool is_divided() const { return splits.front().name != "all"; }

  /// Of all splits, before any is refused.
  [[nodiscard]] int64_t images() const {
    int64_t sum = 0;
    for (const auto& split : splits) {
      sum += split.images;
    }
    return sum;
  }
};

/// Images in files of any format, read as a stream: nothing holds them all in memory.
class ImageSource {
 public:
  ImageSource() = default;
  ImageSource(const ImageSource&) = delete;
  ImageSource& operator=(const ImageSource&) = delete;
  ImageSource(ImageSource&&) = delete;
  ImageSource& operator=(ImageSource&&) = delete;
  virtual ~ImageSource() = default;

  [[nodiscard]] virtual const SourceInfo& info() const = 0;

  /// The images of a split that info() names. Throws DataError, InvalidArgument for another name. The source must
  /// outlive the stream.
  [[nodiscard]] virtual std::unique_ptr<ImageStream> stream(const std::string& split) const = 0;

  /// The packed file behind it, which can be read at random; nullptr for every other format.
  [[nodiscard]] virtual std::shared_ptr<const PackedFile> packed() const { return nullptr; }
};

}  // namespace veil::io
