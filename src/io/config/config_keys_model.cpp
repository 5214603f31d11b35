#include "io/config/config_keys.h"
#include "io/config/config_values.h"
#include "io/config/schedule_file.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr const char* kProduct = ", times model.width at most 16384";

// Beta and clip have keys of their own, so a kind changes only kind and exponent: the order of keys does not matter.
ConfigKey schedule_kind_key() {
  ConfigKey key{.name = "schedule.kind",
                .help = "how the probability of being visible falls with time",
                .wanted = concat("linear, cosine, geometric, polyP, for example poly3, with P ",
                                 describe(MaskScheduleRanges::kExponent),
                                 ", table(0:1 0.5:0.3 1:0) of times and alphas, or a file of them, NAME.csv"),
                .set = {},
                .get = [](const RunConfig& config) { return schedule_name(config.schedule); }};
  key.set = [wanted = key.wanted](RunConfig& config, std::string_view text) {
    try {
      const MaskScheduleOptions parsed = read_schedule(std::string(text)).options;
      config.schedule.kind = parsed.kind;
      config.schedule.exponent = parsed.exponent;
      config.schedule.points = parsed.points;
    } catch (const InvalidArgument&) {
      refuse_value("schedule.kind", text, wanted);
    }
  };
  return key;
}

ConfigKey padding_key() {
  ConfigKey key{.name = "data.padding",
                .help = "colour around images that are padded; transparent pixels are white whatever it is",
                .wanted = "white, black, a grey from 0 to 255, or red, green and blue: 255,128,0",
                .set = {},
                .get = [](const RunConfig& config) { return colour_text(config.data.prepare.fit.padding); }};
  key.set = [wanted = key.wanted](RunConfig& config, std::string_view text) {
    const auto colour = parse_colour(text);
    if (!colour) {
      refuse_value("data.padding", text, wanted);
    }
    config.data.prepare.fit.padding = *colour;
  };
  return key;
}

}  // namespace

std::vector<ConfigKey> data_keys() {
  return {
      text_key("data.source", "name of a known data set, or a path", VEIL_FIELD(data.source)),
      text_key("data.split", "part of the data that training reads", VEIL_FIELD(data.split)),
      text_key("data.evaluation_split", "part of the data that evaluation scores", VEIL_FIELD(data.evaluation_split)),
      integer_key("data.size", "side in pixels of the squares that images are made into; 0: as they are",
                  VEIL_FIELD(data.prepare.fit.size), FitRanges::kSize),
      choice_key<FitKind>("data.fit", "what is no square: cut out its middle, or pad it so that all of it is there",
                          VEIL_FIELD(data.prepare.fit.fit), {{"crop", FitKind::kCrop}, {"pad", FitKind::kPad}}),
      padding_key(),
      integer_key("data.channels", "1: grey, 3: colour; 0: as they are", VEIL_FIELD(data.prepare.fit.channels),
                  FitRanges::kChannels),
      choice_key<ResizeFilter>(
          "data.resize", "filter that images are resized with", VEIL_FIELD(data.prepare.fit.filter),
          {{"area", ResizeFilter::kArea}, {"box", ResizeFilter::kBox}, {"lanczos", ResizeFilter::kLanczos}}),
      boolean_key("data.upscale", "enlarge images that are smaller than data.size instead of refusing them",
                  VEIL_FIELD(data.prepare.fit.upscale)),
      real_key("data.holdout", "share of images without splits that is their test split, chosen by content",
               VEIL_FIELD(data.prepare.holdout), kHoldouts),
      choice_key<Duplicates>(
          "data.duplicates", "drop: of equal images only one is kept, that of the test split, else the first",
          VEIL_FIELD(data.prepare.duplicates), {{"keep", Duplicates::kKeep}, {"drop", Duplicates::kDrop}}),
  };
}

