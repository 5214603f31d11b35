// Which values of the model section go together, and with which others.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "veil/base/error.h"
#include "veil/io/config/resolve.h"

namespace veil::io {
namespace {

std::string complaint(const RunConfig& config) {
  try {
    validate(config);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

TEST(NetworkKeysTest, WidthsThatNormsCannotGroupAreForTheTransformerOnly) {
  RunConfig config;
  set(config, "model.width", "100");
  EXPECT_EQ(complaint(config), "model.width is 100, want a multiple of 32 where model.network is unet");
  set(config, "model.network", "transformer");
  EXPECT_EQ(complaint(config), "");
}

std::string refusal(const char* key, const char* value) {
  RunConfig config;
  try {
    set(config, key, value);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

// What the help says before is what an error says after.
TEST(NetworkKeysTest, WhatIsWantedIsSaidBeforeAndAfter) {
  const std::string width = "a multiple of 2 in [4, 4096], and of 32 but for a transformer";
  EXPECT_EQ(find_config_key("model.width").wanted, width);
  EXPECT_EQ(refusal("model.width", "5"), "model.width is 5, want " + width);
  EXPECT_EQ(find_config_key("model.layers").wanted, "an integer in [0, 256]; transformer: 1 or more");
  EXPECT_EQ(find_config_key("model.width_multipliers").wanted,
            "1 to 8 integers in [1, 64] with commas between them, times model.width at most 16384");
  EXPECT_EQ(find_config_key("model.heads").wanted, "an integer in [1, 1024], times model.width at most 16384");
}

TEST(NetworkKeysTest, ProductsWithTheWidthEndWhereTheHelpSays) {
  RunConfig config;
  set(config, "model.network", "uvit");
  set(config, "model.width", "4096");
  set(config, "model.width_multipliers", "1,4");
  EXPECT_EQ(complaint(config), "");
  set(config, "model.width_multipliers", "1,5");
  EXPECT_EQ(complaint(config), "model.width_multipliers is 5, want 4 or less where model.width is 4096");
  set(config, "model.network", "transformer");
  set(config, "model.heads", "4");
  EXPECT_EQ(complaint(config), "");
  set(config, "model.heads", "5");
  EXPECT_EQ(complaint(config), "model.heads is 5, want 4 or less where model.width is 4096");
}

TEST(NetworkKeysTest, WhatIsForImagesIsRefusedBesideATransformer) {
  RunConfig config;
  set(config, "model.network", "transformer");
  set(config, "model.value_channels", "true");
  EXPECT_EQ(complaint(config), "model.value_channels is true, want false where model.network is transformer");
  set(config, "model.value_channels", "false");
  set(config, "model.head", "logistic_prior");
  EXPECT_EQ(complaint(config), "model.head is logistic_prior, want free where model.network is transformer");
}

TEST(NetworkKeysTest, KeyValueHeadsDivideTheHeads) {
  RunConfig config;
  set(config, "model.network", "transformer");
  set(config, "model.heads", "6");
  set(config, "model.key_value_heads", "4");
  EXPECT_EQ(complaint(config), "model.key_value_heads is 4, want 0 or a divisor of model.heads, which is 6");
  set(config, "model.key_value_heads", "3");
  EXPECT_EQ(complaint(config), "");
}

TEST(NetworkKeysTest, TheTransformersKeysReachItsOptions) {
  RunConfig config;
  set(config, "model.gate", "swiglu");
  set(config, "model.narrow_embedding", "true");
  set(config, "model.heads", "16");
  EXPECT_EQ(config.model.transformer.gate, Gate::kSwish);
  EXPECT_TRUE(config.model.transformer.narrow_embedding);
  EXPECT_EQ(config.model.transformer.heads, 16);
}

TEST(NetworkKeysTest, LearnedPowersNeedTimeEverywhere) {
  RunConfig config;
  set(config, "schedule.powers", "free");
  set(config, "model.condition", "time");
  set(config, "objective.form", "time");
  set(config, "evaluate.form", "time");
  EXPECT_NO_THROW(validate(config));
  for (const auto& [key, value] : {std::pair{"model.condition", "mask_fraction"}, std::pair{"objective.form", "count"},
                                   std::pair{"evaluate.form", "count"}, std::pair{"schedule.kind", "cosine"}}) {
    RunConfig wrong = config;
    set(wrong, key, value);
    EXPECT_NE(complaint(wrong).find(key), std::string::npos) << complaint(wrong);
    EXPECT_NE(complaint(wrong).find("schedule.powers is free"), std::string::npos) << complaint(wrong);
  }
}

TEST(NetworkKeysTest, HiddenLabelsNeedLabels) {
  RunConfig config;
  set(config, "model.label_dropout", "0.125");
  EXPECT_EQ(complaint(config), "model.label_dropout is 0.125, want 0 where model.class_conditional is false");
  set(config, "model.class_conditional", "true");
  EXPECT_EQ(complaint(config), "");
  const DatasetInfo data{
      .name = "d", .split = "train", .shape = {8, 8, 1}, .vocab_size = 17, .classes = 10, .class_names = {}};
  EXPECT_TRUE(model_spec(config, data).network.null_class);
  EXPECT_EQ(model_spec(config, data).network.classes, 10);
  set(config, "model.label_dropout", "0");
  EXPECT_FALSE(model_spec(config, data).network.null_class);
  EXPECT_THROW(set(config, "model.label_dropout", "1"), InvalidArgument);
  EXPECT_THROW(set(config, "model.label_dropout", "-0.1"), InvalidArgument);
}

TEST(NetworkKeysTest, OptionsOfTheNetworkTakeTheirShapeFromTheData) {
  RunConfig config;
  const DatasetInfo data{
      .name = "d", .split = "train", .shape = {28, 28, 1}, .vocab_size = 17, .classes = 10, .class_names = {}};
  EXPECT_EQ(model_spec(config, data).network.shape, data.shape);
  EXPECT_EQ(model_spec(config, data).network.vocab_size, 17);
  EXPECT_EQ(model_spec(config, data).network.classes, 0);
  config.class_conditional = true;
  EXPECT_EQ(model_spec(config, data).network.classes, 10);
  const DatasetInfo unlabelled{.name = "u", .split = "train", .shape = {1, 1, 1}, .class_names = {}};
  try {
    (void)model_spec(config, unlabelled);
    ADD_FAILURE() << "a network with classes for data without";
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "model.class_conditional is true, but u has no classes");
  }
}

}  // namespace
}  // namespace veil::io
