#include "veil/io/format/safetensors.h"

#include <gtest/gtest.h>

#include <numbers>

#include "base/torch.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

/// Header length, header, data: a safetensors file put together by hand.
std::string container(const std::string& header, const std::string& data) {
  std::string bytes;
  for (size_t i = 0; i < 8; ++i) {
    bytes += static_cast<char>((header.size() >> (8 * i)) & 0xff);
  }
  return bytes + header + data;
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
  return "\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

/// What the library says of a file with these bytes; empty if it reads it. Fails the test if the message lacks the
/// path.
std::string complaint(const std::string& bytes) {
  const TempFolder folder;
  const auto path = folder.path() / "file.safetensors";
  write_bytes(path, bytes);
  try {
    const auto file = read_safetensors(path);
    return "";
  } catch (const DataError& error) {
    EXPECT_TRUE(std::string_view(error.what()).starts_with(path.string() + ": ")) << error.what();
    return error.what();
  }
}

/// The file was written by the format's reference implementation (safetensors 0.8 for Python).
TEST(SafetensorsTest, ReadsWhatTheReferenceImplementationWrote) {
  const auto file = read_safetensors(VEIL_SOURCE_DIR "/tests/io/fixtures/reference.safetensors");
  ASSERT_EQ(file.tensors.size(), 10U);
  EXPECT_EQ(file.metadata.at("format"), "pt");
  EXPECT_EQ(file.metadata.at("note"), "Grüße \"quoted\"");
  const auto same = [&](const char* name, const torch::Tensor& want) {
    const auto* got = file.find(name);
    return got != nullptr && got->scalar_type() == want.scalar_type() && torch::equal(*got, want);
  };
  EXPECT_TRUE(same("weights", torch::tensor({{-2.5F, -1.5F, -0.5F}, {0.5F, 1.5F, 2.5F}})));
  EXPECT_TRUE(same("half", torch::tensor({1.5, -2.0}, torch::kHalf)));
  EXPECT_TRUE(same("i64", torch::tensor({INT64_MIN, INT64_MAX})));
  EXPECT_TRUE(same("i32", torch::tensor({-7}, torch::kInt).view({1, 1})));
  EXPECT_TRUE(same("i16", torch::tensor({300}, torch::kShort)));
  EXPECT_TRUE(same("i8", torch::tensor({-128, 127}, torch::kChar)));
  EXPECT_TRUE(same("u8", torch::tensor({0, 255, 1}, torch::kByte)));
  EXPECT_TRUE(same("flag", torch::tensor({true, false, true})));
  EXPECT_TRUE(same("f64", torch::scalar_tensor(std::numbers::pi, torch::kDouble)));
  EXPECT_TRUE(same("empty", torch::zeros({0, 3})));
  EXPECT_EQ(file.find("absent"), nullptr);
}

TEST(SafetensorsTest, WritesExactlyTheseBytes) {
  const TempFolder folder;
  const auto path = folder.path() / "out.safetensors";
  TensorFile file;
  file.tensors.emplace_back("b", torch::tensor({7, 8}, torch::kByte));
  file.tensors.emplace_back("a", torch::tensor({{1.0F, 2.0F}}).t());
  file.metadata["k"] = "v";
  write_safetensors(path, file);
  std::string header = R"({"__metadata__":{"k":"v"},"a":{"data_offsets":[0,8],"dtype":"F32","shape":[2,1]},)"
                       R"("b":{"data_offsets":[8,10],"dtype":"U8","shape":[2]}})";
  header.append((8 - header.size() % 8) % 8, ' ');
  const std::string data("\x00\x00\x80\x3f\x00\x00\x00\x40\x07\x08", 10);
  EXPECT_EQ(read_bytes(path), container(header, data));
}

TEST(SafetensorsTest, RoundTripsEveryDtypeToTheBit) {
  const TempFolder folder;
  const auto path = folder.path() / "all.safetensors";
  const auto bits = torch::tensor({0x7fc00001, 0x7f800001, -1, 0, 1}, torch::kInt);  // NaN payloads, -NaN, denormal
  TensorFile file;
  file.tensors.emplace_back("nan", bits.view(torch::kFloat));
  for (const auto type : {torch::kDouble, torch::kHalf, torch::kBFloat16, torch::kLong, torch::kInt, torch::kShort,
                          torch::kChar, torch::kByte, torch::kBool}) {
    file.tensors.emplace_back(toString(type), torch::arange(24, torch::kInt).view({2, 3, 4}).to(type).transpose(0, 2));
  }
  write_safetensors(path, file);
  const auto back = read_safetensors(path);
  ASSERT_EQ(back.tensors.size(), file.tensors.size());
  EXPECT_TRUE(torch::equal(back.find("nan")->view(torch::kInt), bits));
  for (size_t i = 1; i < file.tensors.size(); ++i) {
    const auto& [name, want] = file.tensors[i];
    EXPECT_EQ(back.find(name)->scalar_type(), want.scalar_type()) << name;
    EXPECT_TRUE(torch::equal(*back.find(name), want)) << name;
  }
}

TEST(SafetensorsTest, RefusesAFileCutAnywhere) {
  const std::string whole = read_bytes(VEIL_SOURCE_DIR "/tests/io/fixtures/reference.safetensors");
  ASSERT_EQ(complaint(whole), "");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(complaint(whole.substr(0, size)), "") << size;
  }
  EXPECT_NE(complaint(whole + "x"), "");
}

