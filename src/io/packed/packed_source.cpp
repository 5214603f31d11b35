#include "io/packed/packed_source.h"

#include <algorithm>
#include <vector>

#include "io/packed/packed_file.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kReadBytes = int64_t{4} << 20;

class PackedStream : public ImageStream {
 public:
  PackedStream(const PackedFile& file, size_t split)
      : file_(file), split_(split), images_(file.info().splits[split].images), names_(file.read_names(split)) {}

  std::optional<SourceImage> next() override {
    if (at_ == images_) {
      return std::nullopt;
    }
    if (at_ == first_ + static_cast<int64_t>(rows_)) {
      read_more();
    }
    const auto& shape = *file_.info().shape;
    const auto row = static_cast<size_t>(at_ - first_);
    SourceImage image{.origin = names_.empty() ? concat(file_.info().splits[split_].name, "[", at_, "]")
                                               : names_[static_cast<size_t>(at_)]};
    image.label = labels_.empty() ? -1 : labels_[row];
    const auto* start = tokens_.data() + row * static_cast<size_t>(shape.length());
    image.pixels = {shape.height, shape.width, shape.channels, {start, start + shape.length()}};
    ++at_;
    return image;
  }

 private:
  void read_more() {
    const auto length = file_.info().shape->length();
    first_ = at_;
    rows_ = static_cast<size_t>(std::min(std::max<int64_t>(kReadBytes / length, 1), images_ - at_));
    tokens_.resize(rows_ * static_cast<size_t>(length));
    file_.read_tokens(split_, first_, static_cast<int64_t>(rows_), tokens_);
    if (file_.info().classes > 0) {
      labels_.resize(rows_);
      file_.read_labels(split_, first_, static_cast<int64_t>(rows_), labels_);
    }
  }

  const PackedFile& file_;
  size_t split_;
  int64_t images_;
  std::vector<std::string> names_;  // where they are from; empty if the file does not say
  int64_t at_ = 0;
  int64_t first_ = 0;
  size_t rows_ = 0;
  std::vector<uint8_t> tokens_;
  std::vector<int64_t> labels_;
};

class PackedSource : public ImageSource {
 public:
  explicit PackedSource(const std::filesystem::path& path) : file_(std::make_shared<const PackedFile>(path)) {}

  const SourceInfo& info() const override { return file_->info(); }
  std::shared_ptr<const PackedFile> packed() const override { return file_; }
  std::unique_ptr<ImageStream> stream(const std::string& split) const override {
    return std::make_unique<PackedStream>(*file_, split_position(file_->info(), split));
  }

 private:
  std::shared_ptr<const PackedFile> file_;
};

}  // namespace

std::unique_ptr<ImageSource> open_packed_source(const std::filesystem::path& path) {
  return std::make_unique<PackedSource>(path);
}

}  // namespace veil::io
