// What follows from a configuration and the data, and what people are told where it does not.
#include "veil/io/config/resolve.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "veil/base/error.h"

namespace veil::io {
namespace {

template <typename Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

using Settings = std::vector<std::pair<std::string, std::string>>;

RunConfig with(const Settings& settings) {
  RunConfig config;
  for (const auto& [key, text] : settings) {
    set(config, key, text);
  }
  return config;
}

std::string complaint(const Settings& settings) {
  return message_of([&] { validate(with(settings)); });
}

DatasetInfo pictures() {
  return {.name = "pictures", .split = "train", .shape = {28, 28, 1}, .vocab_size = 17, .classes = 10};
}

DatasetInfo letters() {
  return {.name = "letters",
          .split = "train",
          .kind = DataKind::kText,
          .shape = {1, 64, 1},
          .vocab_size = 27,
          .alphabet = "abc"};
}

TEST(ResolveTest, TheOneScheduleReachesObjectiveEvaluationAndSampling) {
  const auto run = resolve(with({{"schedule.kind", "poly3"}, {"schedule.clip", "0.125"}}), pictures());
  for (const auto& schedule :
       {run.spec.schedule, run.step.objective.schedule, run.evaluation.schedule, run.sample.schedule}) {
    EXPECT_EQ(schedule.kind, ScheduleKind::kPolynomial);
    EXPECT_EQ(schedule.exponent, 3.0);
    EXPECT_EQ(schedule.clip, 0.125);
  }
}

TEST(ResolveTest, WhatTheRunDoesIsAsItWasSet) {
  const auto run =
      resolve(with({{"objective.form", "time"}, {"evaluate.passes", "24"}, {"sample.steps", "30"}}), pictures());
  EXPECT_EQ(run.step.objective.form, ObjectiveForm::kTime);
  EXPECT_EQ(run.evaluation.passes, 24);
  EXPECT_EQ(run.sample.steps, 30);
}

TEST(ResolveTest, TheModelIsForTheseData) {
  const auto spec =
      resolve(with({{"model.class_conditional", "true"}, {"model.label_dropout", "0.5"}}), pictures()).spec;
  EXPECT_EQ(spec.data.name, "pictures");
  EXPECT_TRUE(spec.network.shape == pictures().shape);
  EXPECT_EQ(spec.network.vocab_size, 17);
  EXPECT_EQ(spec.network.classes, 10);
  EXPECT_TRUE(spec.network.null_class);
}

TEST(ResolveTest, ANetworkThatCannotTakeTheDataIsRefusedByKey) {
  EXPECT_EQ(message_of([] {
              (void)resolve(with({{"model.network", "uvit"}, {"model.width_multipliers", "1,2,4"}}), pictures());
            }),
            "a network for pictures: shape.height is 28, want a multiple of 8, for the levels of "
            "model.width_multipliers and model.dit_patch");
  EXPECT_EQ(message_of([] {
              (void)resolve(with({{"model.class_conditional", "true"}}), letters());
            }),
            "model.class_conditional is true, but letters has no classes");
  EXPECT_EQ(message_of([] {
              (void)resolve(with({{"train.horizontal_flips", "true"}}), letters());
            }),
            "train.horizontal_flips is true, but the examples of letters are no images");
}

TEST(ResolveTest, TheShapeOfTheDataIsNoConcernBeforeTheyAreRead) {
  const Settings deep{{"model.network", "uvit"}, {"model.width_multipliers", "1,1,1,1,1,1,1,1"}};
  EXPECT_EQ(complaint(deep), "");
  DatasetInfo large = pictures();
  large.shape = {256, 512, 3};
  EXPECT_EQ(message_of([&] { (void)resolve(with(deep), large); }), "");
}

// The core says dit_width, heads, passes and so on; people wrote keys.
TEST(ValidateTest, WhatTheCoreSaysOfFieldsIsSaidOfKeys) {
  const Settings uvit{{"model.network", "uvit"}, {"model.dit_width", "52"}};
  EXPECT_EQ(complaint(uvit), "model.dit_width is 52, want a multiple of model.dit_heads, which is 12");
  EXPECT_EQ(complaint({{"model.network", "transformer"}, {"model.width", "512"}, {"model.heads", "33"}}),
            "model.heads is 33, want 32 or less where model.width is 512");
  EXPECT_EQ(complaint({{"model.network", "transformer"}, {"model.layers", "0"}}),
            "model.layers is 0, want 1 or more where model.network is transformer");
  EXPECT_EQ(complaint({{"evaluate.passes", "7"}}),
            "evaluate.passes is 7, want a multiple of evaluate.replicates, which is 2");
  EXPECT_EQ(complaint({{"train.micro_batch_size", "7"}}),
            "train.micro_batch_size is 7, want 0 or a divisor of train.batch_size, which is 64");
  EXPECT_EQ(complaint({{"data.channels", "2"}}), "data.channels is 2, want 1, 3, or 0 to leave them as they are");
}

TEST(ValidateTest, ValuesThatNoKeyWouldTakeAreRefusedAsTheKeyRefusesThem) {
  RunConfig config;
  const auto expect_refused = [&](const std::string& message) {
    EXPECT_EQ(message_of([&] { validate(config); }), message);
    config = {};
  };
  config.optimizer.learning_rate = 11;
  expect_refused("optimizer.learning_rate is 11, want a number in (0, 10]");
  config.objective.first_time = 1;
  expect_refused("objective.first_time is 1, want a number in (0, 1)");
  config.evaluate.control = -0.5;
  expect_refused("evaluate.control is -0.5, want a number in [0, 1]");
  config.sample.rows_per_call = 0;
  expect_refused("sample.rows_per_call is 0, want an integer in [1, 1000000]");
  config.schedule.clip = 0.5;
  expect_refused("schedule.clip is 0.5, want a number in [0, 0.5)");
  config.data.prepare.holdout = 1;
  expect_refused("data.holdout is 1, want a number in [0, 1)");
  config.model.dropout = 1;
  expect_refused("model.dropout is 1, want a number in [0, 1)");
}

TEST(ModelSpecTest, AConfigurationComesBackFromTheModel) {
  const RunConfig config = with({{"model.network", "uvit"},
                                 {"model.width", "64"},
                                 {"model.width_multipliers", "1,2"},
                                 {"model.dit_layers", "5"},
                                 {"model.class_conditional", "true"},
                                 {"model.label_dropout", "0.25"},
                                 {"model.condition", "none"},
                                 {"model.head", "logistic_prior"},
                                 {"schedule.kind", "geometric"},
                                 {"schedule.beta_max", "12.5"},
                                 {"schedule.clip", "0.03125"}});
  const RunConfig run = with({{"model.label_dropout", "0.125"}, {"model.heads", "3"}, {"train.steps", "11"}});
  const RunConfig both = with_model(run, model_spec(config, pictures()));
  for (const std::string& key : config_key_names()) {
    const bool is_of_model = key.starts_with("model.") || key.starts_with("schedule.");
    EXPECT_EQ(get(both, key), get(is_of_model && key != "model.label_dropout" ? config : run, key)) << key;
  }
  EXPECT_NO_THROW((void)model_spec(both, pictures()));
}

TEST(ModelSpecTest, AModelKnowsNoClassExactlyWhereTrainingHidesClasses) {
  const auto spec = model_spec(with({{"model.class_conditional", "true"}}), pictures());
  EXPECT_EQ(message_of([&] {
              (void)with_model(with({{"model.label_dropout", "0.5"}}), spec);
            }),
            "model.label_dropout is 0.5 for a model that does not know \"no class\"");
}

}  // namespace
}  // namespace veil::io