TEST(SafetensorsTest, RefusesHeaderLengthsThatCannotBe) {
  for (const uint64_t length : {uint64_t{0}, uint64_t{1}, uint64_t{3}, uint64_t{16} << 20, (uint64_t{16} << 20) + 1,
                                uint64_t{1} << 62, UINT64_MAX}) {
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    EXPECT_NE(complaint(bytes + "{}").find("header length is " + std::to_string(length)), std::string::npos) << length;
  }
}

TEST(SafetensorsTest, AcceptsAHeaderOfTheLargestSizeAndNotOneMore) {
  const std::string most = "{}" + std::string((16 << 20) - 2, ' ');
  EXPECT_EQ(complaint(container(most, "")), "");
  EXPECT_NE(complaint(container(most + " ", "")), "");
}

struct BadHeader {
  const char* found;  ///< must stand in the message
  std::string header;
  std::string data = std::string(8, '\0');
};

TEST(SafetensorsTest, RefusesInconsistentHeaders) {
  const std::string good = entry("a", "F32", "[2]", "[0,8]");
  ASSERT_EQ(complaint(container("{" + good + "}", std::string(8, '\0'))), "");
  const std::vector<BadHeader> cases{
      {"begins with '['", "[" + good + "]"},
      {"syntax error", "{" + good},
      {"syntax error", "{" + good + "}}"},
      {"syntax error", "{\"\xff\":1}"},
      {"appears twice", "{" + good + "," + good + "}"},
      {"appears twice", R"({"__metadata__":{"k":"v","k":"w"},)" + good + "}"},
      {"appears twice", R"({"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})"},
      {"not an object of strings", R"({"__metadata__":3,)" + good + "}"},
      {"is not a string", R"({"__metadata__":{"k":3},)" + good + "}"},
      {"exactly dtype, shape and data_offsets", R"({"a":[1]})"},
      {"exactly dtype, shape and data_offsets", R"({"a":{"dtype":"F32","shape":[2]}})"},
      {"has dtype 'F8_E4M3'", "{" + entry("a", "F8_E4M3", "[8]", "[0,8]") + "}"},
      {"has dtype", R"({"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}})"},
      {"not an integer", "{" + entry("a", "F32", "[-2]", "[0,8]") + "}"},
      {"not an integer", "{" + entry("a", "F32", "[2.0]", "[0,8]") + "}"},
      {"not an integer", "{" + entry("a", "F32", "[9223372036854775808]", "[0,8]") + "}"},
      {"not an integer", "{" + entry("a", "F32", "[true]", "[0,8]") + "}"},
      {"not a list", "{" + entry("a", "F32", "2", "[0,8]") + "}"},
      {"more than 2^63", "{" + entry("a", "F32", "[4294967296,4294967296]", "[0,8]") + "}"},
      {"more than 2^63", "{" + entry("a", "F32", "[2305843009213693952]", "[0,8]") + "}"},
      {"more than 2^63", "{" + entry("a", "U8", "[0,4294967296,4294967296]", "[0,0]") + "}", ""},
      {"not a list of at most 8", "{" + entry("a", "F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]") + "}"},
      {"ascending", "{" + entry("a", "F32", "[2]", "[8,0]") + "}"},
      {"ascending", "{" + entry("a", "F32", "[2]", "[8]") + "}"},
      {"out of range", "{" + entry("a", "F32", "[2]", "[0,1e400]") + "}"},
      {"want 12", "{" + entry("a", "F32", "[3]", "[0,8]") + "}"},
      {"want 0", "{" + entry("a", "F32", "[0]", "[0,8]") + "}"},
      {"has only 8; truncated?", "{" + entry("a", "U8", "[1099511627776]", "[0,1099511627776]") + "}"},
      {"cover 4 bytes", "{" + entry("a", "F32", "[1]", "[0,4]") + "}"},
      {"no gap", "{" + entry("a", "F32", "[1]", "[4,8]") + "}"},
      {"no gap", "{" + entry("a", "U8", "[5]", "[0,5]") + "," + entry("b", "U8", "[4]", "[4,8]") + "}"},
      {"no gap", "{" + entry("a", "U8", "[3]", "[0,3]") + "," + entry("b", "U8", "[4]", "[4,8]") + "}"},
      {"no gap", "{" + good + "," + entry("b", "F32", "[2]", "[0,8]") + "}"},
      {"other than 0 and 1", "{" + entry("a", "BOOL", "[8]", "[0,8]") + "}", std::string("\0\1\0\0\0\0\0\2", 8)},
      {"nested deeper", R"({"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}})"},
      {"nested deeper", "{\"a\":" + std::string(1'000'000, '[')},
  };
  for (const auto& bad : cases) {
    const std::string message = complaint(container(bad.header, bad.data));
    EXPECT_NE(message.find(bad.found), std::string::npos)
        << bad.header.substr(0, 200) << "\nwanted: " << bad.found << "\ngot:    " << message;
    EXPECT_LT(message.size(), 500U);
  }
}

