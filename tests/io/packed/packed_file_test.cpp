#include "io/packed/packed_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "support/dataset_bytes.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr TokenShape kShape{4, 6, 3};

fs::path fixture(const std::string& name) { return fs::path(VEIL_SOURCE_DIR) / "tests/io/fixtures/packed" / name; }

// The formula of fixtures/packed/make.py.
std::vector<uint8_t> images(int64_t count, int64_t first) {
  std::vector<uint8_t> tokens;
  for (int64_t n = first; n < first + count; ++n) {
    for (int64_t i = 0; i < kShape.length(); ++i) {
      tokens.push_back(static_cast<uint8_t>((7 * i + 31 * n + 3) % 251));
    }
  }
  return tokens;
}

std::vector<uint8_t> tokens_of(const PackedFile& file, size_t split, int64_t first, int64_t count) {
  std::vector<uint8_t> tokens(static_cast<size_t>(count * file.info().shape->length()));
  file.read_tokens(split, first, count, tokens);
  return tokens;
}

std::vector<int64_t> labels_of(const PackedFile& file, size_t split) {
  std::vector<int64_t> labels(static_cast<size_t>(file.info().splits[split].images));
  file.read_labels(split, 0, static_cast<int64_t>(labels.size()), labels);
  return labels;
}

std::string refusal(const std::string& name) {
  const auto path = fixture(name);
  const auto text = data_error_of([&] {
    const PackedFile file(path);
    (void)labels_of(file, 0);
  });
  return text.starts_with(path.string() + ": ") ? text.substr(path.string().size() + 2) : text;
}

TEST(PackedFileTest, FilesOfH5pyAreReadToTheByte) {
  for (const auto* name : {"plain.h5", "chunks.h5"}) {
    const PackedFile file(fixture(name));
    const auto& info = file.info();
    EXPECT_EQ(info.name, "custom-h5py");
    EXPECT_EQ(*info.shape, kShape);
    EXPECT_EQ(info.class_names, (std::vector<std::string>{"ant", "bée", "cat"}));
    ASSERT_EQ(info.splits.size(), 2U);
    EXPECT_EQ(info.splits[0].name, "train");
    EXPECT_EQ(tokens_of(file, 0, 0, 3), images(3, 0)) << name;
    EXPECT_EQ(tokens_of(file, 0, 2, 1), images(1, 2)) << name;
    EXPECT_EQ(tokens_of(file, 1, 0, 2), images(2, 10)) << name;
    EXPECT_EQ(labels_of(file, 0), (std::vector<int64_t>{2, 0, 1}));
    EXPECT_EQ(computed_sha256(file, 1), file.sha256(1)) << "h5py's hashlib and ours";
  }
}

TEST(PackedFileTest, WhatIsNotSafeOrNotOursIsRefused) {
  EXPECT_EQ(refusal("bad_soft_link.h5"), "train is a link to somewhere else, want an object of this file");
  EXPECT_EQ(refusal("bad_external_link.h5"), "train is a link to somewhere else, want an object of this file");
  const std::string outside = "train: 'tokens' is stored outside of this file or with a filter other than deflate";
  EXPECT_EQ(refusal("bad_external_storage.h5"), outside);
  EXPECT_EQ(refusal("bad_virtual.h5"), outside);
  EXPECT_EQ(refusal("bad_lzf.h5"), outside);
  const std::string other = "train: 'tokens' has another type or rank than veil data pack writes";
  EXPECT_EQ(refusal("bad_wide.h5"), other);
  EXPECT_EQ(refusal("bad_flat.h5"), other);
  EXPECT_EQ(refusal("bad_large_chunk.h5"), "train: 'tokens' has chunks above 64 MiB");
  EXPECT_EQ(refusal("bad_large_label.h5"), "label 3, want [0, 2]");
  EXPECT_EQ(refusal("bad_few_labels.h5"), "train/labels has not one label for each image");
  EXPECT_EQ(refusal("bad_variable_text.h5"), "attribute 'name' is not one text of at most 60000 bytes");
  EXPECT_EQ(refusal("bad_version.h5"), "found version 2 of the format, want 1");
  EXPECT_EQ(refusal("bad_no_name.h5"), "has no attribute 'name'");
  EXPECT_NE(refusal("bad_foreign.h5").find("that veil data pack did not make"), std::string::npos);
  EXPECT_EQ(
      refusal("bad_oldest.h5"),
      "found an HDF5 file that veil data pack did not make: its superblock has version 0, want 2 or 3, which have "
      "checksums; arrays of others can be saved with numpy.savez");
  EXPECT_EQ(refusal("bad_old_root.h5"), "the HDF5 data are damaged, or of a kind that veil data pack does not write");
  EXPECT_EQ(refusal("bad_old_group.h5"), "train is damaged or has no checksum");
  EXPECT_NE(refusal("make.py").find("found no HDF5 signature"), std::string::npos);
}

TEST(PackedFileTest, CutFilesAreRefused) {
  const TempFolder folder;
  const auto whole = read_bytes(fixture("chunks.h5"));
  for (size_t tenth = 1; tenth < 10; ++tenth) {
    write_bytes(folder.path() / "cut.h5", whole.substr(0, whole.size() * tenth / 10));
    EXPECT_NE(data_error_of([&] {
                const PackedFile file(folder.path() / "cut.h5");
                (void)tokens_of(file, 0, 0, 3);
              }),
              "no DataError")
        << tenth;
  }
}

