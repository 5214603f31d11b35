// Archives and arrays that must not be read, and damage anywhere in those that may.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/file/archive_reader.h"
#include "io/format/numpy_reader.h"
#include "support/damaged_files.h"
#include "support/dataset_bytes.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kRoom = 100'000;

fs::path fixture(const std::string& name) { return fs::path(VEIL_SOURCE_DIR) / "tests/io/fixtures/array_files" / name; }

std::vector<std::string> names_in(const fs::path& path) {
  ArchiveReader archive(path);
  std::vector<std::string> names;
  while (const auto member = archive.next()) {
    (void)archive.read_all(kRoom);
    names.push_back(member->name);
  }
  return names;
}

void read_arrays(const fs::path& path) {
  for (const auto& array : numpy_arrays(path)) {
    const auto stream = open_numpy(path, array.name);
    std::vector<uint8_t> block(64);
    while (stream->read(block) > 0) {
    }
  }
}

std::string refusal(const std::string& name, const std::function<void(const fs::path&)>& read) {
  const auto path = fixture(name);
  const auto text = data_error_of([&] { read(path); });
  return text.starts_with(path.string() + ": ") ? text.substr(path.string().size() + 2) : text;
}

TEST(ArchiveLimitsTest, NamesOfAZipAreUtf8WhateverTheLocale) {
  EXPECT_EQ(names_in(fixture("names.zip")),
            (std::vector<std::string>{"a/1.bin", std::string(120, 'b') + "/é.bin", "empty"}));
}

TEST(ArchiveLimitsTest, AZipIsHeldToTheRulesOfATar) {
  EXPECT_EQ(refusal("bad_link.zip", names_in), "member x: is a link or a device, want regular files only");
  EXPECT_EQ(refusal("bad_parent.zip", names_in), "member a/../../x: its name leads out of the archive");
  EXPECT_EQ(refusal("bad_absolute.zip", names_in), "member /etc/x: its name leads out of the archive");
}

TEST(ArchiveLimitsTest, OnlyStoredAndDeflatedMembersAreRead) {
  EXPECT_EQ(refusal("bzip2.npz", names_in), "member a.npy: is packed with another method than deflate");
  EXPECT_EQ(refusal("lzma.npz", names_in), "member a.npy: is packed with another method than deflate");
}

TEST(ArchiveLimitsTest, AnArrayThatIsThereTwiceIsRefused) {
  EXPECT_EQ(refusal("twice.npz", read_arrays), "array a is there twice");
}

// Without the blocks of zeros that pad a tar to twenty; one of them ends it, two are written.
std::string unpadded(const std::string& name) {
  const auto whole = read_bytes(fixture(name));
  return name.ends_with(".tar") ? whole.substr(0, whole.find_last_not_of('\0') / 512 * 512 + 1024) : whole;
}

TEST(ArchiveLimitsTest, ATarCutAnywhereIsRefusedEvenBetweenItsMembers) {
  const TempFolder folder;
  const auto path = folder.path() / "cut.tar";
  for (const auto* name : {"gnu.tar", "pax.tar", "packed.tar.gz"}) {
    const auto whole = unpadded(name);
    for (size_t size = 0; size < whole.size(); ++size) {
      fs::remove(path);
      write_bytes(path, whole.substr(0, size));
      ASSERT_NE(data_error_of([&] { (void)names_in(path); }), "no DataError") << name << ", " << size << " bytes";
    }
  }
}

TEST(ArchiveLimitsTest, DamageAnywhereInAnArchiveGivesFilesOrADataError) {
  for (const auto* name : {"ustar.tar", "gnu.tar", "pax.tar", "packed.tar.gz", "names.zip"}) {
    for_each_damaged(unpadded(name), [](const fs::path& path) { (void)names_in(path); });
  }
}

TEST(ArchiveLimitsTest, DamageAnywhereInAnArrayGivesValuesOrADataError) {
  for (const auto* name : {"version1.npy", "version2.npy", "version3.npy", "fortran.npy", "objects.npy", "record.npy",
                           "stored.npz", "deflated.npz", "zip64.npz", "bzip2.npz"}) {
    for_each_damaged(read_bytes(fixture(name)), read_arrays);
  }
  for (const auto* name : {"integers_i1.npy", "integers_i2.npy", "integers_i8.npy", "integers_u4.npy"}) {
    for_each_damaged(read_bytes(fixture(name)), [](const fs::path& path) { (void)read_integers(path, "", kRoom); });
  }
}

// A header around these words, as NumPy writes it.
std::string numpy_file(const std::string& dictionary, const std::string& values = "") {
  return std::string("\x93NUMPY\1\0", 8) + static_cast<char>(dictionary.size()) + '\0' + dictionary + values;
}

TEST(ArchiveLimitsTest, AHeaderThatPromisesTooMuchOrSaysNothingIsRefused) {
  const TempFolder folder;
  const auto path = folder.path() / "a.npy";
  const auto error = [&](const std::string& descr, const std::string& shape) {
    write_bytes(path, numpy_file("{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + "}"));
    const auto text = data_error_of([&] { read_arrays(path); });
    return text.starts_with(path.string() + ": ") ? text.substr(path.string().size() + 2) : text;
  };
  EXPECT_EQ(error("'|u1'", "(0, 3)"), "no DataError") << "no values at all are fine";
  EXPECT_EQ(error("'|u1'", "(9,)"), "ends after 0 bytes of values, want 9, as its header says");
  const std::string many = "found a NumPy header that promises too many values";
  EXPECT_EQ(error("'<f8'", "(4294967296, 4294967296)"), many);
  EXPECT_EQ(error("'<f8'", "(9223372036854775807, 3)"), many);
  EXPECT_EQ(error("'<f8'", "(99999999999999999999,)"), "found a damaged NumPy header");
  EXPECT_EQ(error("'|u1'", "(-1,)"), "found a damaged NumPy header");
  EXPECT_EQ(error("'|u1'", "(1,1,1,1,1,1,1,1,1)"), "found an array of more than 8 dimensions");
  EXPECT_EQ(error("'|V8'", "(1,)"), "found values of type '|V8', want numbers");
  write_bytes(path, numpy_file("{'descr': '|u1', 'fortran_order': False}"));
  EXPECT_NE(data_error_of([&] { read_arrays(path); }).find("without descr, fortran_order or shape"), std::string::npos);
}

}  // namespace
}  // namespace veil::io