TEST(SafetensorsTest, RefusesForeignFiles) {
  EXPECT_NE(complaint(std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16)).find("is this a safetensors file?"),
            std::string::npos);
  EXPECT_NE(complaint("").find("has 0 bytes"), std::string::npos);
  EXPECT_THROW(std::ignore = read_safetensors("/no/such/file"), DataError);
  EXPECT_THROW(std::ignore = read_safetensors("/tmp"), DataError);
  EXPECT_THROW(std::ignore = read_safetensors("/dev/zero"), DataError);
}

TEST(SafetensorsTest, HostileNamesAreShownCutAndWithoutControlCharacters) {
  const std::string name = std::string(100'000, 'x');
  const std::string message = complaint(container(R"({"\u001b[2J)" + name + R"(":1})", ""));
  EXPECT_NE(message.find("'?[2Jxx"), std::string::npos);
  EXPECT_LT(message.size(), 500U);
}

TEST(SafetensorsTest, RefusesToWriteWhatItWouldNotRead) {
  const TempFolder folder;
  const auto path = folder.path() / "out.safetensors";
  const auto one = torch::ones({1});
  const auto write = [&](TensorFile file) { write_safetensors(path, file); };
  EXPECT_THROW(write({.tensors = {{"a", one}, {"a", one}}}), InvalidArgument);
  EXPECT_THROW(write({.tensors = {{"__metadata__", one}}}), InvalidArgument);
  EXPECT_THROW(write({.tensors = {{"a", torch::Tensor()}}}), InvalidArgument);
  EXPECT_THROW(write({.tensors = {{"a", torch::ones({1}, torch::kComplexFloat)}}}), InvalidArgument);
  EXPECT_THROW(write({.tensors = {{"a", torch::ones({1, 1, 1, 1, 1, 1, 1, 1, 1})}}}), InvalidArgument);
  EXPECT_THROW(write({.tensors = {{"\xff", one}}}), InvalidArgument);
  EXPECT_THROW(write({.metadata = {{"k", "\xff"}}}), InvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(SafetensorsTest, AFileWithoutTensorsIsAFile) {
  const TempFolder folder;
  write_safetensors(folder.path() / "none.safetensors", {});
  EXPECT_TRUE(read_safetensors(folder.path() / "none.safetensors").tensors.empty());
}

}  // namespace
}  // namespace veil::io
