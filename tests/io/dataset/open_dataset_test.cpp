#include "veil/io/dataset/open_dataset.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "base/torch.h"
#include "support/dataset_bytes.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"
#include "veil/io/dataset/open_source.h"
#include "veil/io/dataset/pack_images.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

// A folder named "toys", and VEIL_DATA pointing beside it.
class OpenDatasetTest : public testing::Test {
 protected:
  OpenDatasetTest() {
    fs::create_directory(toys_);
    ::setenv("VEIL_DATA", folder_.path().c_str(), 1);
  }
  ~OpenDatasetTest() override { ::unsetenv("VEIL_DATA"); }
  OpenDatasetTest(const OpenDatasetTest&) = delete;
  OpenDatasetTest& operator=(const OpenDatasetTest&) = delete;
  OpenDatasetTest(OpenDatasetTest&&) = delete;
  OpenDatasetTest& operator=(OpenDatasetTest&&) = delete;

  void add(const std::string& name, const std::string& bytes) const { write_bytes(toys_ / name, bytes); }
  std::string error(const fs::path& path, const std::string& split = "train") const {
    return data_error_of([&] { (void)open_dataset(path.string(), split); });
  }

  TempFolder folder_;
  fs::path toys_ = folder_.path() / "toys";
};

std::vector<int64_t> first_tokens(const Dataset& data, int64_t count) {
  const auto tokens = data.get(std::vector<int64_t>{0}).tokens.contiguous();
  return {tokens.data_ptr<int64_t>(), tokens.data_ptr<int64_t>() + count};
}

TEST_F(OpenDatasetTest, OpensAFolderOfIdxFiles) {
  add("train-images-idx3-ubyte.gz", gzip_bytes(idx_bytes({2, 1, 2}, "abcd")));
  add("train-labels-idx1-ubyte", idx_bytes({2}, "\2\1"));
  add("t10k-images-idx3-ubyte", idx_bytes({1, 1, 2}, "ef"));
  add("t10k-labels-idx1-ubyte", idx_bytes({1}, std::string(1, '\4')));
  const auto train = open_dataset(toys_.string(), "train");
  EXPECT_EQ(train->info().name, "custom-toys");
  EXPECT_EQ(train->info().split, "train");
  EXPECT_EQ(train->info().shape, (TokenShape{1, 2, 1}));
  EXPECT_EQ(train->info().classes, 5) << "the largest label of both splits, and one";
  EXPECT_EQ(train->size(), 2);
  EXPECT_EQ(train->get(std::vector<int64_t>{1}).labels->item<int64_t>(), 1);
  const auto test = open_dataset(toys_.string() + "/", "test");
  EXPECT_EQ(test->info().classes, 5);
  EXPECT_EQ(first_tokens(*test, 2), (std::vector<int64_t>{'e', 'f'}));
}

TEST_F(OpenDatasetTest, LabelsAreOptionalButMustFit) {
  add("train-images", idx_bytes({2, 1, 1, 3}, "abcdef"));
  const auto data = open_dataset(toys_.string(), "train");
  EXPECT_EQ(data->info().classes, 0);
  EXPECT_EQ(data->info().shape, (TokenShape{1, 1, 3}));
  add("train-labels", idx_bytes({3}, "\1\2\3"));
  EXPECT_EQ(error(toys_),
            (toys_ / "train-labels").string() + ": found 3 labels, want 2, one for each image of train-images");
}