std::vector<ConfigKey> model_keys() {
  return {
      choice_key<NetworkKind>(
          "model.network", "architecture", VEIL_FIELD(model.network),
          {{"unet", NetworkKind::kUNet}, {"uvit", NetworkKind::kUViT}, {"transformer", NetworkKind::kTransformer}}),
      integer_key("model.width", "channels of the first level; transformer: width of a head", VEIL_FIELD(model.width),
                  DenoiserRanges::kWidth, ", and of 32 but for a transformer"),
      integer_key("model.layers", "residual blocks a level; transformer: blocks", VEIL_FIELD(model.layers),
                  DenoiserRanges::kLayers, "; transformer: 1 or more"),
      integer_list_key("model.width_multipliers",
                       "uvit: channels of each level over width; each level halves the picture",
                       VEIL_FIELD(model.uvit.width_multipliers), DenoiserRanges::kLevels,
                       DenoiserRanges::kWidthMultiplier, kProduct),
      integer_key("model.dit_layers", "uvit: transformer blocks in the middle", VEIL_FIELD(model.uvit.dit_layers),
                  DenoiserRanges::kDitLayers),
      integer_key("model.dit_patch", "uvit: side in pixels of the squares that the transformer sees",
                  VEIL_FIELD(model.uvit.dit_patch), DenoiserRanges::kDitPatch),
      integer_key("model.dit_width", "uvit: channels of the transformer", VEIL_FIELD(model.uvit.dit_width),
                  DenoiserRanges::kDitWidth),
      integer_key("model.dit_heads", "uvit: attention heads, a divisor of dit_width", VEIL_FIELD(model.uvit.dit_heads),
                  DenoiserRanges::kDitHeads),
      integer_key("model.heads", "transformer: attention heads; a block is width * heads wide",
                  VEIL_FIELD(model.transformer.heads), DenoiserRanges::kHeads, kProduct),
      integer_key("model.key_value_heads", "transformer: heads of keys and values, a divisor of heads; 0: heads",
                  VEIL_FIELD(model.transformer.key_value_heads), DenoiserRanges::kKeyValueHeads),
      choice_key<Gate>("model.gate", "transformer: gate of the feed-forward layers: sigmoid, swish or gelu",
                       VEIL_FIELD(model.transformer.gate),
                       {{"glu", Gate::kSigmoid}, {"swiglu", Gate::kSwish}, {"geglu", Gate::kGelu}}),
      boolean_key("model.narrow_embedding", "transformer: embed tokens as wide as a head, and widen them",
                  VEIL_FIELD(model.transformer.narrow_embedding)),
      boolean_key("model.zero_modulation", "transformer: blocks start as identities",
                  VEIL_FIELD(model.transformer.zero_modulation)),
      boolean_key("model.depth_scaled", "transformer: feed-forward weights start smaller the more blocks there are",
                  VEIL_FIELD(model.transformer.depth_scaled)),
      boolean_key("model.causal", "transformer: a position sees only itself and those before it",
                  VEIL_FIELD(model.transformer.causal)),
      real_key("model.dropout", "probability that an activation is dropped in training", VEIL_FIELD(model.dropout),
               DenoiserRanges::kDropout),
      choice_key<Condition>(
          "model.condition", "what the network is told about the noise level", VEIL_FIELD(model.condition),
          {{"mask_fraction", Condition::kMaskFraction}, {"time", Condition::kTime}, {"none", Condition::kNone}}),
      boolean_key("model.class_conditional", "tell the network the class of an example", VEIL_FIELD(class_conditional)),
      real_key("model.label_dropout",
               "probability that training hides the class; above 0 the network learns to do without it too",
               VEIL_FIELD(label_dropout), TrainRanges::kLabelDropout),
      choice_key<Head>("model.head", "free logits, or with a learned bump over neighbouring values",
                       VEIL_FIELD(model.head), {{"free", Head::kFree}, {"logistic_prior", Head::kLogisticPrior}}),
      boolean_key("model.value_channels", "add each value and the mask flag as real channels",
                  VEIL_FIELD(model.value_channels)),
  };
}

std::vector<ConfigKey> schedule_keys() {
  return {
      schedule_kind_key(),
      real_key("schedule.beta_min", "geometric: smallest rate", VEIL_FIELD(schedule.beta_min),
               MaskScheduleRanges::kBetaMin),
      real_key("schedule.beta_max", "geometric: largest rate, above beta_min", VEIL_FIELD(schedule.beta_max),
               MaskScheduleRanges::kBetaMax),
      real_key("schedule.clip", "alpha is kept inside [clip, 1 - clip]; 0 keeps the exact ends",
               VEIL_FIELD(schedule.clip), MaskScheduleRanges::kClip),
      choice_key<Powers>(
          "schedule.powers",
          "a schedule 1 - t^w for each value, learned (GenMD4): a number for each, a smooth curve over the "
          "values, or the reference's softplus",
          VEIL_FIELD(model.powers),
          {{"none", Powers::kNone},
           {"free", Powers::kFree},
           {"smooth", Powers::kSmooth},
           {"softplus", Powers::kSoftplus}}),
  };
}

std::vector<ConfigKey> objective_keys() {
  return {
      choice_key<ObjectiveForm>("objective.form", "draw the number of masked positions, or a time",
                                VEIL_FIELD(objective.form),
                                {{"count", ObjectiveForm::kCount}, {"time", ObjectiveForm::kTime}}),
      choice_key<PowerGradient>("objective.power_gradient", "learned powers: estimator of their gradient",
                                VEIL_FIELD(objective.power_gradient),
                                {{"disarm", PowerGradient::kDisarm}, {"leave_one_out", PowerGradient::kLeaveOneOut}}),
      real_key("objective.first_time", "learned powers: where the integral over time starts, the rest being exact",
               VEIL_FIELD(objective.first_time), kFirstTimes),
  };
}

std::vector<ConfigKey> device_keys() {
  ConfigKey name = text_key("device.name", "where to compute", VEIL_FIELD(device.name));
  name.wanted = "auto (a GPU if there is one), cpu, cuda or cuda:N";
  name.set = [wanted = name.wanted](RunConfig& config, std::string_view text) {
    const std::string_view number = text.starts_with("cuda:") ? text.substr(5) : "0";
    const bool is_number =
        !number.empty() && number.size() <= 3 && number.find_first_not_of("0123456789") == std::string_view::npos;
    if (!is_number || (text != "auto" && text != "cpu" && text != "cuda" && !text.starts_with("cuda:"))) {
      refuse_value("device.name", text, wanted);
    }
    config.device.name = std::string(text);
  };
  return {
      name,
      choice_key<Precision>("device.precision",
                            "number format of the network's products; auto: bfloat16 where it is native",
                            VEIL_FIELD(device.precision),
                            {{precision_name(Precision::kAuto), Precision::kAuto},
                             {precision_name(Precision::kFloat32), Precision::kFloat32},
                             {precision_name(Precision::kBFloat16), Precision::kBFloat16}}),
      choice_key<Switch>("device.channels_last", "memory layout of images inside the network; auto: the faster",
                         VEIL_FIELD(device.channels_last),
                         {{"auto", Switch::kAuto}, {"on", Switch::kOn}, {"off", Switch::kOff}}),
      boolean_key("device.fused", "use veil's own kernels where they exist", VEIL_FIELD(device.fused)),
      integer_key("device.threads", "CPU threads; 0: one per core", VEIL_FIELD(device.threads), {0, 1024}),
  };
}

}  // namespace veil::io
