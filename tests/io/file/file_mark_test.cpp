// Which files count as our own. The files here are put together from the specifications of their formats.
#include "io/file/file_mark.h"

#include <gtest/gtest.h>

#include <string>

#include "support/temp_folder.h"

namespace veil::io {
namespace {

using namespace std::string_literals;

// What stands before the first comment of a PNG file: signature and header of one grey pixel, whose check sum the mark
// does not depend on.
const std::string kPngHeader = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\0\0\0\0:~\x9b\x55"s;

std::string png_with(const std::string& software) {
  return kPngHeader + "\0\0\0\x30iTXtSoftware\0\0\0\0\0"s + software + "\1\2\3\4" + "\0\0\0\0IEND\xae\x42\x60\x82"s;
}

// An empty archive: its end record alone, after something that begins like one.
std::string zip_with(const std::string& comment) {
  return "PK\3\4...."s + "PK\5\6" + std::string(16, '\0') + static_cast<char>(comment.size()) + "\0"s + comment;
}

class FileMarkTest : public testing::Test {
 protected:
  bool is_ours(const std::string& bytes, const std::string& content) const {
    write_bytes(folder_.path() / "x", bytes);
    return bears_mark(folder_.path() / "x", content);
  }

  TempFolder folder_;
};

TEST_F(FileMarkTest, EveryFormatKeepsItInItsOwnPlace) {
  for (const auto& mark : {file_mark("samples"), "veil 12.0.345 (samples)"s}) {
    EXPECT_TRUE(is_ours(png_with(mark), "samples"));
    EXPECT_TRUE(is_ours(zip_with(mark), "samples"));
    EXPECT_TRUE(is_ours("<!-- " + mark + " -->\n<svg xmlns", "samples"));
    EXPECT_TRUE(is_ours("<!DOCTYPE html><meta name=\"generator\" content=\"" + mark + "\">", "samples"));
  }
  EXPECT_TRUE(is_ours(svg_mark("plot") + "<svg>", "plot"));
  EXPECT_TRUE(is_ours("<!DOCTYPE html>\n" + html_mark("report"), "report"));
}

TEST_F(FileMarkTest, OtherContentIsNotOurs) {
  const auto mark = file_mark("samples");
  for (const char* other : {"sample", "samples)", "one sample", "plot", ""}) {
    EXPECT_FALSE(is_ours(png_with(mark), other)) << other;
    EXPECT_FALSE(is_ours(zip_with(mark), other)) << other;
  }
}

TEST_F(FileMarkTest, OtherPlacesDoNotCount) {
  const auto mark = file_mark("samples");
  for (const auto& bytes :
       {mark, png_with("GIMP") + mark, png_with(" " + mark), kPngHeader + mark, "PK\3\4" + mark, zip_with(mark) + "x",
        zip_with(mark + "x"), zip_with("x" + mark), "<svg><!-- " + mark + " -->", "<!-- " + mark + " -->\n<html>",
        "<p>" + html_mark("samples"), std::string()}) {
    EXPECT_FALSE(is_ours(bytes, "samples")) << bytes;
  }
  for (const char* other : {"veil (samples)", "veil  (samples)", "veil 1.0-beta (samples)", "Veil 1.0 (samples)"}) {
    EXPECT_FALSE(is_ours(png_with(other), "samples")) << other;
  }
}

TEST_F(FileMarkTest, WhatCannotBeReadIsNotOurs) {
  EXPECT_FALSE(bears_mark(folder_.path(), "samples"));
  EXPECT_FALSE(bears_mark(folder_.path() / "none", "samples"));
  EXPECT_FALSE(bears_mark("/dev/zero", "samples"));
}

}  // namespace
}  // namespace veil::io
