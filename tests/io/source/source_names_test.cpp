#include "io/source/source_names.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "io/source/image_listing.h"
#include "io/source/split_words.h"
#include "support/dataset_bytes.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

TEST(SourceNamesTest, ANameMaySayItsSplit) {
  for (const auto* name : {"train", "train_64x64", "Train", "training", "x_train", "train-images", "train.tar"}) {
    EXPECT_EQ(split_of_name(name), "train") << name;
  }
  for (const auto* name : {"val", "valid_64x64", "validation", "val_data", "ILSVRC_val"}) {
    EXPECT_EQ(split_of_name(name), "valid") << name;
  }
  for (const auto* name : {"test", "t10k-images", "TEST", "testing", "y_test"}) {
    EXPECT_EQ(split_of_name(name), "test") << name;
  }
  for (const auto* name : {"", "trains", "valley", "testament", "contest", "photos", "pretrain"}) {
    EXPECT_EQ(split_of_name(name), "") << name;
  }
}

TEST(SourceNamesTest, AFolderIsASplitByItsWholeName) {
  for (const auto* name : {"train", "Training", "train_64x64", "train2017", "train-1"}) {
    EXPECT_EQ(split_of_folder(name), "train") << name;
  }
  EXPECT_EQ(split_of_folder("val2017"), "valid");
  EXPECT_EQ(split_of_folder("validation"), "valid");
  EXPECT_EQ(split_of_folder("t10k"), "test");
  for (const auto* name :
       {"", "x_train", "test-tubes", "my-test", "train photos", "trains", "2train", "veil-test-0V2"}) {
    EXPECT_EQ(split_of_folder(name), "") << name;
  }
}

TEST(SourceNamesTest, WordsForASplitAreFoundAmongOthers) {
  const auto parts = [](const char* name) {
    const auto found = split_name_of(name);
    return found.split + ":" + found.rest;
  };
  for (const auto* name :
       {"TRAIN", "Train_Images", "images_train", "training_set", "trainset", "imgs-train", "trainval"}) {
    EXPECT_EQ(parts(name), "train:") << name;
    EXPECT_EQ(split_of_folder(name), "train") << name;
  }
  EXPECT_EQ(parts("images_val"), "valid:");
  EXPECT_EQ(parts("trainA"), "train:a");
  EXPECT_EQ(parts("testB2"), "test:b");
  EXPECT_EQ(parts("seg_test"), "test:seg");
  EXPECT_EQ(parts("DIV2K_valid_HR"), "valid:div 2k hr");
  EXPECT_EQ(parts("test-tubes"), "test:tubes");
  for (const auto* name : {"contest", "trains", "valley", "testament", "2train", "test0V2", "train_test", "latest"}) {
    EXPECT_EQ(split_of_folder(name), "") << name;
  }
}

TEST(SourceNamesTest, NumbersInNamesCount) {
  std::vector<std::string> names{"b10", "b2", "b02x", "a", "b2x", "b"};
  std::stable_sort(names.begin(), names.end(), natural_less);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "b2", "b02x", "b2x", "b10"}));
}

// "split/class" of each image.
std::vector<std::string> places(const ImageListing& listing) {
  std::vector<std::string> places;
  for (const auto& image : listing.images) {
    places.push_back(listing.splits[image.split].name + "/" +
                     (image.label < 0 ? "-" : listing.class_names[static_cast<size_t>(image.label)]));
  }
  return places;
}

