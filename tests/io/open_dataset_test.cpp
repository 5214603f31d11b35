#include "veil/io/open_dataset.h"

#include <gtest/gtest.h>
#include <torch/torch.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "io/dataset_bytes.h"
#include "io/temp_folder.h"
#include "veil/base/error.h"

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
  add("data_batch_4.bin", ramp_record(1));
  EXPECT_EQ(error(toys_), toys_.string() + ": found data_batch_4.bin, but data_batch_3.bin is missing");
  add("test_batch.bin", ramp_record(2));
  EXPECT_EQ(error(toys_, "test"), toys_.string() + ": label 2 has no name: batches.meta.txt has 2");
}

TEST_F(OpenDatasetTest, OpensSingleFilesByTheirContent) {
  add("a", gzip_bytes(idx_bytes({1, 1, 2}, "ab")));
  EXPECT_EQ(open_dataset((toys_ / "a").string(), "test")->info().name, "custom-a");
  add("b.gz", ramp_record(7));
  EXPECT_EQ(open_dataset((toys_ / "b.gz").string(), "test")->info().shape, (TokenShape{32, 32, 3}));
  // A record whose label and first pixels read like an IDX header.
  auto record = ramp_record(0);
  record.replace(0, 4, std::string("\0\0\x08\x01", 4));
  add("c", record);
  EXPECT_EQ(open_dataset((toys_ / "c").string(), "train")->info().classes, 10);
}

TEST_F(OpenDatasetTest, ForeignFilesAreRefusedInOneLine) {
  const std::string want =
      ", want an IDX file of unsigned bytes, or CIFAR-10 records (a multiple of 3073 bytes with labels up to 9)";
  add("page.gz", "<html>");
  EXPECT_EQ(
      error(toys_ / "page.gz"),
      (toys_ / "page.gz").string() + ": found 6 bytes of content that begins with 3c 68 74 6d (a web page?)" + want);
  add("long.bin", ramp_record(7) + "x");
  EXPECT_EQ(error(toys_ / "long.bin"),
            (toys_ / "long.bin").string() + ": found 3074 bytes of content that begins with 07 00 01 02" + want);
  add("empty", "");
  EXPECT_EQ(error(toys_ / "empty"), (toys_ / "empty").string() + ": found 0 bytes of an empty file" + want);
  add("labels", idx_bytes({2}, "ab"));
  EXPECT_EQ(error(toys_ / "labels"),
            (toys_ / "labels").string() + ": found IDX values of shape [2], want images [N, H, W] or [N, H, W, C]");
}

TEST_F(OpenDatasetTest, FoldersAndPathsWithoutDataAreRefused) {
  EXPECT_EQ(error(toys_).substr(0, toys_.string().size() + 24), toys_.string() + ": found an empty folder,");
  add("notes.txt", "hello");
  EXPECT_NE(error(toys_).find(": found no data set in the folder, want IDX files"), std::string::npos);
  EXPECT_EQ(error("no/such"),
            "no/such: no such file or folder, nor a data set's name (fashion-mnist, fashion-mnist-full, photos32, "
            "cifar10, text8)");
  EXPECT_THROW((void)open_dataset("", "train"), InvalidArgument);
  EXPECT_THROW((void)open_dataset(toys_.string(), "validation"), InvalidArgument);
  add("test-images", idx_bytes({1, 1, 1}, "a"));
  EXPECT_NE(error(toys_, "train").find("none of the split 'train' (train-images*)"), std::string::npos);
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
  fs::create_directory(folder_.path() / "photos32");
  write_bytes(folder_.path() / "photos32/test_batch.bin", ramp_record(1));
  const auto data = open_dataset("photos32", "test");
  EXPECT_EQ(data->info().name, "photos32");
  EXPECT_EQ(data->size(), 1);
}

TEST_F(OpenDatasetTest, Cifar10MustBeWhole) {
  const auto cifar = folder_.path() / "cifar10";
  fs::create_directory(cifar);
  write_bytes(cifar / "test_batch.bin", ramp_record(1));
  EXPECT_EQ(data_error_of([] { (void)open_dataset("cifar10", "test"); }),
            cifar.string() +
                ": found 1 images as 'test', want CIFAR-10's 10000, the same number in each class, and "
                "batches.meta.txt with its ten names");
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

}  // namespace
}  // namespace veil::io
