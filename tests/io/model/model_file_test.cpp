#include "veil/io/model/model_file.h"

#include <gtest/gtest.h>
#include <torch/version.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/torch.h"
#include "io/model/dataset_json.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"
#include "veil/io/config/resolve.h"
#include "veil/io/format/safetensors.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"

namespace veil::io {
namespace {

RunConfig small_config() {
  RunConfig config;
  config.model.network = NetworkKind::kUNet;
  config.model.width = 32;
  config.model.layers = 1;
  config.model.dropout = 0.25;
  config.class_conditional = true;
  config.optimizer.learning_rate = 0.1;  // has no exact binary form: shows that text keeps every bit
  return config;
}

DatasetInfo small_dataset() {
  DatasetInfo dataset;
  dataset.name = "spots \"and\" <dots>";
  dataset.split = "train";
  dataset.shape = {.height = 8, .width = 8, .channels = 1};
  dataset.vocab_size = 4;
  dataset.classes = 2;
  dataset.class_names = {"Größe", "b"};
  return dataset;
}

ModelSpec small_spec() { return model_spec(small_config(), small_dataset()); }

std::shared_ptr<Denoiser> small_network() {
  auto network = make_denoiser(small_spec().network);
  initialize(*network, 3);
  return network;
}

class ModelFileTest : public testing::Test {
 protected:
  void SetUp() override { save(named_weights(*small_network())); }

  void save(const NamedTensors& weights) {
    save_model(path_, weights, small_spec(), small_config(), {.step = 12, .weights = "raw"});
  }

  /// Saves the file again with one piece of metadata replaced, as a version that knew of no digest would have it.
  void replace_metadata(const std::string& name, const std::string& text) {
    auto file = read_safetensors(path_);
    file.metadata[name] = text;
    file.metadata.erase("veil.sha256");
    write_safetensors(path_, file);
  }

  [[nodiscard]] std::string complaint() const {
    try {
      std::ignore = load_model(path_);
      return "";
    } catch (const DataError& error) {
      EXPECT_TRUE(std::string_view(error.what()).starts_with(path_.string() + ": ")) << error.what();
      return error.what();
    }
  }

