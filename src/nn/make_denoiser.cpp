#include "veil/nn/make_denoiser.h"

#include <typeindex>
#include <typeinfo>

#include "base/torch.h"
#include "nn/image/unet.h"
#include "nn/image/uvit.h"
#include "nn/layers/norm.h"
#include "nn/text/transformer.h"
#include "veil/base/option.h"
#include "veil/data/dataset_info.h"

namespace veil {
namespace {

// Upper ends keep sizes computed from an option far away from overflow; no useful network reaches them.
constexpr IntegerRange kSides{.low = 1, .high = 1 << 14};
constexpr IntegerRange kLengths{.low = 1, .high = 1 << 24};
constexpr IntegerRange kPositions{.low = 1, .high = 1 << 16};  // of a transformer: it keeps a table of them
constexpr IntegerRange kVocabularies{.low = 2, .high = 1 << 20};
constexpr IntegerRange kClasses{.low = 0, .high = kMaxClasses};
constexpr int64_t kMaxChannels = 1 << 14;

void check_divisible(const Field& field, int64_t value, const Field& divisor, int64_t divisor_value) {
  require<InvalidOption>(value % divisor_value == 0, field, " is ", value, ", want a multiple of ", divisor,
                         ", which is ", divisor_value);
}

// `value` times the width is the width of something.
void check_product(const Field& field, int64_t value, int64_t width) {
  require<InvalidOption>(value <= kMaxChannels / width, field, " is ", value, ", want ", kMaxChannels / width,
                         " or less where ", Field{"width"}, " is ", width);
}

void check_uvit(const DenoiserOptions& options) {
  const auto& own = options.uvit;
  const auto levels = static_cast<int64_t>(own.width_multipliers.size());
  require<InvalidOption>(contains(DenoiserRanges::kLevels, levels), Field{"width_multipliers"}, " has ", levels,
                         " entries, want ", DenoiserRanges::kLevels.low, " to ", DenoiserRanges::kLevels.high);
  for (const int64_t multiplier : own.width_multipliers) {
    check_option({"width_multipliers"}, multiplier, DenoiserRanges::kWidthMultiplier);
    check_product({"width_multipliers"}, multiplier, options.width);
  }
  check_option({"dit_layers"}, own.dit_layers, DenoiserRanges::kDitLayers);
  check_option({"dit_patch"}, own.dit_patch, DenoiserRanges::kDitPatch);
  check_option({"dit_width"}, own.dit_width, DenoiserRanges::kDitWidth);
  check_option({"dit_heads"}, own.dit_heads, DenoiserRanges::kDitHeads);
  check_divisible({"dit_width"}, own.dit_width, {"dit_heads"}, own.dit_heads);
}

void check_image_network(const DenoiserOptions& options) {
  const bool is_uvit = options.network == NetworkKind::kUViT;
  require<InvalidOption>(options.width % kNormGroups == 0, Field{"width"}, " is ", options.width,
                         ", want a multiple of ", kNormGroups, " where ", Field{"network"}, " is ",
                         is_uvit ? "uvit" : "unet");
  if (is_uvit) {
    check_uvit(options);
  }
}

void check_transformer(const DenoiserOptions& options) {
  const auto& own = options.transformer;
  require<InvalidOption>(options.layers >= 1, Field{"layers"}, " is ", options.layers, ", want 1 or more where ",
                         Field{"network"}, " is transformer");
  check_option({"heads"}, own.heads, DenoiserRanges::kHeads);
  check_option({"key_value_heads"}, own.key_value_heads, DenoiserRanges::kKeyValueHeads);
  check_product({"heads"}, own.heads, options.width);
  require<InvalidOption>(own.key_value_heads == 0 || own.heads % own.key_value_heads == 0, Field{"key_value_heads"},
                         " is ", own.key_value_heads, ", want 0 or a divisor of ", Field{"heads"}, ", which is ",
                         own.heads);
  require<InvalidOption>(options.head == Head::kFree, Field{"head"}, " is logistic_prior, want free where ",
                         Field{"network"}, " is transformer");
  require<InvalidOption>(!options.value_channels, Field{"value_channels"}, " is true, want false where ",
                         Field{"network"}, " is transformer");
}

void check_shape(const DenoiserOptions& options) {
  check_option({"shape.height"}, options.shape.height, kSides);
  check_option({"shape.width"}, options.shape.width, kSides);
  check_option({"shape.channels"}, options.shape.channels, kSides);
  const bool is_text = options.network == NetworkKind::kTransformer;
  check_option({"length of shape"}, options.shape.length(), is_text ? kPositions : kLengths);
  if (options.network == NetworkKind::kUViT) {
    const auto& own = options.uvit;
    const int64_t side = (int64_t{1} << (own.width_multipliers.size() - 1)) * own.dit_patch;
    for (const auto& [field, value] : {std::pair{Field{"shape.height"}, options.shape.height},
                                       std::pair{Field{"shape.width"}, options.shape.width}}) {
      require<InvalidOption>(value % side == 0, field, " is ", value, ", want a multiple of ", side,
                             ", for the levels of ", Field{"width_multipliers"}, " and ", Field{"dit_patch"});
    }
  }
}

}  // namespace

void check_architecture(const DenoiserOptions& options) {
  check_option({"width"}, options.width, DenoiserRanges::kWidth);
  check_option({"layers"}, options.layers, DenoiserRanges::kLayers);
  check_option({"dropout"}, options.dropout, DenoiserRanges::kDropout);
  require<InvalidOption>(options.powers == Powers::kNone || options.condition == Condition::kTime, Field{"condition"},
                         " is not time, want time where ", Field{"powers"},
                         " are learned: the network must be told the time where values have schedules of their own");
  options.network == NetworkKind::kTransformer ? check_transformer(options) : check_image_network(options);
}

void check_options(const DenoiserOptions& options) {
  check_architecture(options);
  check_shape(options);
  check_option({"vocab_size"}, options.vocab_size, kVocabularies);
  check_option({"classes"}, options.classes, kClasses);
  require<InvalidOption>(!options.null_class || options.classes > 0, Field{"null_class"}, " is true, but ",
                         Field{"classes"}, " is 0: \"no class\" is one more label");
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

bool is_built_in(const Denoiser& denoiser) {
  const std::type_index type = typeid(denoiser);
  return type == typeid(UNet) || type == typeid(UViT) || type == typeid(Transformer);
}

}  // namespace veil
