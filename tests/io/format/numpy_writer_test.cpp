#include "veil/io/format/numpy_writer.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/torch.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

std::string text(const std::vector<uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

/// What numpy.save of NumPy 2 writes for numpy.arange(6, dtype=numpy.uint8).reshape(2, 3), typed in from a hex dump.
TEST(NumpyWriterTest, AnArrayIsWrittenAsNumPyWritesIt) {
  std::string want("\x93NUMPY\x01\x00v\x00", 10);
  want += "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }";
  want.append(128 - 1 - want.size(), ' ');
  want += std::string("\n\0\1\2\3\4\5", 7);
  const auto array = torch::arange(6, torch::kUInt8).view({2, 3});
  EXPECT_EQ(text(encode_npy(array)), want);
  EXPECT_EQ(text(encode_npy(array.t().contiguous().t())), want) << "the same array with other strides";
}

TEST(NumpyWriterTest, ShapesAndTypesAreNumPys) {
  const auto header = [](const torch::Tensor& array) {
    const std::string bytes = text(encode_npy(array));
    EXPECT_EQ((bytes.size() - array.nbytes()) % 64, 0U);
    return bytes.substr(10, bytes.find('}') - 9);
  };
  EXPECT_EQ(header(torch::zeros({}, torch::kDouble)), "{'descr': '<f8', 'fortran_order': False, 'shape': (), }");
  EXPECT_EQ(header(torch::zeros({3})), "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }");
  EXPECT_EQ(header(torch::zeros({0, 2}, torch::kLong)), "{'descr': '<i8', 'fortran_order': False, 'shape': (0, 2), }");
  EXPECT_THROW(std::ignore = encode_npy(torch::zeros({1}, torch::kHalf)), InvalidArgument);
}

/// Python's own zip reader, which checks the CRCs.
constexpr const char* kCheckArchive = R"py(
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    assert z.namelist() == ['arr_0.npy', 'label.npy'], z.namelist()
    for i in z.infolist():
        assert i.compress_type == zipfile.ZIP_STORED and i.date_time == (1980, 1, 1, 0, 0, 0), (i, i.date_time)
    images = z.read('arr_0.npy')
assert images.startswith(b'\x93NUMPY\x01\x00') and b"'shape': (2, 2, 2, 3)" in images
assert images[-24:] == bytes(range(24)), images[-24:]
)py";

TEST(NumpyWriterTest, AnArchiveIsWhatPythonReads) {
  const TempFolder folder;
  const auto archive = folder.path() / "samples.npz";
  write_npz(archive, {{"arr_0", torch::arange(24, torch::kUInt8).view({2, 2, 2, 3})},
                      {"label", torch::zeros({2}, torch::kLong)}});
  write_bytes(folder.path() / "check.py", kCheckArchive);
  const std::string command = "python3 '" + (folder.path() / "check.py").string() + "' '" + archive.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(NumpyWriterTest, AnArchiveHasTheSameBytesInEveryTimeZone) {
  const TempFolder folder;
  const auto bytes_in = [&](const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    write_npz(folder.path() / "a.npz", {{"a", torch::ones({3})}});
    return read_bytes(folder.path() / "a.npz");
  };
  const std::string west = bytes_in("UTC+11");
  const std::string east = bytes_in("UTC-13");
  ::unsetenv("TZ");
  ::tzset();
  EXPECT_EQ(west, east);
}

TEST(NumpyWriterTest, RefusesNamesThatAreNoFileNames) {
  const TempFolder folder;
  const auto path = folder.path() / "a.npz";
  const auto one = torch::ones({1});
  EXPECT_THROW(write_npz(path, {{"", one}}), InvalidArgument);
  EXPECT_THROW(write_npz(path, {{"../a", one}}), InvalidArgument);
  EXPECT_THROW(write_npz(path, {{"a", one}, {"a", one}}), InvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace veil::io