TEST(PackedFileTest, WhatIsWrittenIsReadBackInAnyOrder) {
  const TempFolder folder;
  for (const bool compress : {false, true}) {
    const auto path = folder.path() / "a.h5";
    PackedWriter writer(path, kShape, /*has_labels=*/true, compress);
    // 2000 images of 72 bytes: several chunks, filled across appends.
    for (int64_t first = 0; first < 2000; first += 250) {
      const std::vector<int64_t> labels(250, first / 250);
      writer.append("train", images(250, first), labels);
    }
    writer.append("valid", images(1, 7), std::vector<int64_t>{4});
    EXPECT_FALSE(fs::exists(path) && !compress) << "nothing has the name before the end";
    writer.finish(
        {.name = "n", .shape = kShape, .class_names = {}, .classes = 8, .preparation = "p", .provenance = "{}"});
    EXPECT_FALSE(fs::exists(folder.path() / "a.h5.partial"));
    const PackedFile file(path);
    EXPECT_EQ(tokens_of(file, 0, 0, 2000), images(2000, 0));
    EXPECT_EQ(tokens_of(file, 0, 1999, 1), images(1, 1999));
    EXPECT_EQ(tokens_of(file, 1, 0, 1), images(1, 7));
    EXPECT_EQ(labels_of(file, 0)[1999], 7);
    EXPECT_EQ(file.info().preparation, "p");
    EXPECT_EQ(computed_sha256(file, 0), file.sha256(0));
    std::vector<uint8_t> room(72);
    EXPECT_THROW(file.read_tokens(0, 2000, 1, room), InvalidArgument);
    EXPECT_THROW(file.read_tokens(0, -1, 1, room), InvalidArgument);
  }
}

TEST(PackedFileTest, ThatDuplicatesWereDroppedIsReadBack) {
  const TempFolder folder;
  for (const bool dropped : {false, true}) {
    PackedWriter writer(folder.path() / "a.h5", kShape, /*has_labels=*/false, /*compress=*/false);
    writer.append("all", images(3, 0), {});
    PackedDescription description;
    description.name = "n";
    description.shape = kShape;
    description.without_duplicates = dropped;
    writer.finish(description);
    EXPECT_EQ(PackedFile(folder.path() / "a.h5").info().without_duplicates, dropped);
  }
}

// Names of any length and any bytes but zero, across blocks; a file without them has none.
TEST(PackedFileTest, NamesAreReadBackToTheByte) {
  const TempFolder folder;
  const auto path = folder.path() / "a.h5";
  std::vector<std::string> names;
  for (int i = 0; i < 3000; ++i) {
    names.push_back("cat/" + std::string(static_cast<size_t>(i % 40), 'x') + std::to_string(i) + ".png");
  }
  names[1] = "";
  names[2] = "b\xc3\xa9, \"q\"\n\xff.png";
  names[3] = std::string(4096, 'l');
  auto given = names;
  given[4] = std::string("a\0b", 3);
  given[5] = std::string(4097, 'l');
  names[4] = names[5] = "";
  {
    PackedWriter writer(path, kShape, false, false);
    for (size_t first = 0; first < 3000; first += 1000) {
      writer.append("train", images(1000, static_cast<int64_t>(first)), {}, std::span(given).subspan(first, 1000));
    }
    writer.append("test", images(1, 0), {}, std::span(given).first(1));
    EXPECT_THROW(writer.append("test", images(1, 0), {}), InvalidArgument) << "names for some";
    EXPECT_THROW(writer.append("test", images(2, 0), {}, std::span(given).first(1)), InvalidArgument);
    writer.finish({.name = "n", .shape = kShape});
  }
  const PackedFile file(path);
  EXPECT_EQ(file.read_names(0), names);
  EXPECT_EQ(file.read_names(1), std::vector<std::string>{names[0]});
  EXPECT_EQ(tokens_of(file, 0, 0, 3000), images(3000, 0));
  EXPECT_TRUE(PackedFile(fixture("plain.h5")).read_names(0).empty());
}

TEST(PackedFileTest, AWriterThatGoesAwayLeavesWhatWasThere) {
  const TempFolder folder;
  const auto path = folder.path() / "a.h5";
  write_bytes(path, "old");
  {
    PackedWriter writer(path, kShape, false, false);
    writer.append("all", images(3, 0), {});
  }
  EXPECT_EQ(read_bytes(path), "old");
  EXPECT_FALSE(fs::exists(folder.path() / "a.h5.partial"));
  EXPECT_THROW(PackedWriter(folder.path() / "no/a.h5", kShape, false, false), IoError);
  EXPECT_THROW(PackedWriter("/dev/full", kShape, false, false), IoError);
  EXPECT_THROW(PackedWriter(folder.path(), kShape, false, false), IoError);
}

TEST(PackedFileTest, AFullDiskIsAnIoErrorAndKeepsTheOldFile) {
  const TempFolder folder;
  const auto path = folder.path() / "a.h5";
  write_bytes(path, "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{200'000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto fill = [&] {
    PackedWriter writer(path, kShape, false, false);
    for (int64_t first = 0; first < 10'000; first += 1000) {
      writer.append("train", images(1000, first), {});
    }
    writer.finish({.name = "n", .shape = kShape});
  };
  EXPECT_THROW(fill(), IoError);
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(read_bytes(path), "old");
}

TEST(PackedFileTest, SeveralThreadsMayRead) {
  const PackedFile file(fixture("chunks.h5"));
  std::vector<int> wrong(4, 0);
  std::vector<std::jthread> readers;
  for (size_t reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&, reader] {
      for (int64_t i = 0; i < 300; ++i) {
        wrong[reader] += tokens_of(file, 0, i % 3, 1) == images(1, i % 3) ? 0 : 1;
      }
    });
  }
  readers.clear();
  EXPECT_EQ(wrong, (std::vector<int>(4, 0)));
}

}  // namespace
}  // namespace veil::io
