#include "io/file/publish.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>

#include "io/file/files.h"
#include "io/file/places.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

class PublishTest : public testing::Test {
 protected:
  std::set<std::string> entries(const fs::path& folder) const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  TempFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST_F(PublishTest, AFileHasItsNameOnlyWhenItIsWhole) {
  const auto target = folder_ / "a";
  write_bytes(target, "old");
  {
    FileDraft draft(target);
    write_bytes(draft.path(), "new");
    EXPECT_EQ(read_bytes(target), "old");
    draft.publish();
    EXPECT_EQ(read_bytes(target), "new");
  }
  EXPECT_EQ(entries(folder_), (std::set<std::string>{"a"}));
}

TEST_F(PublishTest, WhatIsNotPublishedLeavesNothing) {
  write_bytes(folder_ / "a", "old");
  {
    const FileDraft file(folder_ / "a", ".partial");
    EXPECT_EQ(file.path(), folder_ / "a.partial");
    write_bytes(file.path(), "new");
    FolderDraft folder(folder_ / "b", folder_ / "b.partial");
    folder.make();
    write_bytes(folder.path() / "c", "new");
  }
  EXPECT_EQ(entries(folder_), (std::set<std::string>{"a"}));
  EXPECT_EQ(read_bytes(folder_ / "a"), "old");
}

TEST_F(PublishTest, WhatIsNeitherFileNorFolderIsWrittenDirectly) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  FileDraft draft(folder_ / "pipe");
  EXPECT_EQ(draft.path(), folder_ / "pipe");
  draft.publish();
  EXPECT_TRUE(fs::is_fifo(folder_ / "pipe"));
}

TEST_F(PublishTest, AFileDoesNotTakeThePlaceOfAFolder) {
  fs::create_directory(folder_ / "a");
  {
    FileDraft draft(folder_ / "a");
    write_bytes(draft.path(), "new");
    EXPECT_THROW(draft.publish(), IoError);
  }
  EXPECT_TRUE(fs::is_directory(folder_ / "a"));
  EXPECT_EQ(entries(folder_), (std::set<std::string>{"a"}));
}

TEST_F(PublishTest, AFolderTakesThePlaceOfWhatWasThere) {
  for (const char* content : {"first", "second"}) {
    FolderDraft draft(folder_ / "a", folder_ / ".a.tmp");
    draft.make();
    write_bytes(draft.path() / content, content);
    draft.publish();
  }
  EXPECT_EQ(entries(folder_), (std::set<std::string>{"a"}));
  EXPECT_EQ(entries(folder_ / "a"), (std::set<std::string>{"second"}));
}

TEST_F(PublishTest, ADraftInItsTargetGivesItWhatItHolds) {
  fs::create_directory(folder_ / "a");
  {
    FolderDraft draft(folder_ / "a", folder_ / "a" / ".partial");
    draft.make();
    write_bytes(draft.path() / "b", "b");
    make_folder(draft.path() / "c" / "d");
    draft.publish();
  }
  EXPECT_EQ(entries(folder_ / "a"), (std::set<std::string>{"b", "c"}));
}

TEST_F(PublishTest, EntriesAreMovedAllOrNone) {
  fs::create_directories(folder_ / "a" / "c" / "in the way");
  {
    FolderDraft draft(folder_ / "a", folder_ / "a" / ".partial");
    draft.make();
    write_bytes(draft.path() / "b", "b");
    write_bytes(draft.path() / "c", "a file cannot take the place of a folder");
    EXPECT_THROW(draft.publish(), IoError);
  }
  EXPECT_EQ(entries(folder_ / "a"), (std::set<std::string>{"c"}));
  EXPECT_EQ(entries(folder_ / "a" / "c"), (std::set<std::string>{"in the way"}));
}

// Of the link the other's name may be all that a person knows.
TEST_F(PublishTest, ThroughALinkToNothingYetItsTargetIsMade) {
  fs::create_directory(folder_ / "below");
  fs::create_symlink("below/second", folder_ / "first");
  fs::create_symlink("../third", folder_ / "below" / "second");
  write_file(folder_ / "first", "text");
  EXPECT_EQ(read_bytes(folder_ / "third"), "text");
  EXPECT_TRUE(fs::is_symlink(folder_ / "first"));
  fs::create_symlink("circle", folder_ / "circle");
  EXPECT_EQ(followed(folder_ / "circle"), folder_ / "circle");
}

}  // namespace
}  // namespace veil::io
