#include "veil/io/cifar10_file.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <string>

#include "io/dataset_bytes.h"
#include "io/temp_folder.h"

namespace veil::io {
namespace {

TEST(Cifar10FileTest, PlanesBecomePixels) {
  const TempFolder folder;
  write_bytes(folder.path() / "a.bin", ramp_record(3) + ramp_record(9));
  write_bytes(folder.path() / "b.bin", ramp_record(0));
  const auto records = read_cifar10({folder.path() / "a.bin", folder.path() / "b.bin"});
  EXPECT_TRUE(records.labels.equal(torch::tensor({3, 9, 0}, torch::kInt64)));
  const auto pixels = records.tokens.view({3, 32, 32, 3});
  EXPECT_TRUE(pixels[1][0][5].equal(torch::tensor({5, 0, 255}).to(torch::kUInt8)));
  EXPECT_TRUE(pixels[2][31][2].equal(torch::tensor({226, 0, 255}).to(torch::kUInt8))) << "(31 * 32 + 2) mod 256 = 226";
}

TEST(Cifar10FileTest, OneByteTooManyIsNamedWithBothNumbers) {
  const TempFolder folder;
  const auto path = folder.path() / "a.bin";
  const auto error = [&](const std::string& bytes) {
    write_bytes(path, bytes);
    return data_error_of([&] { (void)read_cifar10({path}); });
  };
  const auto two = ramp_record(3) + ramp_record(4);
  EXPECT_EQ(error(two + "x"),
            path.string() + ": found 6147 bytes, want a multiple of 3073 (2 CIFAR-10 records are 6146 bytes)");
  EXPECT_EQ(error(two.substr(1)),
            path.string() + ": found 6145 bytes, want a multiple of 3073 (1 CIFAR-10 records are 3073 bytes)");
  EXPECT_EQ(error(""), path.string() + ": found 0 bytes, want a multiple of 3073 (1 CIFAR-10 records are 3073 bytes)");
}

TEST(Cifar10FileTest, ALabelAboveNineIsRefused) {
  const TempFolder folder;
  const auto path = folder.path() / "a.bin";
  write_bytes(path, ramp_record(9) + ramp_record(10));
  EXPECT_EQ(data_error_of([&] { (void)read_cifar10({path}); }),
            path.string() + ": label 10 in record 1, want 0 to 9; these are no CIFAR-10 records");
  EXPECT_FALSE(is_cifar10(path));
  write_bytes(path, ramp_record(9));
  EXPECT_TRUE(is_cifar10(path));
  write_bytes(path, ramp_record(9) + "x");
  EXPECT_FALSE(is_cifar10(path));
}

}  // namespace
}  // namespace veil::io