TEST_F(OpenDatasetTest, OpensAFolderOfCifar10Files) {
  add("data_batch_1.bin", ramp_record(0));
  add("data_batch_2.bin", ramp_record(1));
  add("test_batch.bin", ramp_record(1));
  add("batches.meta.txt", "cat\ndog\r\n\n");
  const auto train = open_dataset(toys_.string(), "train");
  EXPECT_EQ(train->size(), 2);
  EXPECT_EQ(train->info().name, "custom-toys");
  EXPECT_EQ(train->info().class_names, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(first_tokens(*train, 6), (std::vector<int64_t>{0, 0, 255, 1, 0, 255}));
  EXPECT_EQ(open_dataset(toys_.string(), "test")->size(), 1);
  add("test_batch.bin", ramp_record(2));
  EXPECT_EQ(error(toys_, "test"), toys_.string() + ": label 2 has no name: batches.meta.txt has 2");
  add("data_batch_4.bin", ramp_record(1));
  EXPECT_EQ(error(toys_), toys_.string() + ": found data_batch_4.bin, but data_batch_3.bin is missing");
}

TEST_F(OpenDatasetTest, OpensSingleFilesByTheirContent) {
  add("a", gzip_bytes(idx_bytes({1, 1, 2}, "ab")));
  EXPECT_EQ(open_dataset((toys_ / "a").string(), "all")->info().name, "custom-a");
  add("b.gz", ramp_record(7));
  EXPECT_EQ(open_dataset((toys_ / "b.gz").string(), "")->info().shape, (TokenShape{32, 32, 3}));
  // A record whose label and first pixels read like an IDX header.
  auto record = ramp_record(0);
  record.replace(0, 4, std::string("\0\0\x08\x01", 4));
  add("c", record);
  EXPECT_EQ(open_dataset((toys_ / "c").string(), "all")->info().classes, 10);
}

TEST_F(OpenDatasetTest, ForeignFilesAreRefusedInOneLine) {
  const std::string want =
      ", want images: IDX, CIFAR-10 or CIFAR-100 records (3073 or 3074 bytes each), .npy, .npz, a tar or zip of "
      "images, "
      "packed HDF5, or a folder";
  add("page.gz", "<html>");
  EXPECT_EQ(
      error(toys_ / "page.gz"),
      (toys_ / "page.gz").string() + ": found 6 bytes of content that begins with 3c 68 74 6d (a web page?)" + want);
  add("long.bin", ramp_record(7) + "xy");
  EXPECT_EQ(error(toys_ / "long.bin"),
            (toys_ / "long.bin").string() + ": found 3075 bytes of content that begins with 07 00 01 02" + want);
  add("empty", "");
  EXPECT_EQ(error(toys_ / "empty"), (toys_ / "empty").string() + ": found 0 bytes of an empty file" + want);
  add("labels", idx_bytes({2}, "ab"));
  EXPECT_EQ(error(toys_ / "labels"),
            (toys_ / "labels").string() + ": found IDX values of shape [2], want images [N, H, W] or [N, H, W, C]");
}

TEST_F(OpenDatasetTest, FoldersAndPathsWithoutDataAreRefused) {
  EXPECT_EQ(error(toys_), toys_.string() + ": found an empty folder, want images");
  add("notes.txt", "hello");
  EXPECT_EQ(error(toys_), toys_.string() + ": found no image in the folder; what is there: text files: 1 (notes.txt)");
  EXPECT_EQ(error("no/such"),
            "no/such: no such file or folder, nor a data set's name (fashion-mnist, fashion-mnist-full, photos32, "
            "cifar10, cifar100, imagenet64-png, imagenet64-npz, imagenet64-area, text8)");
  EXPECT_THROW((void)open_dataset("", "train"), InvalidArgument);
  add("test-images", idx_bytes({1, 1, 1}, "a"));
  EXPECT_EQ(error(toys_, "train"), "custom-toys: has no split 'train', want test");
}

TEST_F(OpenDatasetTest, AFileThatMayNotBeReadIsRefused) {
  add("secret", idx_bytes({1, 1, 1}, "a"));
  fs::permissions(toys_ / "secret", fs::perms::none);
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root reads everything";
  }
  EXPECT_EQ(error(toys_ / "secret"), (toys_ / "secret").string() + ": cannot be opened: Permission denied");
}

TEST_F(OpenDatasetTest, ANameIsLookedForInVeilDataFirst) {
  const auto photos = folder_.path() / "photos32";
  fs::create_directory(photos);
  for (const auto* name : {"test_batch.bin", "batches.meta.txt"}) {
    fs::copy_file(fs::path(VEIL_SOURCE_DIR) / "datasets/photos32" / name, photos / name);
  }
  const auto data = open_dataset("photos32", "test");
  EXPECT_EQ(data->info().name, "photos32");
  EXPECT_EQ(data->size(), 500);
  EXPECT_EQ(data_error_of([] { (void)open_dataset("photos32", "train"); }),
            "photos32: has no split 'train', want test");
}

TEST_F(OpenDatasetTest, Cifar10MustBeWhole) {
  const auto cifar = folder_.path() / "cifar10";
  fs::create_directory(cifar);
  write_bytes(cifar / "test_batch.bin", ramp_record(1));
  EXPECT_EQ(data_error_of([] { (void)open_dataset("cifar10", "test"); }),
            cifar.string() +
                ": found custom-cifar10 (CIFAR-10, binary version; 1 in test), want cifar10: 50000 images in train and "
                "10000 in test, the same number in each class, and batches.meta.txt with the names of the classes; to "
                "use it as it is, name its path");
}

