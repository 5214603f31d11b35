#include "io/format/idx_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/dataset_bytes.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

class IdxFileTest : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& bytes) {
    const auto path = folder_.path() / "some.bin";
    write_bytes(path, bytes);
    return path;
  }

  // The error of reading a file of these bytes, without the path, with which it must begin.
  std::string error_of(const std::string& bytes) {
    const auto path = file(bytes).string();
    const auto message = data_error_of([&] { (void)IdxFile(path).read_rest(); });
    EXPECT_EQ(message.substr(0, path.size() + 2), path + ": ");
    return message.size() > path.size() + 2 ? message.substr(path.size() + 2) : message;
  }

  TempFolder folder_;
};

// gzip.compress(bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3]) + bytes(range(250, 256)), mtime=0) of Python 3.11.
const std::string& python_gzip() {
  static const std::string bytes(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x63\x60\xe0\x60\x62\x60\x60\x00\x61\xe6\x5f\xbf\xff\xfc\xfd\xf7\x1f\x00"
      "\xde\x73\x76\x88\x12\x00\x00\x00",
      36);
  return bytes;
}

TEST_F(IdxFileTest, ReadsPlainAndPackedFilesAlike) {
  for (const auto& bytes : {idx_bytes({2, 3}, "\xfa\xfb\xfc\xfd\xfe\xff"), python_gzip()}) {
    IdxFile idx(file(bytes));
    EXPECT_EQ(idx.sizes(), (std::vector<int64_t>{2, 3}));
    EXPECT_EQ(idx.read_rest(), (std::vector<uint8_t>{250, 251, 252, 253, 254, 255}));
  }
}

TEST_F(IdxFileTest, ReadsEveryRankAndAContentLargerThanItsBuffers) {
  const std::string values(3 << 20, 'x');
  for (const auto& bytes : {idx_bytes({3 << 20}, values), gzip_bytes(idx_bytes({3, 1024, 32, 32}, values))}) {
    const auto read = IdxFile(file(bytes)).read_rest();
    EXPECT_EQ(std::string(read.begin(), read.end()), values);
  }
}

TEST_F(IdxFileTest, ReadsGzipDataOfSeveralMembers) {
  const auto bytes = idx_bytes({4}, "abcd");
  EXPECT_EQ(IdxFile(file(gzip_bytes(bytes.substr(0, 9)) + gzip_bytes(bytes.substr(9)))).read_rest().size(), 4U);
}

TEST_F(IdxFileTest, TheValuesComeInPartsAndTheEndIsCheckedWithTheLast) {
  IdxFile idx(file(gzip_bytes(idx_bytes({5}, "abcde") + "f")));
  std::vector<uint8_t> part(2);
  EXPECT_EQ(idx.read(part), 2U);
  EXPECT_EQ(idx.read(part), 2U);
  EXPECT_EQ(part, (std::vector<uint8_t>{'c', 'd'}));
  EXPECT_NE(data_error_of([&] { idx.read(part); }).find("unpacks to more than 13 bytes"), std::string::npos);
  IdxFile whole(file(idx_bytes({4}, "abcd")));
  EXPECT_EQ(whole.read(part), 2U);
  EXPECT_EQ(whole.read(part), 2U);
  EXPECT_EQ(whole.read(part), 0U);
}

TEST_F(IdxFileTest, ASizeThatIsNotThePromisedOneIsNamedWithBothNumbers) {
  const auto whole = idx_bytes({2, 3}, "abcdef");
  EXPECT_EQ(error_of(whole + "g"), "found 19 bytes, want 18, as the IDX header says (shape [2, 3])");
  EXPECT_EQ(error_of(whole.substr(0, 17)), "found 17 bytes, want 18, as the IDX header says (shape [2, 3])");
  EXPECT_EQ(error_of(gzip_bytes(whole + "g")), "unpacks to more than 18 bytes, which the IDX header promises");
  EXPECT_EQ(error_of(gzip_bytes(whole.substr(0, 17))), "unpacks to 17 bytes, want 18, as the IDX header says");
  EXPECT_EQ(error_of(whole.substr(0, 10)), "the IDX header ends after 10 bytes, want 12");
}

TEST_F(IdxFileTest, CutAndDamagedGzipDataAreRefused) {
  std::string values;
  for (int64_t i = 0; i < 50'000; ++i) {
    values += static_cast<char>((i * i) >> 3);
  }
  const auto whole = gzip_bytes(idx_bytes({50'000}, values));
  const auto cut = whole.substr(0, whole.size() * 6 / 10);
  EXPECT_EQ(error_of(cut), concat("the gzip data end early, after ", cut.size(), " bytes; the file is cut"));
  for (const size_t tail : {1, 4, 8, 9}) {
    EXPECT_NE(error_of(whole.substr(0, whole.size() - tail)).find("the file is cut"), std::string::npos) << tail;
  }
  auto wrong_sum = whole;
  wrong_sum[whole.size() - 6] = static_cast<char>(wrong_sum[whole.size() - 6] ^ 1);
  EXPECT_EQ(error_of(wrong_sum), "the gzip data are damaged (incorrect data check)");
  EXPECT_EQ(error_of(whole + "x?"), "the gzip data are damaged (incorrect header check)");
}

TEST_F(IdxFileTest, ForeignContentIsDescribed) {
  EXPECT_EQ(
      error_of("<!DOCTYPE html>"),
      "found content that begins with 3c 21 44 4f (a web page?), want an IDX file of unsigned bytes (00 00 08 and "
      "the rank, 01 to 04)");
  EXPECT_EQ(error_of("").substr(0, 21), "found an empty file, ");
  EXPECT_EQ(error_of(gzip_bytes("")).substr(0, 32), "found gzip data without content,");
  EXPECT_EQ(error_of(gzip_bytes("tar!")).substr(0, 51), "found content that begins with 74 61 72 21, unpacke");
  for (const char* magic : {"\0\0\x0d\x03", "\0\0\x08\x00", "\0\0\x08\x05", "\0\x01\x08\x01"}) {
    EXPECT_EQ(error_of(std::string(magic, 4).append(40, 'x')).substr(0, 31), "found content that begins with ");
  }
}

TEST_F(IdxFileTest, AHeaderThatPromisesTooMuchCostsNoMemory) {
  EXPECT_EQ(error_of(idx_bytes({0xffffffffU, 0xffffffffU, 0xffffffffU}, "abc")).substr(0, 21), "found 19 bytes, want ");
  EXPECT_EQ(error_of(idx_bytes({0xffffffffU, 0xffffffffU, 0xffffffffU, 0}, "")).substr(0, 21), "found 20 bytes, want ");
  EXPECT_EQ(error_of(gzip_bytes(idx_bytes({0xffffffffU, 0xffffffffU}, "abc"))).substr(0, 24),
            "the IDX header promises ");
  EXPECT_EQ(error_of(idx_bytes({0, 28, 28}, "")), "the IDX header promises no values, shape [0, 28, 28]");
}

TEST_F(IdxFileTest, RecognisesByContent) {
  const auto whole = idx_bytes({2}, "ab");
  EXPECT_TRUE(is_complete_idx(file(whole)));
  EXPECT_TRUE(is_complete_idx(file(gzip_bytes(whole))));
  EXPECT_FALSE(is_complete_idx(file(whole + "c")));
  EXPECT_TRUE(has_idx_header(file(whole + "c")));
  EXPECT_FALSE(has_idx_header(file("PK\3\4")));
  EXPECT_FALSE(has_idx_header(file("")));
}

}  // namespace
}  // namespace veil::io
