#include "veil/data/class_names.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

using Names = std::vector<std::string>;

DatasetInfo info_of(int64_t classes, Names names) {
  DatasetInfo info;
  info.name = "photos";
  info.split = "test";
  info.shape = {1, 1, 1};
  info.classes = classes;
  info.class_names = std::move(names);
  info.fingerprint = "abc";
  return info;
}

// Three examples of classes 0, 1 and 0, whose only pixel is 10, 11 and 12.
std::unique_ptr<Dataset> data_of(Names names) {
  const auto classes = static_cast<int64_t>(names.size());
  return std::make_unique<TensorDataset>(info_of(classes, std::move(names)),
                                         torch::tensor({10, 11, 12}).to(torch::kUInt8).view({3, 1}),
                                         torch::tensor({0, 1, 0}, torch::kInt64));
}

const std::vector<int64_t> kAll{0, 1, 2};

std::vector<int64_t> labels_of(const Dataset& data) {
  const auto labels = data.get(kAll).labels.value();
  return {labels.const_data_ptr<int64_t>(), labels.const_data_ptr<int64_t>() + labels.numel()};
}

std::string message_of(Names data, const DatasetInfo& model) {
  try {
    (void)with_classes_of(data_of(std::move(data)), model);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ClassNamesTest, ALabelIsTheModelsNumberOfTheClassOfThatName) {
  const auto model = info_of(2, {"night", "day"});
  const auto data = with_classes_of(data_of({"day", "night"}), model);
  EXPECT_EQ(labels_of(*data), (std::vector<int64_t>{1, 0, 1}));
  EXPECT_EQ(data->info().class_names, model.class_names);
  EXPECT_EQ(data->info().fingerprint, "abc");
  EXPECT_EQ(data->size(), 3);
  const auto batch = data->get(kAll);
  EXPECT_TRUE(batch.tokens.flatten().equal(torch::tensor({10, 11, 12}, torch::kInt64)));
  EXPECT_TRUE(batch.example_ids.equal(torch::tensor({0, 1, 2}, torch::kInt64)));
}

TEST(ClassNamesTest, DataMayLeaveClassesOut) {
  const auto data = with_classes_of(data_of({"day", "night"}), info_of(4, {"dawn", "day", "dusk", "night"}));
  EXPECT_EQ(labels_of(*data), (std::vector<int64_t>{1, 3, 1}));
  EXPECT_EQ(data->info().classes, 4);
}

TEST(ClassNamesTest, EqualListsAndListsOfNumbersAreLeftAsTheyAre) {
  EXPECT_EQ(labels_of(*with_classes_of(data_of({"day", "night"}), info_of(2, {"day", "night"}))),
            (std::vector<int64_t>{0, 1, 0}));
  EXPECT_EQ(labels_of(*with_classes_of(data_of({"day", "night"}), info_of(2, {}))), (std::vector<int64_t>{0, 1, 0}));
  auto unnamed = std::make_unique<TensorDataset>(info_of(2, {}), torch::zeros({3, 1}, torch::kUInt8),
                                                 torch::tensor({0, 1, 1}, torch::kInt64));
  EXPECT_EQ(labels_of(*with_classes_of(std::move(unnamed), info_of(2, {"b", "a"}))), (std::vector<int64_t>{0, 1, 1}));
}

TEST(ClassNamesTest, UnknownNamesAreRefusedWithBothLists) {
  const auto message = message_of({"a_night", "day"}, info_of(2, {"day", "night"}));
  EXPECT_NE(message.find("data set photos (test) has classes that the model does not know: a_night"), std::string::npos)
      << message;
  EXPECT_NE(message.find("classes of the data: a_night, day; of the model: day, night"), std::string::npos) << message;
  EXPECT_NE(message_of({"day", "ni\nght"}, info_of(2, {"day", "night"})).find("ni?ght"), std::string::npos);
}

TEST(ClassNamesTest, ANameThatStandsTwiceTellsNothing) {
  EXPECT_NE(message_of({"day", "day"}, info_of(2, {"day", "night"})).find("a name stands twice"), std::string::npos);
  EXPECT_NE(message_of({"day", "night"}, info_of(2, {"day", "day"})).find("a name stands twice"), std::string::npos);
  EXPECT_EQ(message_of({"day", "day"}, info_of(2, {"day", "day"})), "accepted");
}

TEST(ClassNamesTest, LongListsAreCut) {
  Names many;
  for (int i = 0; i < 30; ++i) {
    many.push_back(concat("c", i));
  }
  const auto message = message_of({"day", "night"}, info_of(30, many));
  EXPECT_NE(message.find("c19, … (30 in all)"), std::string::npos) << message;
  EXPECT_EQ(message.find("c20"), std::string::npos);
}

TEST(ClassNamesTest, WhatIsAssumedIsSaidWhereOneSideHasNoNames) {
  const auto named = info_of(2, {"day", "night"});
  const auto numbered = info_of(2, {});
  EXPECT_EQ(assumed_classes(named, named), "");
  EXPECT_EQ(assumed_classes(numbered, numbered), "");
  EXPECT_EQ(assumed_classes(info_of(0, {}), named), "");
  EXPECT_EQ(assumed_classes(numbered, named),
            "only the model names its classes: class 0 is taken to be day, and so on in this order: day, night");
  EXPECT_EQ(assumed_classes(named, numbered),
            "only data set photos (test) names its classes: class 0 is taken to be "
            "day, and so on in this order: day, night");
}

}  // namespace
}  // namespace veil
