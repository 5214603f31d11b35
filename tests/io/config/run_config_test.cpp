#include "veil/io/config/run_config.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "veil/base/error.h"
#include "veil/io/config/resolve.h"

namespace veil::io {
namespace {

// What `action` throws as an `Error`, or "" if it throws nothing.
template <typename Error = InvalidArgument, typename Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string refusal(const std::string& key, const std::string& text) {
  RunConfig config;
  return message_of([&] { set(config, key, text); });
}

// A value other than the default for every key, so that a getter or setter of the wrong field shows.
const std::pair<const char*, const char*> kOtherValues[] = {
    {"data.source", "my images/a b"},
    {"data.split", "all"},
    {"data.evaluation_split", "validation"},
    {"data.size", "64"},
    {"data.fit", "pad"},
    {"data.padding", "255,128,0"},
    {"data.channels", "3"},
    {"data.resize", "lanczos"},
    {"data.upscale", "true"},
    {"data.holdout", "0.25"},
    {"data.duplicates", "drop"},
    {"model.network", "uvit"},
    {"model.width", "256"},
    {"model.layers", "3"},
    {"model.width_multipliers", "1,2,4"},
    {"model.dit_layers", "5"},
    {"model.dit_patch", "1"},
    {"model.dit_width", "384"},
    {"model.dit_heads", "6"},
    {"model.heads", "8"},
    {"model.key_value_heads", "4"},
    {"model.gate", "geglu"},
    {"model.narrow_embedding", "true"},
    {"model.zero_modulation", "false"},
    {"model.depth_scaled", "false"},
    {"model.causal", "true"},
    {"model.dropout", "0.25"},
    {"model.condition", "none"},
    {"model.class_conditional", "true"},
    {"model.label_dropout", "0.375"},
    {"model.head", "logistic_prior"},
    {"model.value_channels", "true"},
    {"schedule.kind", "poly3"},
    {"schedule.beta_min", "0.001"},
    {"schedule.beta_max", "12.5"},
    {"schedule.clip", "0.03125"},
    {"schedule.powers", "smooth"},
    {"objective.form", "time"},
    {"objective.power_gradient", "leave_one_out"},
    {"objective.first_time", "0.0625"},
    {"optimizer.learning_rate", "0.0078125"},
    {"optimizer.decay", "constant"},
    {"optimizer.warmup_steps", "7"},
    {"optimizer.decay_steps", "8"},
    {"optimizer.beta1", "0.8"},
    {"optimizer.beta2", "0.95"},
    {"optimizer.epsilon", "0.5"},
    {"optimizer.weight_decay", "0.125"},
    {"optimizer.decayed", "matrices"},
    {"optimizer.clip_norm", "1.5"},
    {"optimizer.ema_decay", "0.75"},
    {"optimizer.ema_warmup", "false"},
    {"train.steps", "11"},
    {"train.batch_size", "12"},
    {"train.micro_batch_size", "4"},
    {"train.seed", "18446744073709551615"},
    {"train.init_from", "models/cats.safetensors"},
    {"train.horizontal_flips", "true"},
    {"train.log_every", "13"},
    {"train.checkpoint_every", "14"},
    {"train.keep_checkpoints", "15"},
    {"train.quality_every", "77"},
    {"train.evaluate_every", "16"},
    {"train.evaluate_examples", "17"},
    {"train.sample_every", "18"},
    {"train.tensorboard", "true"},
    {"train.max_skipped", "19"},
    {"train.prefetch", "21"},
    {"evaluate.form", "time"},
    {"evaluate.first_time", "0.25"},
    {"evaluate.passes", "24"},
    {"evaluate.replicates", "3"},
    {"evaluate.limit", "25"},
    {"evaluate.batch_size", "26"},
    {"evaluate.rows_per_call", "27"},
    {"evaluate.control", "0.5"},
    {"evaluate.seed", "28"},
    {"sample.count", "29"},
    {"sample.first", "32"},
    {"sample.steps", "30"},
    {"sample.grid", "cosine"},
    {"sample.temperature", "0.5"},
    {"sample.seed", "31"},
    {"sample.rows_per_call", "33"},
    {"device.name", "cuda:3"},
    {"device.precision", "bfloat16"},
    {"device.channels_last", "on"},
    {"device.fused", "false"},
    {"device.threads", "5"},
};

RunConfig other_config() {
  RunConfig config;
  for (const auto& [key, text] : kOtherValues) {
    set(config, key, text);
  }
  return config;
}

TEST(RunConfigTest, EveryKeyIsListedOnceAndHasAnotherValueHere) {
  const std::set<std::string> names(config_key_names().begin(), config_key_names().end());
  EXPECT_EQ(names.size(), config_key_names().size());
  std::set<std::string> tried;
  for (const auto& [key, text] : kOtherValues) {
    tried.insert(key);
  }
  EXPECT_EQ(names, tried);
}

TEST(RunConfigTest, AKeyChangesItsOwnValueAndNoOther) {
  const RunConfig defaults;
  for (const auto& [changed, text] : kOtherValues) {
    RunConfig config;
    set(config, changed, text);
    EXPECT_NE(text, get(defaults, changed)) << changed;
    for (const std::string& name : config_key_names()) {
      EXPECT_EQ(get(config, name), name == changed ? text : get(defaults, name)) << name << " after " << changed;
    }
  }
}

TEST(RunConfigTest, ValuesReachTheFieldsOfTheirNames) {
  const RunConfig config = other_config();
  EXPECT_EQ(config.data.source, "my images/a b");
  EXPECT_EQ(config.model.network, NetworkKind::kUViT);
  EXPECT_EQ(config.model.uvit.width_multipliers, (std::vector<int64_t>{1, 2, 4}));
  EXPECT_EQ(config.model.condition, Condition::kNone);
  EXPECT_EQ(config.schedule.kind, ScheduleKind::kPolynomial);
  EXPECT_EQ(config.schedule.exponent, 3.0);
  EXPECT_EQ(config.objective.form, ObjectiveForm::kTime);
  EXPECT_EQ(config.optimizer.learning_rate, 0.0078125);
  EXPECT_EQ(config.optimizer.beta1, 0.8);
  EXPECT_EQ(config.train.seed, UINT64_MAX);
  EXPECT_EQ(config.train.batch_size, 12);
  EXPECT_EQ(config.evaluate.passes, 24);
  EXPECT_EQ(config.sample.grid, TimeGridKind::kCosine);
  EXPECT_EQ(config.device.channels_last, Switch::kOn);
  EXPECT_FALSE(config.device.fused);
}

TEST(RunConfigTest, ARefusalNamesKeyValueAndBothBounds) {
  EXPECT_EQ(refusal("train.batch_size", "0"), "train.batch_size is 0, want an integer in [1, 1000000]");
  EXPECT_EQ(refusal("model.width", "101"),
            "model.width is 101, want a multiple of 2 in [4, 4096], and of 32 but for a transformer");
  EXPECT_EQ(refusal("model.dropout", "1"), "model.dropout is 1, want a number in [0, 1)");
  EXPECT_EQ(refusal("model.network", "resnet"), "model.network is resnet, want unet, uvit or transformer");
  EXPECT_EQ(refusal("train.seed", "-1"), "train.seed is -1, want an integer in [0, 18446744073709551615]");
  EXPECT_EQ(refusal("device.fused", "maybe"), "device.fused is maybe, want true or false");
}

TEST(RunConfigTest, RefusesWhatIsNotExactlyANumberInRange) {
  for (const std::string& text :
       std::vector<std::string>{"", " 1", "1 ", "+1", "1.5", "0x10", "1e3", "1,5", "9223372036854775808", "eins"}) {
    EXPECT_NE(refusal("train.steps", text), "") << text;
  }
  for (const std::string& text :
       std::vector<std::string>{"", "0,5", "1e999", "nan", "inf", "-inf", "0.5x", "-0.1", "1e-400x"}) {
    EXPECT_NE(refusal("optimizer.weight_decay", text), "") << text;
  }
  EXPECT_NE(refusal("optimizer.learning_rate", "0"), "");
  EXPECT_EQ(refusal("optimizer.learning_rate", "10"), "");
  for (const std::string& text : std::vector<std::string>{"", "1,", ",1", "1,,2", "1;2", "0", "1,2,3,4,5,6,7,8,9"}) {
    EXPECT_NE(refusal("model.width_multipliers", text), "") << text;
  }
  for (const std::string& text :
       std::vector<std::string>{"", " a", "a ", "a#b", std::string("a\nb"), std::string(5000, 'x')}) {
    EXPECT_NE(refusal("data.source", text), "") << text;
  }
  for (const std::string& text : std::vector<std::string>{"gpu", "cuda:", "cuda:-1", "cuda:9999", "cpu:0", ""}) {
    EXPECT_NE(refusal("device.name", text), "") << text;
  }
}

TEST(RunConfigTest, ARefusedValueIsShownShortAndPrintable) {
  const std::string message = refusal("model.network", std::string("\x1b[31m") + std::string(100000, 'x'));
  EXPECT_LT(message.size(), 200U);
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
}

TEST(RunConfigTest, AnUnknownKeyIsRefusedWithTheNearest) {
  EXPECT_EQ(refusal("model.layer", "8"), "unknown key model.layer (did you mean model.layers?)");
  EXPECT_EQ(refusal("train.learning_rate", "8"),
            "unknown key train.learning_rate (did you mean optimizer.learning_rate?)");
  EXPECT_EQ(refusal("smaple.steps", "8"), "unknown key smaple.steps (did you mean sample.steps?)");
  EXPECT_EQ(refusal("learning_rate", "8"), "unknown key learning_rate (did you mean optimizer.learning_rate?)");
  EXPECT_EQ(refusal("objective.importance", "8"),
            "unknown key objective.importance, [objective] has form, power_gradient, first_time");
  EXPECT_NE(refusal("nothing.like.it", "8").find("want a section of data, model, schedule"), std::string::npos);
}

TEST(RunConfigTest, ARefusedValueChangesNothing) {
  RunConfig config;
  EXPECT_THROW(set(config, "model.width_multipliers", "1,2,x"), InvalidArgument);
  EXPECT_EQ(to_json(config), to_json(RunConfig{}));
}

TEST(RunConfigTest, TheScheduleKindLeavesBetaAndClipAlone) {
  RunConfig config;
  set(config, "schedule.beta_max", "7");
  set(config, "schedule.clip", "0.125");
  set(config, "schedule.kind", "geometric");
  EXPECT_EQ(config.schedule.beta_max, 7.0);
  EXPECT_EQ(config.schedule.clip, 0.125);
  EXPECT_NE(refusal("schedule.kind", "poly").find("want linear, cosine, geometric, polyP"), std::string::npos);
}

TEST(RunConfigTest, ValuesThatDoNotGoTogetherAreRefusedByName) {
  EXPECT_NO_THROW(validate(RunConfig{}));
  RunConfig other = other_config();
  set(other, "schedule.powers", "none");  // goes only with some of the other values
  EXPECT_NO_THROW(validate(other));
  const std::vector<std::pair<std::string, std::string>> faults{
      {"train.micro_batch_size", "7"}, {"evaluate.passes", "7"}, {"model.dit_heads", "7"}};
  for (const auto& [key, text] : faults) {
    RunConfig config;
    set(config, "model.network", "uvit");
    set(config, key, text);
    const std::string message = message_of([&] { validate(config); });
    EXPECT_NE(message.find(key), std::string::npos) << message;
  }
  RunConfig config;
  set(config, "schedule.kind", "geometric");
  set(config, "schedule.beta_max", "0.1");
  set(config, "schedule.beta_min", "0.25");
  EXPECT_EQ(message_of([&] { validate(config); }),
            "schedule.beta_min is 0.25, want less than schedule.beta_max, which is 0.1");
}

TEST(RunConfigTest, JsonGivesBackEveryValue) {
  const RunConfig config = other_config();
  const RunConfig read = from_json(to_json(config), "model.safetensors");
  for (const auto& [key, text] : kOtherValues) {
    EXPECT_EQ(get(read, key), text) << key;
  }
}

TEST(RunConfigTest, JsonThatIsNotAFlatObjectOfKnownStringsIsRefusedWithItsOrigin) {
  const auto refused = [](const std::string& json) {
    return message_of<DataError>([&] { (void)from_json(json, "m.safetensors"); });
  };
  EXPECT_EQ(refused(R"({"model.widht": "64"})"), "m.safetensors: unknown key model.widht (did you mean model.width?)");
  EXPECT_EQ(refused(R"({"model.width": "33"})"),
            "m.safetensors: model.width is 33, want a multiple of 2 in [4, 4096], and of 32 but for a transformer");
  EXPECT_EQ(refused(R"({"model.width": 64})"), "m.safetensors: model.width in the configuration is not a string");
  EXPECT_EQ(
      refused(R"({"train.seed": "1", "train.seed": "2"})"),
      "m.safetensors: the configuration: the name 'train.seed' appears twice in one JSON object, want unique names");
  for (const std::string& json : std::vector<std::string>{"[]", "3"}) {
    EXPECT_EQ(refused(json), "m.safetensors: the configuration is not a JSON object of strings") << json;
  }
  for (const std::string& json : std::vector<std::string>{"", "{", "{\"a\":", "\xff"}) {
    EXPECT_TRUE(refused(json).starts_with("m.safetensors: the configuration: JSON syntax error at byte")) << json;
  }
}

TEST(RunConfigTest, TheIniFileHoldsEveryKeyUnderItsSectionWithItsMeaning) {
  const std::string ini = to_ini(other_config());
  EXPECT_TRUE(ini.starts_with("[data]\n"));
  EXPECT_NE(ini.find("\n[train]\n# updates; 0 writes the initial model: an integer in [0, 1000000000]; default 10000\n"
                     "steps = 11\n"),
            std::string::npos);
  EXPECT_NE(ini.find("width_multipliers = 1,2,4\n"), std::string::npos);
}

}  // namespace
}  // namespace veil::io
