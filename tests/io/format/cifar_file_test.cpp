#include "io/format/cifar_file.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "support/dataset_bytes.h"
#include "support/temp_folder.h"

namespace veil::io {
namespace {

std::vector<CifarRecord> records_of(const CifarVersion& version, const std::filesystem::path& path) {
  CifarFile file(version, path);
  std::vector<CifarRecord> records;
  while (auto record = file.next()) {
    records.push_back(std::move(*record));
  }
  return records;
}

std::array<int, 3> colour_at(const CifarRecord& record, size_t y, size_t x) {
  const auto* first = &record.pixels.at((y * 32 + x) * 3);
  return {first[0], first[1], first[2]};
}

TEST(CifarFileTest, PlanesBecomePixels) {
  const TempFolder folder;
  write_bytes(folder.path() / "a.bin", ramp_record(3) + ramp_record(9) + ramp_record(0));
  const auto records = records_of(kCifar10, folder.path() / "a.bin");
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].label, 3);
  EXPECT_EQ(records[1].label, 9);
  EXPECT_EQ(records[2].label, 0);
  EXPECT_EQ(records[1].pixels.size(), 3072U);
  EXPECT_EQ(colour_at(records[1], 0, 5), (std::array<int, 3>{5, 0, 255}));
  EXPECT_EQ(colour_at(records[2], 31, 2), (std::array<int, 3>{226, 0, 255})) << "(31 * 32 + 2) mod 256 = 226";
}

TEST(CifarFileTest, TheLabelsAloneAreThoseOfTheRecords) {
  const TempFolder folder;
  write_bytes(folder.path() / "a.bin", ramp_record(3) + ramp_record(9) + ramp_record(0));
  CifarFile file(kCifar10, folder.path() / "a.bin");
  EXPECT_EQ(file.count(), 3);
  EXPECT_EQ(file.next()->label, 3);
  EXPECT_EQ(file.read_labels(), (std::vector<int64_t>{3, 9, 0}));
  EXPECT_EQ(file.next()->label, 3) << "from the start";
}

TEST(CifarFileTest, OneByteTooManyIsNamedWithBothNumbers) {
  const TempFolder folder;
  const auto path = folder.path() / "a.bin";
  const auto error = [&](const std::string& bytes) {
    write_bytes(path, bytes);
    return data_error_of([&] { (void)records_of(kCifar10, path); });
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
  EXPECT_EQ(data_error_of([&] { (void)records_of(kCifar10, path); }),
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
  const auto records = records_of(kCifar100, path);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].label, 99);
  EXPECT_EQ(records[1].label, 7);
  EXPECT_EQ(colour_at(records[1], 0, 5), (std::array<int, 3>{5, 0, 255}));
  EXPECT_EQ(CifarFile(kCifar100, path).read_labels(), (std::vector<int64_t>{99, 7}));
  EXPECT_TRUE(is_cifar(kCifar100, path));
  EXPECT_FALSE(is_cifar(kCifar10, path));
  write_bytes(path, std::string(1, '\x14') + ramp_record(99));
  EXPECT_FALSE(is_cifar(kCifar100, path));
  EXPECT_EQ(data_error_of([&] { (void)records_of(kCifar100, path); }),
            path.string() + ": label 20 in record 0, want 0 to 19; these are no CIFAR-100 records");
}

}  // namespace
}  // namespace veil::io
