// Names, numbers and first values of parameters, and the options that decide them.
#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "veil/base/error.h"
#include "veil/nn/denoiser.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"

namespace veil {
namespace {

DenoiserOptions tiny(NetworkKind network) {
  return {.network = network,
          .shape = {4, 4, 1},
          .vocab_size = 4,
          .width = 32,
          .layers = 0,
          .dropout = 0.0,
          .uvit = {.width_multipliers = {1}, .dit_layers = 1, .dit_width = 8, .dit_heads = 2}};
}

std::string names_of(const DenoiserOptions& options) {
  std::string text;
  for (const auto& item : make_denoiser(options, torch::kMeta)->named_parameters()) {
    text += item.key() + " ";
  }
  return text;
}

int64_t count(const DenoiserOptions& options) { return count_parameters(*make_denoiser(options, torch::kMeta)); }

// Parameter counts of the published configurations, by the authors' program.
TEST(ParameterCountTest, Cifar10) {
  DenoiserOptions options;
  for (const auto condition : {Condition::kMaskFraction, Condition::kTime}) {
    options.condition = condition;
    EXPECT_EQ(count(options), 28'427'520);
  }
}

TEST(ParameterCountTest, ImageNet64) {
  DenoiserOptions options{.network = NetworkKind::kUViT, .shape = {64, 64, 3}, .width = 256, .layers = 24};
  EXPECT_EQ(count(options), 198'279'680);
  options.layers = 8;
  options.uvit.dit_layers = 20;
  EXPECT_EQ(count(options), 204'595'712);
  options.classes = 1000;
  EXPECT_EQ(count(options), 205'113'856);
}

DenoiserOptions text(int64_t vocab_size, int64_t length, int64_t layers, int64_t heads) {
  DenoiserOptions options{.network = NetworkKind::kTransformer,
                          .shape = {1, length, 1},
                          .vocab_size = vocab_size,
                          .width = 64,
                          .layers = layers,
                          .condition = Condition::kTime};
  options.transformer.heads = heads;
  return options;
}

TEST(ParameterCountTest, Text) {
  auto text8 = text(27, 256, 12, 12);
  text8.transformer.narrow_embedding = true;
  EXPECT_EQ(count(text8), 88'734'272);
  text8.powers = Powers::kSoftplus;
  EXPECT_EQ(count(text8), 88'734'299);
  EXPECT_EQ(count(text(50257, 1024, 12, 12)), 165'857'344);
  EXPECT_EQ(count(text(50257, 1024, 24, 16)), 416'240'960);
}

TEST(ParameterCountTest, MetaNetworksAllocateNothing) {
  for (const auto& parameter : make_denoiser(tiny(NetworkKind::kUViT), torch::kMeta)->parameters()) {
    EXPECT_TRUE(parameter.is_meta());
  }
}

// Models are stored under these names: a change makes every stored model unreadable.
TEST(ParameterNamesTest, UNetKeepsItsNames) {
  EXPECT_EQ(names_of(tiny(NetworkKind::kUNet)),
            "stem.embedding.weight stem.conv.weight stem.conv.bias "
            "condition.hidden.weight condition.hidden.bias condition.out.weight condition.out.bias "
            "head.weight head.bias head.norm.weight head.norm.bias "
            "middle.0.norm_in.weight middle.0.norm_in.bias middle.0.conv_in.weight middle.0.conv_in.bias "
            "middle.0.condition.weight middle.0.norm_out.weight middle.0.norm_out.bias middle.0.conv_out.weight "
            "middle.0.conv_out.bias "
            "middle.1.norm_in.weight middle.1.norm_in.bias middle.1.conv_in.weight middle.1.conv_in.bias "
            "middle.1.condition.weight middle.1.norm_out.weight middle.1.norm_out.bias middle.1.conv_out.weight "
            "middle.1.conv_out.bias "
            "attention.norm.weight attention.norm.bias attention.attend.qkv.weight attention.attend.qkv.bias "
            "attention.attend.out.weight attention.attend.out.bias "
            "up.0.norm_in.weight up.0.norm_in.bias up.0.conv_in.weight up.0.conv_in.bias up.0.condition.weight "
            "up.0.norm_out.weight up.0.norm_out.bias up.0.conv_out.weight up.0.conv_out.bias up.0.skip.weight "
            "up.0.skip.bias ");
}

TEST(ParameterNamesTest, UViTKeepsItsNames) {
  EXPECT_EQ(names_of(tiny(NetworkKind::kUViT)),
            "stem.embedding.weight stem.conv.weight stem.conv.bias "
            "condition.hidden.weight condition.hidden.bias condition.out.weight condition.out.bias "
            "head.weight head.bias head.norm.modulation.weight head.norm.modulation.bias "
            "core.position core.patchify.weight core.patchify.bias "
            "core.blocks.0.modulation.weight core.blocks.0.modulation.bias "
            "core.blocks.0.attention.qkv.weight core.blocks.0.attention.qkv.bias core.blocks.0.attention.out.weight "
            "core.blocks.0.mlp_in.weight core.blocks.0.mlp_in.bias core.blocks.0.mlp_out.weight "
            "core.blocks.0.mlp_out.bias "
            "core.modulation.weight core.modulation.bias core.unpatchify.weight core.unpatchify.bias "
            "up.0.norm_in.modulation.weight up.0.norm_in.modulation.bias up.0.conv_in.weight up.0.conv_in.bias "
            "up.0.norm_out.modulation.weight up.0.norm_out.modulation.bias up.0.conv_out.weight up.0.conv_out.bias "
            "up.0.skip.weight up.0.skip.bias ");
}

TEST(ParameterNamesTest, TransformerKeepsItsNames) {
  auto options = text(4, 8, 1, 2);
  options.transformer.narrow_embedding = true;
  EXPECT_EQ(names_of(options),
            "embedding.weight widen.weight widen.bias "
            "condition.hidden.weight condition.hidden.bias condition.out.weight condition.out.bias "
            "blocks.0.modulation.weight blocks.0.modulation.bias blocks.0.attention.qkv.weight "
            "blocks.0.attention.out.weight blocks.0.feed_forward.in.weight blocks.0.feed_forward.out.weight "
            "head.modulation.weight head.modulation.bias head.out.weight ");
  options.condition = Condition::kNone;
  options.transformer.narrow_embedding = false;
  EXPECT_EQ(names_of(options),
            "embedding.weight blocks.0.attention_norm.weight blocks.0.feed_forward_norm.weight "
            "blocks.0.attention.qkv.weight blocks.0.attention.out.weight blocks.0.feed_forward.in.weight "
            "blocks.0.feed_forward.out.weight head.norm.weight head.out.weight ");
}

TEST(ParameterNamesTest, OptionsAddTheirOwn) {
  auto options = tiny(NetworkKind::kUViT);
  options.condition = Condition::kNone;
  options.head = Head::kLogisticPrior;
  const auto unconditional = names_of(options);
  for (const auto* name : {" core.norm.weight ", " core.blocks.0.norm_in.weight ", " core.blocks.0.norm_out.weight ",
                           " head.norm.weight ", " head.prior.weight ", " head.prior.bias "}) {
    EXPECT_NE(unconditional.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(unconditional.find("condition."), std::string::npos);
  options.classes = 3;
  EXPECT_NE(names_of(options).find(" condition.label.weight "), std::string::npos);
  EXPECT_EQ(names_of(options).find(" condition.hidden"), std::string::npos);
  const auto rows = [&] { return make_denoiser(options)->named_parameters()["condition.label.weight"].size(0); };
  EXPECT_EQ(rows(), 3);
  options.null_class = true;
  EXPECT_EQ(rows(), 4) << "the last is no class";
}

TEST(InitializeTest, FillsEveryParameterFromTheSeedAlone) {
  for (const auto network : {NetworkKind::kUNet, NetworkKind::kUViT}) {
    const auto first = make_denoiser(tiny(network));
    const auto second = make_denoiser(tiny(network));
    const torch::NoGradGuard no_grad;
    for (auto& parameter : first->parameters()) {
      parameter.fill_(NAN);
    }
    initialize(*first, 7);
    initialize(*second, 7);
    const auto again = second->named_parameters();
    for (const auto& item : first->named_parameters()) {
      EXPECT_TRUE(torch::equal(item.value(), again[item.key()])) << item.key();
    }
    initialize(*second, 8);
    EXPECT_FALSE(torch::equal(first->named_parameters()["stem.conv.weight"], again["stem.conv.weight"]));
  }
}

// Deviation 1/sqrt(fan_in) after truncation at two deviations of the normal below it, which is wider by 1/0.8796.
TEST(InitializeTest, LecunNormalHasItsMomentsAndItsEnds) {
  const auto x = initial_value({}, {64, 50, 3, 3}, 1, "x").to(torch::kFloat64);
  const double deviation = 1.0 / std::sqrt(450.0);
  const double error = deviation / std::sqrt(static_cast<double>(x.numel()));
  EXPECT_NEAR(x.mean().item<double>(), 0.0, 4 * error);
  EXPECT_NEAR(x.std().item<double>(), deviation, 4 * error);
  const double end = 2 * deviation / 0.87962566103423978;
  EXPECT_LE(x.abs().max().item<double>(), end * (1 + 1e-6));
  EXPECT_GT(x.abs().max().item<double>(), 0.98 * end);
  const auto wider = initial_value({.value = InitialValue::kLecunNormal, .gain = 4.0}, {64, 50, 3, 3}, 1, "x");
  EXPECT_TRUE(torch::allclose(wider.to(torch::kFloat64), 2 * x));
}

TEST(InitializeTest, EmbeddingsAreNormalWithoutEnds) {
  const auto x = initial_value({.value = InitialValue::kEmbedding}, {1000, 64}, 1, "x").to(torch::kFloat64) * 8;
  const double error = 1.0 / std::sqrt(static_cast<double>(x.numel()));
  EXPECT_NEAR(x.mean().item<double>(), 0.0, 4 * error);
  EXPECT_NEAR(x.std().item<double>(), 1.0, 4 * error);
  EXPECT_NEAR(x.pow(4).mean().item<double>(), 3.0, 4 * std::sqrt(96.0) * error);
  EXPECT_GT(x.abs().max().item<double>(), 3.5);
}

TEST(InitializeTest, PositionsEncodeTheColumnThenTheRow) {
  const auto table = grid_sin_cos(3, 5, 8);
  for (int64_t row = 0; row < 3; ++row) {
    for (int64_t column = 0; column < 5; ++column) {
      const auto c = static_cast<double>(column);
      const auto r = static_cast<double>(row);
      const std::vector<double> want{std::sin(c), std::sin(c / 100), std::cos(c), std::cos(c / 100),
                                     std::sin(r), std::sin(r / 100), std::cos(r), std::cos(r / 100)};
      EXPECT_TRUE(torch::allclose(table[row][column], torch::tensor(want, torch::kFloat32), 0, 1e-6)) << row << column;
    }
  }
}

TEST(InitializeTest, FreeHeadStartsAtExactlyZeroLogits) {
  const torch::NoGradGuard no_grad;
  for (const auto network : {NetworkKind::kUNet, NetworkKind::kUViT}) {
    const auto model = make_denoiser(tiny(network));
    initialize(*model, 1);
    const auto logits = model->logits({.z = torch::full({2, 16}, 4), .noise_level = torch::rand({2}), .labels = {}});
    EXPECT_EQ(logits.sizes(), (std::vector<int64_t>{2, 16, 4}));
    EXPECT_EQ(logits.abs().max().item<float>(), 0.0F);
  }
}

void expect_refused(DenoiserOptions options, const std::string& field, const std::string& value) {
  try {
    check_options(options);
    ADD_FAILURE() << field << " = " << value << " was accepted";
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find(field + " is " + value + ","), std::string::npos) << error.what();
  }
}

TEST(DenoiserOptionsTest, RefusalNamesFieldAndValue) {
  const auto with = [](auto change) {
    auto options = tiny(NetworkKind::kUViT);
    change(options);
    return options;
  };
  expect_refused(with([](auto& o) { o.width = 48; }), "width", "48");
  expect_refused(with([](auto& o) { o.width = 1'000'000'016; }), "width", "1000000016");
  expect_refused(with([](auto& o) { o.layers = -1; }), "layers", "-1");
  expect_refused(with([](auto& o) { o.vocab_size = 1; }), "vocab_size", "1");
  expect_refused(with([](auto& o) { o.dropout = 1.0; }), "dropout", "1");
  expect_refused(with([](auto& o) { o.dropout = NAN; }), "dropout", "nan");
  expect_refused(with([](auto& o) { o.classes = -2; }), "classes", "-2");
  expect_refused(with([](auto& o) { o.null_class = true; }), "null_class", "true");
  expect_refused(with([](auto& o) { o.uvit.dit_heads = 3; }), "dit_width", "8");
  expect_refused(with([](auto& o) { o.uvit.dit_width = 6; }), "dit_width", "6");
  expect_refused(with([](auto& o) { o.shape.height = 5; }), "shape.height", "5");
  expect_refused(with([](auto& o) { o.uvit.width_multipliers = {1, 0}; }), "width_multipliers", "0");
  expect_refused(with([](auto& o) { o.shape.width = 6, o.uvit.width_multipliers = {1, 2}; }), "shape.width", "6");
}

}  // namespace
}  // namespace veil