TEST_F(OpenDatasetTest, RealCifar10IsRecognised) {
  std::string batch;
  for (int i = 0; i < 10'000; ++i) {
    batch += ramp_record(static_cast<char>(i % 10));
  }
  add("test_batch.bin", batch);
  add("batches.meta.txt", "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
  EXPECT_EQ(open_dataset(toys_.string(), "test")->info().name, "cifar10");
}

// A file without splits is divided by what is in it: train and test together are all of it, without an overlap.
TEST_F(OpenDatasetTest, WhatHasNoSplitsIsDividedByContent) {
  std::string pixels;
  for (int i = 0; i < 1000; ++i) {
    pixels += {static_cast<char>(i % 251), static_cast<char>(i / 251)};
  }
  add("a", idx_bytes({1000, 1, 2}, pixels));
  const auto path = (toys_ / "a").string();
  const auto train = open_dataset(path, "train");
  const auto test = open_dataset(path, "test");
  EXPECT_EQ(train->size() + test->size(), 1000);
  EXPECT_NEAR(static_cast<double>(test->size()), 100.0, 4 * 9.5) << "binomial: sd 9.5";
  EXPECT_EQ(open_dataset(path, "")->size(), 1000);
  EXPECT_EQ(open_dataset(path, "test", {.fit = {}, .holdout = 0.5})->info().split, "test");
  EXPECT_EQ(data_error_of([&] { (void)open_dataset(path, "test", {.fit = {}, .holdout = 0.0}); }),
            "custom-a: has no test split and data.holdout is 0; set it to 0.1, say, to hold out a tenth");
  EXPECT_EQ(open_dataset(path, "train", {.fit = {}, .holdout = 0.0})->size(), 1000);
}

TEST_F(OpenDatasetTest, GreyImagesAreNotTakenForColor) {
  add("a", idx_bytes({1, 2, 2}, "abcd"));
  EXPECT_EQ(data_error_of([&] { (void)open_dataset((toys_ / "a").string(), "all", {.fit = {.channels = 3}}); }),
            "custom-a: the images are grey, but data.channels is 3; set it to 1 or leave it out");
}

TEST_F(OpenDatasetTest, FingerprintsTellContentsApart) {
  const auto fingerprint_of = [&](const std::string& pixels) {
    add("a", idx_bytes({2, 1, 2}, pixels));
    return open_dataset((toys_ / "a").string(), "all")->info().fingerprint;
  };
  const auto first = fingerprint_of("abcd");
  EXPECT_EQ(first, fingerprint_of("abcd"));
  EXPECT_NE(first, fingerprint_of("abce"));
  // SHA-256 of "abcd" by Python's hashlib; the mean of 97..100; neighbours differ by 1.
  EXPECT_EQ(first, "2 of 1x2x1, 0 classes, sha256 88d4266fd4e6338d, mean 98.50, gradient 1.00");
}

TEST_F(OpenDatasetTest, APackedFileHoldsTheSameExamples) {
  add("train-images", idx_bytes({3, 1, 2}, "abcdef"));
  add("train-labels", idx_bytes({3}, std::string("\1\0\2", 3)));
  add("test-images", idx_bytes({1, 1, 2}, "gh"));
  add("test-labels", idx_bytes({1}, std::string(1, '\1')));
  const auto packed = folder_.path() / "toys.h5";
  const auto source = open_named_source(toys_.string());
  EXPECT_EQ(pack_images(*source, packed, {}).images, (std::map<std::string, int64_t>{{"test", 1}, {"train", 3}}));
  const auto train = open_dataset(packed.string(), "train");
  EXPECT_EQ(train->info().name, "custom-toys");
  EXPECT_EQ(train->info().fingerprint, open_dataset(toys_.string(), "train")->info().fingerprint);
  const auto batch = train->get(std::vector<int64_t>{2, 0, 1});
  EXPECT_TRUE(batch.tokens.equal(torch::tensor({{'e', 'f'}, {'a', 'b'}, {'c', 'd'}}, torch::kInt64)));
  EXPECT_TRUE(batch.labels->equal(torch::tensor({2, 1, 0}, torch::kInt64)));
  EXPECT_THROW((void)train->get(std::vector<int64_t>{3}), InvalidArgument);
  EXPECT_EQ(open_dataset(packed.string(), "")->info().split, "test");
}

}  // namespace
}  // namespace veil::io
