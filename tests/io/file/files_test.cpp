#include "io/file/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <iterator>
#include <string>

#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no DataError";
}

TEST(FilesTest, WhatIsWrittenIsRead) {
  const TempFolder folder;
  const auto path = folder.path() / "a.txt";
  write_file(path, "one");
  write_file(path, "longer than before");
  EXPECT_EQ(read_bytes(path), "longer than before");
  const auto bytes = read_file(path, 18);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "longer than before");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1) << "a temporary was left";
}

TEST(FilesTest, AFileAboveTheLimitIsRefusedWithBothNumbers) {
  const TempFolder folder;
  const auto path = folder.path() / "a.txt";
  write_bytes(path, "12345");
  EXPECT_EQ(message_of([&] { (void)read_file(path, 4); }), path.string() + ": found 5 bytes, want at most 4");
}

TEST(FilesTest, ErrorsOfReadingBeginWithThePath) {
  const TempFolder folder;
  const auto missing = folder.path() / "missing";
  EXPECT_EQ(message_of([&] { (void)read_file(missing, 9); }),
            missing.string() + ": cannot be opened: No such file or directory");
  EXPECT_EQ(message_of([&] { (void)read_file(folder.path(), 9); }),
            folder.path().string() + ": found a folder, want a regular file");
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(message_of([&] { (void)read_file(pipe, 9); }), pipe.string() + ": found a pipe, want a regular file");
  EXPECT_EQ(message_of([&] { (void)read_file("/dev/zero", 9); }), "/dev/zero: found a device, want a regular file");
}

TEST(FilesTest, AFullDiskIsAnIoError) {
  try {
    write_file("/dev/full", "text");
    FAIL() << "/dev/full took it";
  } catch (const IoError& error) {
    EXPECT_STREQ(error.what(), "/dev/full: cannot be written: No space left on device");
  }
}

TEST(FilesTest, AFolderThatIsNotThereIsAnIoError) {
  const TempFolder folder;
  EXPECT_THROW(write_file(folder.path() / "no" / "a.txt", "text"), IoError);
  EXPECT_THROW(write_file(folder.path(), "text"), IoError);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(FilesTest, ALinkKeepsPointingToTheFileThatIsWritten) {
  const TempFolder folder;
  write_bytes(folder.path() / "file", "old");
  fs::create_symlink("file", folder.path() / "link");
  write_file(folder.path() / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
  EXPECT_EQ(read_bytes(folder.path() / "file"), "new");
}

}  // namespace
}  // namespace veil::io