TEST(SourceNamesTest, FoldersAreSplitsAndClasses) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(places(list_images({"a.png", "b.png"}, "")), (Names{"all/-", "all/-"}));
  EXPECT_EQ(places(list_images({"b/1.png", "a/x/2.png"}, "")), (Names{"all/b", "all/a"}));
  EXPECT_EQ(places(list_images({"val/b/1.png", "train/a/2.png"}, "")), (Names{"test/b", "train/a"}));
  EXPECT_EQ(places(list_images({"valid/1.png", "train/2.png", "test/3.png"}, "")),
            (Names{"valid/-", "train/-", "test/-"}));
  EXPECT_EQ(places(list_images({"set/train/a/1.png", "set/train/b/2.png"}, "")), (Names{"train/a", "train/b"}));
  EXPECT_EQ(places(list_images({"valid_64x64/1.png"}, "valid")), (Names{"test/-"}));
  EXPECT_EQ(places(list_images({"cat/1.png", "cat/2.png"}, "")), (Names{"all/-", "all/-"})) << "one class is none";
  EXPECT_EQ(places(list_images({"a/1.png", "2.png"}, "")), (Names{"all/-", "all/-"})) << "not every image has a class";
  EXPECT_EQ(places(list_images({"a/1.png", "b/2.png", "README"}, "")), (Names{"all/a", "all/b", "all/-"}));
  EXPECT_EQ(places(list_images({"train/a/1.png", "train/b/2.png"}, "train")), (Names{"train/a", "train/b"}))
      << "train/ in train.tar";
  EXPECT_EQ(places(list_images({"bus/1.png", "ship/2.png", "train/3.png"}, "")),
            (Names{"all/bus", "all/ship", "all/train"}));
  EXPECT_EQ(places(list_images({"test/bus/1.png", "train/bus/2.png", "train/train/3.png"}, "")),
            (Names{"test/bus", "train/bus", "train/train"}));
}

TEST(SourceNamesTest, SplitsUnderOtherNames) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(places(list_images({"trainA/1.png", "trainB/2.png", "testA/3.png", "testB/4.png"}, "")),
            (Names{"train/A", "train/B", "test/A", "test/B"}));
  EXPECT_EQ(places(list_images({"cat/train/1.png", "cat/val/2.png", "dog/train/3.png"}, "")),
            (Names{"train/cat", "test/cat", "train/dog"}));
  EXPECT_EQ(places(list_images({"s_train/s_train/a/1.png", "s_train/s_train/b/2.png", "s_test/s_test/a/3.png"}, "")),
            (Names{"train/a", "train/b", "test/a"}));
  EXPECT_EQ(places(list_images({"o/i/train/a/1.png", "o/i/train/b/2.png"}, "")), (Names{"train/a", "train/b"}))
      << "folders that hold everything say nothing";
  const auto tubes = list_images({"test-tubes/1.png", "beakers/2.png"}, "");
  EXPECT_EQ(places(tubes), (Names{"all/test-tubes", "all/beakers"}));
  EXPECT_EQ(tubes.remarks.size(), 1U);
  EXPECT_EQ(list_images({"train/1.png", "test/2.png", "LICENSE"}, "").outside, (Names{"LICENSE"}));
  for (const Names& names :
       {Names{"train/1.png", "train_masks/2.png"}, Names{"s_train/1.png", "s_test/2.png", "s_pred/3.png"},
        Names{"train_cat/1.png", "train_dog/2.png"}}) {
    EXPECT_THROW((void)list_images(names, ""), DataError) << names.front();
  }
}

TEST(SourceNamesTest, SplitsAreCountedAndTrainIsFirst) {
  const auto listing = list_images({"test/1.png", "train/1.png", "train/2.png", "notes.txt"}, "");
  ASSERT_EQ(listing.splits.size(), 2U);
  EXPECT_EQ(listing.splits[0].name, "train");
  EXPECT_EQ(listing.splits[0].images, 2);
  EXPECT_EQ(listing.splits[1].images, 1);
  EXPECT_THROW((void)list_images({"a/1.png", "train/1.png"}, ""), DataError) << "two classes, or a split and a rest?";
  EXPECT_THROW((void)list_images({"a/1.png", "b/1.png", "test/1.png", "train/1.png"}, ""), DataError);
  for (const std::string outside : {"2.png", "photos/2.PBM", "3.jpeg"}) {
    EXPECT_NE(data_error_of([&] { (void)list_images({"test/1.png", outside}, ""); }).find(outside), std::string::npos);
  }
}

}  // namespace
}  // namespace veil::io
