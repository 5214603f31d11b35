#include "io/source/tensor_source.h"

#include <algorithm>
#include <utility>

#include "base/torch.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

class TensorStream : public ImageStream {
 public:
  TensorStream(const SourceInfo& info, std::string split, TensorSplit images)
      : shape_(*info.shape), split_(std::move(split)), images_(std::move(images)) {}

  std::optional<SourceImage> next() override {
    if (at_ == images_.tokens.size(0)) {
      return std::nullopt;
    }
    SourceImage image{.origin = concat(split_, "[", at_, "]")};
    image.label = images_.labels.defined() ? images_.labels.const_data_ptr<int64_t>()[at_] : -1;
    const auto length = shape_.length();
    const auto* first = images_.tokens.const_data_ptr<uint8_t>() + at_ * length;
    image.pixels = {shape_.height, shape_.width, shape_.channels, {first, first + length}};
    ++at_;
    return image;
  }

 private:
  TokenShape shape_;
  std::string split_;
  TensorSplit images_;
  int64_t at_ = 0;
};

class TensorSource : public ImageSource {
 public:
  TensorSource(SourceInfo info, std::vector<std::function<TensorSplit()>> loaders)
      : info_(std::move(info)), loaders_(std::move(loaders)) {}

  const SourceInfo& info() const override { return info_; }

  std::unique_ptr<ImageStream> stream(const std::string& split) const override {
    auto images = loaders_.at(split_position(info_, split))();
    images.tokens = images.tokens.contiguous();
    if (images.labels.defined()) {
      images.labels = images.labels.contiguous();
    }
    return std::make_unique<TensorStream>(info_, split, std::move(images));
  }

 private:
  SourceInfo info_;
  std::vector<std::function<TensorSplit()>> loaders_;
};

}  // namespace

std::unique_ptr<ImageSource> make_tensor_source(SourceInfo info, std::vector<std::function<TensorSplit()>> loaders) {
  return std::make_unique<TensorSource>(std::move(info), std::move(loaders));
}

}  // namespace veil::io