  TempFolder folder_;
  std::filesystem::path path_ = folder_.path() / "model.safetensors";
};

TEST_F(ModelFileTest, AModelComesBackToTheBit) {
  const auto want = named_weights(*small_network());
  const auto model = load_model(path_);
  const auto got = named_weights(*model.denoiser);
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ(got[i].first, want[i].first);
    EXPECT_TRUE(torch::equal(got[i].second, want[i].second)) << want[i].first;
  }
  EXPECT_EQ(to_json(model.config), to_json(small_config()));
  EXPECT_EQ(model.config.optimizer.learning_rate, 0.1);
  EXPECT_EQ(model.denoiser->options().classes, 2);
  EXPECT_EQ(model.denoiser->options().dropout, 0.25);
}

TEST_F(ModelFileTest, AModelThatLearntToDoWithoutTheClassHasARowForThat) {
  auto config = small_config();
  config.label_dropout = 0.1;
  const ModelSpec spec = model_spec(config, small_dataset());
  auto network = make_denoiser(spec.network);
  initialize(*network, 3);
  save_model(path_, named_weights(*network), spec, config, {});
  const auto model = load_model(path_);
  EXPECT_TRUE(model.denoiser->options().null_class);
  EXPECT_EQ(model.denoiser->options().classes, 2);
  EXPECT_EQ(model.denoiser->named_parameters()["condition.label.weight"].sizes(), (torch::IntArrayRef{3, 32}));
}

TEST_F(ModelFileTest, WhatAModelIsIsWrittenWhateverTheRunsConfigurationSays) {
  RunConfig run;  // of another network, another schedule and without classes
  run.model.network = NetworkKind::kTransformer;
  run.schedule.kind = ScheduleKind::kCosine;
  run.evaluate.passes = 24;
  ModelSpec spec = small_spec();
  spec.schedule = {.kind = ScheduleKind::kPolynomial, .exponent = 3, .clip = 0.25};
  save_model(path_, named_weights(*small_network()), spec, run, {});
  const auto model = load_model(path_);
  EXPECT_EQ(model.denoiser->options().network, NetworkKind::kUNet);
  EXPECT_EQ(model.spec.network.classes, 2);
  EXPECT_EQ(schedule_name(model.spec.schedule), "poly3");
  EXPECT_EQ(model.spec.schedule.clip, 0.25);
  EXPECT_EQ(model.config.evaluate.passes, 24);
  EXPECT_EQ(resolve(model.config, model.spec.data).evaluation.schedule.exponent, 3);
}

TEST_F(ModelFileTest, AModelFromBeforeThatKeyLoadsAsItWas) {
  auto json = nlohmann::json::parse(to_json(small_config()));
  ASSERT_EQ(json.erase("model.label_dropout"), 1U);
  replace_metadata("veil.config", json.dump());
  const auto model = load_model(path_);
  EXPECT_FALSE(model.denoiser->options().null_class);
  EXPECT_EQ(model.denoiser->named_parameters()["condition.label.weight"].sizes(), (torch::IntArrayRef{2, 32}));
}

TEST_F(ModelFileTest, AModelKnowsWhatItWasTrainedOn) {
  const auto model = load_model(path_);
  const auto& info = model.info;
  const auto& data = model.spec.data;
  const auto want = small_dataset();
  EXPECT_EQ(data.name, want.name);
  EXPECT_EQ(data.split, want.split);
  EXPECT_TRUE(data.shape == want.shape);
  EXPECT_EQ(data.vocab_size, 4);
  EXPECT_EQ(data.classes, 2);
  EXPECT_EQ(data.class_names, want.class_names);
  EXPECT_EQ(info.step, 12);
  EXPECT_EQ(info.weights, "raw");
  EXPECT_FALSE(info.veil_version.empty());
  EXPECT_TRUE(info.libtorch_version.starts_with(TORCH_VERSION));
}

TEST_F(ModelFileTest, AFolderMeansTheModelInIt) {
  EXPECT_EQ(model_path(folder_.path()), path_);
  EXPECT_EQ(model_path(path_), path_);
  EXPECT_EQ(load_model(folder_.path()).info.step, 12);
}

TEST_F(ModelFileTest, OneMessageNamesEveryTensorThatDoesNotFit) {
  auto weights = named_weights(*small_network());
  const std::string missing = weights[0].first;
  const std::string misshaped = weights[1].first;
  const std::string mistyped = weights[2].first;
  weights[2].second = weights[2].second.to(torch::kHalf);
  weights[1].second = torch::zeros({3, 5, 7});
  weights[0].first = "unknown.weight";
  save(weights);
  const std::string message = complaint();
  EXPECT_NE(message.find("1 missing: " + missing), std::string::npos) << message;
  EXPECT_NE(message.find(misshaped + " is Float [3, 5, 7], want Float "), std::string::npos) << message;
  EXPECT_NE(message.find(mistyped + " is Half "), std::string::npos) << message;
  EXPECT_NE(message.find("'unknown.weight'"), std::string::npos) << message;
}

TEST_F(ModelFileTest, WeightsThatDoNotFitChangeNothing) {
  const auto network = small_network();
  auto weights = named_weights(*small_network());
  for (auto& [name, value] : weights) {
    value = torch::ones_like(value);
  }
  weights.pop_back();
  EXPECT_THROW(assign_weights(*network, weights, "x"), DataError);
  EXPECT_TRUE(torch::equal(network->parameters()[0], small_network()->parameters()[0]));
}

TEST_F(ModelFileTest, AnotherProgramsFileIsRefused) {
  write_safetensors(path_, {.tensors = {{"a", torch::ones({1})}}});
  EXPECT_NE(complaint().find("want a model written by veil"), std::string::npos);
}

TEST_F(ModelFileTest, AFormatIsWanted) {
  auto file = read_safetensors(path_);
  file.metadata.erase("veil.sha256");
  file.metadata.erase("format");
  write_safetensors(path_, file);
  EXPECT_NE(complaint().find("without the metadata 'format'"), std::string::npos);
  replace_metadata("format", "tf");
  EXPECT_NE(complaint().find("metadata 'format' is 'tf', want 'pt'"), std::string::npos);
}

TEST_F(ModelFileTest, TheOrderOfTensorsIsNoPartOfTheDigest) {
  auto file = read_safetensors(path_);
  std::reverse(file.tensors.begin(), file.tensors.end());
  write_safetensors(path_, file);
  EXPECT_EQ(complaint(), "");
}

TEST_F(ModelFileTest, AMissingFileIsRefused) {
  EXPECT_THROW(std::ignore = load_model(folder_.path() / "none"), DataError);
}

TEST_F(ModelFileTest, DamagedMetadataIsRefused) {
  const std::vector<std::pair<std::string, std::string>> cases{{"veil.step", "-1"},
                                                               {"veil.step", "12x"},
                                                               {"veil.step", ""},
                                                               {"veil.step", "99999999999999999999"},
                                                               {"veil.weights", "best"},
                                                               {"veil.config", "{"},
                                                               {"veil.config", R"({"model.layres":"3"})"},
                                                               {"veil.config", R"({"model.layers":"-3"})"},
                                                               {"veil.config", R"({"model.width":"48"})"},
                                                               {"veil.dataset", "[]"},
                                                               {"veil.dataset", "{}"}};
  for (const auto& [name, text] : cases) {
    SetUp();
    replace_metadata(name, text);
    EXPECT_NE(complaint(), "") << name << " = " << text;
  }
}

// A network of this size would need a terabyte; the tensors in the file are compared before it is built.
TEST_F(ModelFileTest, AConfigurationThatAsksForTooMuchMemoryIsRefused) {
  auto config = small_config();
  config.model.width = 4096;
  config.model.layers = 256;
  replace_metadata("veil.config", to_json(config));
  EXPECT_NE(complaint().find("missing"), std::string::npos);
}

TEST(DatasetJsonTest, RefusesWhatIsOutOfRange) {
  const std::string good = dataset_to_json(small_dataset());
  EXPECT_EQ(dataset_to_json(dataset_from_json(good, "x")), good);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  for (const auto& text : {with("\"height\":8", "\"height\":0"), with("\"height\":8", "\"height\":8.5"),
                           with("\"height\":8", "\"height\":-8"), with("\"width\":8", "\"width\":18446744073709551615"),
                           with("\"channels\":1", "\"channels\":65"), with("\"vocab_size\":4", "\"vocab_size\":0"),
                           with("\"classes\":2", "\"classes\":3"), with("\"classes\":2", "\"clases\":2"),
                           with("\"split\":\"train\"", "\"split\":1")}) {
    EXPECT_THROW(std::ignore = dataset_from_json(text, "x"), DataError) << text;
  }
  const std::string tall = with("\"height\":8", "\"height\":16384");
  EXPECT_EQ(dataset_from_json(tall, "x").shape.height, 16384);
  std::string large = tall;
  large.replace(large.find("\"width\":8"), 9, "\"width\":1025");
  EXPECT_THROW(std::ignore = dataset_from_json(large, "x"), DataError);
}

}  // namespace
}  // namespace veil::io
