#include "io/format/cifar_file.h"

#include <gtest/gtest.h>

#include <string>

#include "base/torch.h"
#include "support/dataset_bytes.h"
#include "support/temp_folder.h"

namespace veil::io {
namespace {

TEST(CifarFileTest, PlanesBecomePixels) {
  const TempFolder folder;
  write_bytes(folder.path() / "a.bin", ramp_record(3) + ramp_record(9));
  write_bytes(folder.path() / "b.bin", ramp_record(0));
  const auto records = read_cifar(kCifar10, {folder.path() / "a.bin", folder.path() / "b.bin"});
  EXPECT_TRUE(records.labels.equal(torch::tensor({3, 9, 0}, torch::kInt64)));
  const auto pixels = records.tokens.view({3, 32, 32, 3});
  EXPECT_TRUE(pixels[1][0][5].equal(torch::tensor({5, 0, 255}).to(torch::kUInt8)));
  EXPECT_TRUE(pixels[2][31][2].equal(torch::tensor({226, 0, 255}).to(torch::kUInt8))) << "(31 * 32 + 2) mod 256 = 226";
}

TEST(CifarFileTest, OneByteTooManyIsNamedWithBothNumbers) {
  const TempFolder folder;
  const auto path = folder.path() / "a.bin";
  const auto error = [&](const std::string& bytes) {
    write_bytes(path, bytes);
    return data_error_of([&] { (void)read_cifar(kCifar10, {path}); });
  };
  const auto two = ramp_record(3) + ramp_record(4);
  EXPECT_EQ(error(two + "x"),
            path.string() + ": found 6147 bytes, want a multiple of 3073 (2 CIFAR-10 records are 6146 bytes)");
  EXPECT_EQ(error(two.substr(1)),
            path.string() + ": found 6145 bytes, want a multiple of 3073 (1 CIFAR-10 records are 3073 bytes)");
  EXPECT_EQ(error(""), path.string() + ": found 0 bytes, want a multiple of 3073 (1 CIFAR-10 records are 3073 bytes)");
}

TEST(CifarFileTest, ALabelAboveNineIsRefused) {
  const TempFolder folder;
  const auto path = folder.path() / "a.bin";
  write_bytes(path, ramp_record(9) + ramp_record(10));
  EXPECT_EQ(data_error_of([&] { (void)read_cifar(kCifar10, {path}); }),
            path.string() + ": label 10 in record 1, want 0 to 9; these are no CIFAR-10 records");
  EXPECT_FALSE(is_cifar(kCifar10, path));
  write_bytes(path, ramp_record(9));
  EXPECT_TRUE(is_cifar(kCifar10, path));
  write_bytes(path, ramp_record(9) + "x");
  EXPECT_FALSE(is_cifar(kCifar10, path));
}

// The layout as its authors describe it: "<1 x coarse label><1 x fine label><3072 x pixel>".
TEST(CifarFileTest, TheFineLabelOfCifar100IsItsSecondByte) {
  const TempFolder folder;
  const auto path = folder.path() / "train.bin";
  write_bytes(path, std::string(1, '\x13') + ramp_record(99) + std::string(1, '\0') + ramp_record(7));
  const auto records = read_cifar(kCifar100, {path});
  EXPECT_TRUE(records.labels.equal(torch::tensor({99, 7}, torch::kInt64)));
  EXPECT_TRUE(records.tokens.view({2, 32, 32, 3})[1][0][5].equal(torch::tensor({5, 0, 255}).to(torch::kUInt8)));
  EXPECT_EQ(count_cifar(kCifar100, path), 2);
  EXPECT_TRUE(is_cifar(kCifar100, path));
  EXPECT_FALSE(is_cifar(kCifar10, path));
  write_bytes(path, std::string(1, '\x14') + ramp_record(99));
  EXPECT_FALSE(is_cifar(kCifar100, path));
  EXPECT_EQ(data_error_of([&] { (void)read_cifar(kCifar100, {path}); }),
            path.string() + ": label 20 in record 0, want 0 to 19; these are no CIFAR-100 records");
}

}  // namespace
}  // namespace veil::io
