// Packed files that promise what they do not hold or would reach out of themselves, damage, and what is not written.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/packed/packed_file.h"
#include "support/damaged_files.h"
#include "support/dataset_bytes.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

// The HDF5 library asks for as much memory as a damaged file says, and reports an error where it gets none; so must the
// address sanitizer, which would end the program.
extern "C" const char* __asan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr TokenShape kShape{4, 6, 3};

fs::path fixture(const std::string& name) { return fs::path(VEIL_SOURCE_DIR) / "tests/io/fixtures/packed" / name; }

// Everything that the file gives.
void read_all(const fs::path& path) {
  const PackedFile file(path);
  for (size_t split = 0; split < file.info().splits.size(); ++split) {
    const auto images = std::min<int64_t>(file.info().splits[split].images, 10);
    const auto room = images * file.info().shape->length();
    ASSERT_LT(room, 100'000'000);
    std::vector<uint8_t> tokens(static_cast<size_t>(room));
    file.read_tokens(split, 0, images, tokens);
    if (file.info().classes > 0) {
      std::vector<int64_t> labels(static_cast<size_t>(images));
      file.read_labels(split, 0, images, labels);
    }
  }
}

std::string refusal(const std::string& name) {
  const auto path = fixture(name);
  const auto text = data_error_of([&] { read_all(path); });
  return text.starts_with(path.string() + ": ") ? text.substr(path.string().size() + 2) : text;
}

TEST(PackedLimitsTest, WhatIsPromisedMustBeInTheFile) {
  const std::string promise = "train: 'tokens' promises more values than the file has";
  EXPECT_EQ(refusal("bad_missing_chunk.h5"), promise);
  EXPECT_EQ(refusal("bad_nothing_stored.h5"), promise);
  EXPECT_EQ(refusal("bad_more_than_the_file.h5"), promise);
}

TEST(PackedLimitsTest, DataMayBePackedOnceOnly) {
  EXPECT_EQ(refusal("bad_two_deflates.h5"),
            "train: 'tokens' is stored outside of this file or with a filter other than deflate");
  EXPECT_EQ(refusal("bad_checksum.h5"),
            "train: 'tokens' is stored outside of this file or with a filter other than deflate");
}

TEST(PackedLimitsTest, ObjectsOfAnotherKindAreRefused) {
  EXPECT_EQ(refusal("bad_array_as_group.h5"), "train is not a group");
  EXPECT_EQ(refusal("bad_group_as_array.h5"), "train: 'tokens' is not an array");
  EXPECT_EQ(refusal("bad_soft_tokens.h5"), "train: tokens is a link to somewhere else, want an object of this file");
  EXPECT_EQ(refusal("bad_names_of_others.h5"), "'class_names' is not a list of 3 texts");
  EXPECT_EQ(refusal("bad_many_classes.h5"), "found 100001 classes, want [0, 100000]");
  EXPECT_EQ(refusal("bad_classes_as_text.h5"), "attribute 'classes' is not one integer");
  EXPECT_EQ(refusal("bad_negative_label.h5"), "label -1, want [0, 2]");
  EXPECT_EQ(refusal("bad_other_labels.h5"), "the labels of train are not what was packed");
  EXPECT_EQ(refusal("bad_other_names.h5"), "the names of the classes are not what was packed");
}

TEST(PackedLimitsTest, EveryVersionWithChecksumsIsRead) {
  const PackedFile want(fixture("plain.h5"));
  for (const auto* name : {"older.h5", "growing.h5"}) {
    const PackedFile file(fixture(name));
    for (const size_t split : {0, 1}) {
      EXPECT_EQ(computed_sha256(file, split), want.sha256(split)) << name;
    }
  }
}

// Some damage lies in the pixels, which verify compares with their digest; it must be seen there.
TEST(PackedLimitsTest, DamageGivesImagesOrADataError) {
  for (const auto* name : {"plain.h5", "chunks.h5", "older.h5", "growing.h5", "bad_soft_link.h5"}) {
    const auto whole = read_bytes(fixture(name));
    for_each_damaged(whole, read_all, whole.size() / 100);
  }
}

class PackedWriterTest : public testing::Test {
 protected:
  PackedWriter writer(bool has_labels) { return {folder_.path() / "a.h5", kShape, has_labels, false}; }

  TempFolder folder_;
  std::vector<uint8_t> image_ = std::vector<uint8_t>(72, 7);
};

TEST_F(PackedWriterTest, WhatCouldNotBeReadIsNotWritten) {
  const std::vector<int64_t> five{5};
  auto labelled = writer(true);
  EXPECT_THROW(labelled.append("train", image_, std::vector<int64_t>{-1}), InvalidArgument);
  EXPECT_THROW(labelled.append("train", image_, {}), InvalidArgument);
  EXPECT_THROW(labelled.append("train", std::span(image_).first(71), five), InvalidArgument);
  EXPECT_THROW(labelled.append("holdout", image_, five), InvalidArgument);
  EXPECT_THROW(labelled.finish({.name = "n", .shape = kShape, .classes = 6}), InvalidArgument) << "no images yet";
  labelled.append("train", image_, five);
  EXPECT_THROW(labelled.finish({.name = "n", .shape = kShape, .classes = 5}), InvalidArgument) << "label 5";
  EXPECT_THROW(labelled.finish({.name = "n", .shape = kShape, .classes = 0}), InvalidArgument);
  EXPECT_THROW(labelled.finish({.name = "n", .shape = kShape, .classes = 100'001}), InvalidArgument);
  EXPECT_THROW(labelled.finish({.name = "n", .shape = {4, 6, 1}, .classes = 6}), InvalidArgument);
  EXPECT_THROW(labelled.finish({.name = "n", .shape = kShape, .class_names = {"one"}, .classes = 6}), InvalidArgument);
  EXPECT_THROW(labelled.finish({.name = std::string(60'001, 'n'), .shape = kShape, .classes = 6}), InvalidArgument);
  EXPECT_THROW(labelled.finish({.name = "n", .shape = kShape, .class_names = {std::string(1025, 'c')}, .classes = 1}),
               InvalidArgument);
  labelled.finish({.name = "n", .shape = kShape, .classes = 6});
  EXPECT_EQ(PackedFile(folder_.path() / "a.h5").info().classes, 6);
}

TEST_F(PackedWriterTest, TheLongestTextsAreReadBack) {
  const std::vector<int64_t> zero{0};
  auto labelled = writer(true);
  labelled.append("all", image_, zero);
  const PackedDescription description{.name = std::string(60'000, 'n'),
                                      .shape = kShape,
                                      .class_names = {std::string(1024, 'c')},
                                      .classes = 1,
                                      .preparation = "",
                                      .provenance = std::string(60'000, 'p')};
  labelled.finish(description);
  const PackedFile file(folder_.path() / "a.h5");
  EXPECT_EQ(file.info().name, description.name);
  EXPECT_EQ(file.info().class_names, description.class_names);
  EXPECT_EQ(file.info().preparation, "");
  EXPECT_EQ(file.info().provenance, description.provenance);
}

}  // namespace
}  // namespace veil::io
