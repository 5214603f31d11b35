#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/file/archive_reader.h"
#include "io/format/numpy_reader.h"
#include "support/dataset_bytes.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

fs::path fixture(const std::string& name) { return fs::path(VEIL_SOURCE_DIR) / "tests/io/fixtures/array_files" / name; }

// The formula of fixtures/array_files/make.py.
std::vector<uint8_t> formula() {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 24; ++i) {
    bytes.push_back(static_cast<uint8_t>((7 * i + 3) % 251));
  }
  return bytes;
}

// All values, a few at a time; the extra byte at the end makes the reader look for more.
std::vector<uint8_t> values_of(const std::string& name, const std::string& array) {
  const auto stream = open_numpy(fixture(name), array);
  std::vector<uint8_t> values;
  std::vector<uint8_t> block(7);
  for (auto count = stream->read(block); count > 0; count = stream->read(block)) {
    values.insert(values.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return values;
}

std::string without_path(const std::string& text, const std::string& name) {
  const auto path = fixture(name).string() + ": ";
  return text.starts_with(path) ? text.substr(path.size()) : "not behind its path: " + text;
}

std::string numpy_refusal(const std::string& name, const std::string& array = "") {
  return without_path(data_error_of([&] { (void)values_of(name, array); }), name);
}

TEST(NumpyReaderTest, EveryVersionAndBothMethodsOfAZip) {
  for (const auto* name : {"version1.npy", "version2.npy", "version3.npy"}) {
    EXPECT_EQ(values_of(name, ""), formula()) << name;
    EXPECT_TRUE(is_numpy(fixture(name)));
    EXPECT_EQ(numpy_arrays(fixture(name)).at(0).header.shape, (std::vector<int64_t>{2, 3, 4}));
  }
  for (const auto* name : {"stored.npz", "deflated.npz", "zip64.npz"}) {
    EXPECT_EQ(values_of(name, "a"), formula()) << name;
  }
  const auto arrays = numpy_arrays(fixture("deflated.npz"));
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_EQ(arrays[1].name, "b");
  EXPECT_EQ(arrays[1].header.type, "<i8");
  EXPECT_EQ(read_integers(fixture("stored.npz"), "b", 5), (std::vector<int64_t>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(numpy_arrays(fixture("fortran.npy")).at(0).header.fortran);
}

TEST(NumpyReaderTest, IntegersOfEverySize) {
  for (const auto* name : {"i1", "i2", "i8"}) {
    EXPECT_EQ(read_integers(fixture(concat("integers_", name, ".npy")), "", 3), (std::vector<int64_t>{-1, 0, -1}))
        << name;
  }
  for (const auto* name : {"u1", "u4", "bool"}) {
    EXPECT_EQ(read_integers(fixture(concat("integers_", name, ".npy")), "", 3), (std::vector<int64_t>{1, 0, 1}))
        << name;
  }
  const auto error = [](const std::string& name, int64_t limit = 10) {
    return without_path(data_error_of([&] { (void)read_integers(fixture(name), "", limit); }), name);
  };
  EXPECT_EQ(read_integers(fixture("big_endian.npy"), "", 2), (std::vector<int64_t>{1, 2}));
  EXPECT_NE(error("too_large.npy").find("2^63"), std::string::npos);
  EXPECT_NE(error("version1.npy").find("rank 3"), std::string::npos);
  EXPECT_EQ(error("integers_i8.npy", 2), "found 3 values, want at most 2");
}

TEST(NumpyReaderTest, WhatCouldRunCodeOrIsNoNumberIsRefused) {
  EXPECT_NE(numpy_refusal("objects.npy").find("a pickle inside"), std::string::npos);
  EXPECT_NE(numpy_refusal("record.npy").find("records of several fields"), std::string::npos);
  EXPECT_NE(numpy_refusal("text.npy").find("values of type '<U2'"), std::string::npos);
  EXPECT_NE(numpy_refusal("make.py").find("no NumPy header"), std::string::npos);
  EXPECT_FALSE(is_numpy(fixture("make.py")));
  EXPECT_EQ(numpy_refusal("stored.npz", "c"), "has no array c");
  EXPECT_EQ(numpy_refusal("short.npz", "a"), "array a: ends after 23 bytes of values, want 24, as its header says");
  EXPECT_EQ(numpy_refusal("long.npz", "a"), "array a: goes on after the 24 bytes of values that its header promises");
  EXPECT_NE(numpy_refusal("bzip2.npz", "a"), "not behind its path: no DataError");
}

std::vector<std::pair<std::string, std::string>> members_of(const fs::path& path) {
  ArchiveReader archive(path);
  std::vector<std::pair<std::string, std::string>> members;
  while (const auto member = archive.next()) {
    const auto bytes = archive.read_all(1000);
    members.emplace_back(member->name, std::string(bytes.begin(), bytes.end()));
  }
  EXPECT_FALSE(archive.next()) << "the end stays the end";
  return members;
}

TEST(ArchiveReaderTest, EveryKindOfTar) {
  const auto bytes = formula();
  const std::vector<std::pair<std::string, std::string>> wanted{
      {"a/1.bin", {bytes.begin(), bytes.end()}},
      {std::string(120, 'b') + "/é.bin", "long and not ASCII"},
      {"empty", ""}};
  for (const auto* name : {"pax.tar", "gnu.tar", "packed.tar.gz"}) {
    EXPECT_EQ(archive_kind(fixture(name)), ArchiveKind::kTar) << name;
    EXPECT_EQ(members_of(fixture(name)), wanted) << name;
  }
  EXPECT_EQ(members_of(fixture("ustar.tar")).at(0), wanted[0]);
  EXPECT_EQ(archive_kind(fixture("stored.npz")), ArchiveKind::kZip);
  EXPECT_EQ(archive_kind(fixture("version1.npy")), std::nullopt);
  EXPECT_EQ(list_members(fixture("pax.tar")).at(1).size, 18);
}

TEST(ArchiveReaderTest, WhatLeavesTheArchiveIsRefused) {
  const auto error = [](const std::string& name) {
    return without_path(data_error_of([&] { (void)members_of(fixture(name)); }), name);
  };
  for (const auto* name : {"bad_link.tar", "bad_hard_link.tar", "bad_device.tar"}) {
    EXPECT_EQ(error(name), "member x: is a link or a device, want regular files only") << name;
  }
  EXPECT_EQ(error("bad_parent.tar"), "member a/../../x: its name leads out of the archive");
  EXPECT_EQ(error("bad_absolute.tar"), "member /etc/x: its name leads out of the archive");
  ArchiveReader archive(fixture("pax.tar"));
  (void)archive.next();
  EXPECT_NE(data_error_of([&] { (void)archive.read_all(23); }).find("is larger than 23 bytes"), std::string::npos);
}

TEST(ArchiveReaderTest, CutArchivesAreRefusedOrEndBetweenMembers) {
  const TempFolder folder;
  const auto path = folder.path() / "cut";
  for (const auto* name : {"gnu.tar", "packed.tar.gz", "deflated.npz", "stored.npz"}) {
    const auto whole = read_bytes(fixture(name));
    const auto all = members_of(fixture(name));
    for (size_t tenth = 1; tenth < 10; ++tenth) {
      write_bytes(path, whole.substr(0, whole.size() * tenth / 10));
      try {
        const auto members = members_of(path);
        ASSERT_LE(members.size(), all.size());
        EXPECT_TRUE(std::equal(members.begin(), members.end(), all.begin()))
            << "nothing half-read: " << name << ' ' << tenth;
      } catch (const DataError&) {
        // cut inside of a member
      }
    }
  }
}

}  // namespace
}  // namespace veil::io
