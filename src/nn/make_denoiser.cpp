#include "veil/nn/make_denoiser.h"

#include "base/torch.h"
#include "nn/image/unet.h"
#include "nn/image/uvit.h"
#include "nn/layers/norm.h"
#include "nn/text/transformer.h"
#include "veil/base/error.h"

namespace veil {
namespace {

// Upper ends keep sizes computed from an option far away from overflow; no useful network reaches them.
constexpr int64_t kMaxSide = 1 << 14;
constexpr int64_t kMaxLength = 1 << 24;
constexpr int64_t kMaxPositions = 1 << 16;  // of a transformer: it keeps a table of them
constexpr int64_t kMaxVocabulary = 1 << 20;
constexpr int64_t kMaxWidth = 1 << 14;
constexpr int64_t kMaxLayers = 1 << 10;
constexpr size_t kMaxLevels = 8;

void check_range(const char* field, int64_t value, int64_t low, int64_t high) {
  require(value >= low && value <= high, field, " is ", value, ", want ", low, " to ", high);
}

void check_multiple(const char* field, int64_t value, int64_t divisor, const char* divisor_name) {
  require(value % divisor == 0, field, " is ", value, ", want a multiple of ", divisor, divisor_name);
}

void check_uvit(const DenoiserOptions& options) {
  const auto& multipliers = options.uvit.width_multipliers;
  require(!multipliers.empty() && multipliers.size() <= kMaxLevels, "width_multipliers has ", multipliers.size(),
          " entries, want 1 to ", kMaxLevels);
  for (const int64_t multiplier : multipliers) {
    check_range("width_multipliers", multiplier, 1, kMaxWidth / options.width);
  }
  check_range("dit_layers", options.uvit.dit_layers, 1, kMaxLayers);
  check_range("dit_width", options.uvit.dit_width, 4, kMaxWidth);
  check_range("dit_heads", options.uvit.dit_heads, 1, options.uvit.dit_width);
  check_multiple("dit_width", options.uvit.dit_width, 4, "");
  check_multiple("dit_width", options.uvit.dit_width, options.uvit.dit_heads, ", dit_heads");
  check_range("dit_patch", options.uvit.dit_patch, 1, kMaxSide);
  const int64_t side = (int64_t{1} << (multipliers.size() - 1)) * options.uvit.dit_patch;
  check_multiple("shape.height", options.shape.height, side, ", for the levels of width_multipliers and dit_patch");
  check_multiple("shape.width", options.shape.width, side, ", for the levels of width_multipliers and dit_patch");
}

void check_image_network(const DenoiserOptions& options) {
  check_range("width", options.width, kNormGroups, kMaxWidth);
  check_multiple("width", options.width, kNormGroups, ", the groups of the norms");
  check_range("layers", options.layers, 0, kMaxLayers);
  if (options.network == NetworkKind::kUViT) {
    check_uvit(options);
  }
}

void check_transformer(const DenoiserOptions& options) {
  const auto& own = options.transformer;
  check_range("length of shape", options.shape.length(), 1, kMaxPositions);
  check_range("width", options.width, 4, kMaxWidth);
  check_multiple("width", options.width, 2, ", for the pairs that positions turn");
  check_range("layers", options.layers, 1, kMaxLayers);
  check_range("heads", own.heads, 1, kMaxWidth / options.width);
  check_range("key_value_heads", own.key_value_heads, 0, own.heads);
  require(own.key_value_heads == 0 || own.heads % own.key_value_heads == 0, "key_value_heads is ", own.key_value_heads,
          ", want 0 or a divisor of heads, which is ", own.heads);
  require(options.head == Head::kFree,
          "head is not free: a logistic bump over the values is for images, and network is "
          "transformer");
  require(!options.value_channels, "value_channels is 1, want 0: they are for images, and network is transformer");
}

}  // namespace

void check_options(const DenoiserOptions& options) {
  check_range("shape.height", options.shape.height, 1, kMaxSide);
  check_range("shape.width", options.shape.width, 1, kMaxSide);
  check_range("shape.channels", options.shape.channels, 1, kMaxSide);
  check_range("length of shape", options.shape.length(), 1, kMaxLength);
  check_range("vocab_size", options.vocab_size, 2, kMaxVocabulary);
  require(options.dropout >= 0.0 && options.dropout < 1.0, "dropout is ", options.dropout,
          ", want at least 0 and below 1");
  check_range("classes", options.classes, 0, kMaxVocabulary);
  require(!options.null_class || options.classes > 0,
          "null_class is 1, but classes is 0: \"no class\" is one more label");
  require(
      options.powers == Powers::kNone || options.condition == Condition::kTime,
      "powers are learned, but condition is not time: where values have schedules of their own, the network must be "
      "told the time");
  options.network == NetworkKind::kTransformer ? check_transformer(options) : check_image_network(options);
}

std::shared_ptr<Denoiser> make_denoiser(const DenoiserOptions& options, torch::Device device) {
  check_options(options);
  switch (options.network) {
    case NetworkKind::kUNet:
      return std::make_shared<UNet>(options, device);
    case NetworkKind::kUViT:
      return std::make_shared<UViT>(options, device);
    case NetworkKind::kTransformer:
      return std::make_shared<Transformer>(options, device);
  }
  throw InvalidArgument("network is none of the known ones");
}

}  // namespace veil
