// Damage that an archive does not show at first sight, names that are there twice, and folders behind links.
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "io/dataset/inspect_images.h"
#include "io/file/archive_reader.h"
#include "io/format/numpy_reader.h"
#include "io/image/encoders.h"
#include "support/dataset_bytes.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"
#include "veil/io/dataset/open_source.h"
#include "veil/io/dataset/pack_images.h"
#include "veil/io/source/image_source.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

using Files = std::vector<std::pair<std::string, std::string>>;  // names and contents

// The POSIX ustar format, by hand: a header, the content up to a multiple of 512, at the end blocks of zeros.
std::string tar_bytes(const Files& files, size_t zeros = 1024) {
  std::string bytes;
  for (const auto& [name, content] : files) {
    std::string header(512, '\0');
    const auto put = [&](size_t at, const std::string& text) { header.replace(at, text.size(), text); };
    const auto octal = [](size_t value) {
      std::string digits(11, '0');
      for (size_t i = digits.size(); value > 0; value /= 8) {
        digits[--i] = static_cast<char>('0' + value % 8);
      }
      return digits;
    };
    put(0, name);
    put(100, "0000644");
    put(124, octal(content.size()));
    put(136, octal(0));
    put(148, "        0");
    put(257, std::string("ustar\0", 6) + "00");
    size_t sum = 0;
    for (const char c : header) {
      sum += static_cast<uint8_t>(c);
    }
    put(148, octal(sum).substr(4) + '\0');
    bytes += header + content + std::string((512 - content.size() % 512) % 512, '\0');
  }
  return bytes + std::string(zeros, '\0');
}

std::string little_endian(size_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) {
    bytes += static_cast<char>(value >> (8 * i));
  }
  return bytes;
}

// A zip of stored members, by hand (PKWARE's APPNOTE, 4.3).
std::string zip_bytes(const Files& files) {
  std::string bytes;
  std::string directory;
  for (const auto& [name, content] : files) {
    const auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    const auto common = std::string("\x14\0\0\0\0\0\0\0\x21\0", 10) + little_endian(sum, 4) +
                        little_endian(content.size(), 4) + little_endian(content.size(), 4) +
                        little_endian(name.size(), 2) + little_endian(0, 2);
    directory +=
        std::string("PK\1\2\x14\0", 6) + common + std::string(10, '\0') + little_endian(bytes.size(), 4) + name;
    bytes += "PK\3\4" + common + name + content;
  }
  return bytes + directory + "PK\5\6" + little_endian(0, 4) + little_endian(files.size(), 2) +
         little_endian(files.size(), 2) + little_endian(directory.size(), 4) + little_endian(bytes.size(), 4) +
         little_endian(0, 2);
}

std::string png(uint8_t value) {
  const auto bytes = encode_smallest_png({.height = 4, .width = 4, .channels = 1, .values = std::vector(16, value)});
  return {bytes.begin(), bytes.end()};
}

Files read_whole(const fs::path& path) {
  ArchiveReader archive(path);
  Files files;
  while (const auto member = archive.next()) {
    const auto bytes = archive.read_all(1 << 20);
    files.emplace_back(member->name, std::string(bytes.begin(), bytes.end()));
  }
  return files;
}

// What reading and listing say of these bytes, behind the path; it must be the same.
std::string refusal(const fs::path& path, const std::string& bytes) {
  fs::remove(path);
  write_bytes(path, bytes);
  const auto read = data_error_of([&] { (void)read_whole(path); });
  EXPECT_EQ(data_error_of([&] { (void)list_members(path); }), read);
  const auto start = path.string() + ": ";
  return read.starts_with(start) ? read.substr(start.size()) : "not behind its path: " + read;
}

std::string with_flipped_bit(std::string bytes, size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  return bytes;
}

TEST(ArchiveTest, EveryFlippedBitOfGzipDataIsFound) {
  const TempFolder folder;
  const auto path = folder.path() / "a.tar.gz";
  const Files files{{"1.png", png(1)}, {"2.png", png(2)}};
  const auto whole = gzip_bytes(tar_bytes(files));
  constexpr size_t kHeader = 10;  // RFC 1952: says nothing of the content
  for (size_t bit = kHeader * 8; bit < whole.size() * 8; ++bit) {
    const auto text = refusal(path, with_flipped_bit(whole, bit));
    if (text == "not behind its path: no DataError") {  // a run of zeros copied from another place of the run
      ASSERT_EQ(read_whole(path), files) << "bit " << bit;
    } else {
      ASSERT_FALSE(text.starts_with("not behind its path")) << "bit " << bit << ": " << text;
    }
  }
}

TEST(ArchiveTest, TheSumBehindTheEndOfTheTarIsChecked) {
  const TempFolder folder;
  const auto path = folder.path() / "a.tgz";
  const Files files{{"1.png", png(1)}, {"2.png", png(2)}};
  const auto whole = gzip_bytes(tar_bytes(files, size_t{1} << 20));  // more than is read at once
  write_bytes(path, whole);
  EXPECT_EQ(read_whole(path), files);
  const auto end = whole.size() * 8;
  EXPECT_EQ(refusal(path, with_flipped_bit(whole, end - 64)), "the gzip data are damaged (incorrect data check)");
  EXPECT_EQ(refusal(path, with_flipped_bit(whole, end - 1)), "the gzip data are damaged (incorrect length check)");
  EXPECT_EQ(refusal(path, whole + "junk"), "the gzip data are damaged (incorrect header check)");
  EXPECT_NE(refusal(path, whole.substr(0, whole.size() - 4)).find("the file is cut"), std::string::npos);
}

TEST(ArchiveTest, GzipDataInSeveralPartsAreOneTar) {
  const TempFolder folder;
  const auto path = folder.path() / "a.tar.gz";
  const Files files{{"1.bin", std::string(700, 'a')}, {"2.bin", std::string(300'000, 'b')}};
  const auto tar = tar_bytes(files);
  for (const size_t cut : {size_t{100}, size_t{1024}, size_t{200'000}}) {
    fs::remove(path);
    write_bytes(path, gzip_bytes(tar.substr(0, cut)) + gzip_bytes("") + gzip_bytes(tar.substr(cut)));
    EXPECT_EQ(archive_kind(path), ArchiveKind::kTar);
    EXPECT_EQ(read_whole(path), files) << cut;
    EXPECT_EQ(list_members(path).size(), 2U);
  }
}

TEST(ArchiveTest, ASecondFileOfANameIsRefusedAsAnImage) {
  const TempFolder folder;
  const Files files{{"a.png", png(1)}, {"b.png", png(2)}, {"a.png", png(3)}, {"./a.png", png(4)}};
  const std::string reason = "a second file of this name in the archive";
  for (const auto& [name, bytes] :
       Files{{"a.tar", tar_bytes(files)}, {"a.tar.gz", gzip_bytes(tar_bytes(files))}, {"a.zip", zip_bytes(files)}}) {
    const auto path = folder.path() / name;
    write_bytes(path, bytes);
    const auto source = open_source(path);
    const auto stream = source->stream("all");
    Files found;
    while (const auto image = stream->next()) {
      found.emplace_back(image->origin + image->refusal, std::string(image->file.begin(), image->file.end()));
    }
    const Files wanted{{"a.png", png(1)}, {"b.png", png(2)}, {"a.png" + reason, ""}, {"a.png" + reason, ""}};
    EXPECT_EQ(found, wanted) << name;
    const auto inspected = inspect_images(*source, {}).splits.at(0);
    const auto packed = pack_images(*source, folder.path() / "packed.h5", {.prepare = {.fit = {}, .holdout = 0.0}});
    EXPECT_EQ(inspected.images, 2) << name;
    EXPECT_EQ(packed.images.at("all"), 2) << name;
    for (const auto& refused : {inspected.refused, packed.refused}) {
      ASSERT_EQ(refused.size(), 2U) << name;
      EXPECT_EQ(refused[0].origin + ": " + refused[0].reason, "a.png: " + reason);
    }
  }
}

TEST(ArchiveTest, ACutZipIsCalledCut) {
  const TempFolder folder;
  const auto zip = zip_bytes({{"1.png", png(1)}, {"2.png", png(2)}});
  for (const auto* name : {"a.zip", "a.npz"}) {
    const auto path = folder.path() / name;
    for (size_t size = 0; size < zip.size(); ++size) {
      ASSERT_TRUE(refusal(path, zip.substr(0, size)).starts_with("cut or damaged: found ")) << size << " bytes";
      const auto opening = data_error_of([&] { (void)open_source(path); });
      ASSERT_TRUE(opening.starts_with(path.string() + ": cut or damaged: found ")) << opening;
      EXPECT_EQ(opening.find("Unrecognized"), std::string::npos);
    }
    const auto damaged = refusal(path, std::string(100, '\0') + zip.substr(100));
    EXPECT_EQ(damaged, "cut or damaged: found content that begins with 00 00 00 00, want a zip file");
  }
  EXPECT_EQ(refusal(folder.path() / "a", zip.substr(0, 40)).rfind("cut or damaged: ", 0), 0U) << "by its first bytes";
  write_bytes(folder.path() / "whole.zip", zip);
  EXPECT_EQ(read_whole(folder.path() / "whole.zip").size(), 2U);
}

TEST(ArchiveTest, AnEmptyNumpyFileIsCalledCut) {
  const TempFolder folder;
  const auto path = folder.path() / "a.npz";
  for (const std::string bytes : {"", "PK", "<html>not found</html>"}) {
    write_bytes(path, bytes);
    const auto error = data_error_of([&] { (void)numpy_arrays(path); });
    EXPECT_TRUE(error.starts_with(path.string() + ": cut or damaged: found ")) << error;
  }
}

std::vector<std::string> images_below(const fs::path& folder) {
  const auto source = open_source(folder);
  const auto stream = source->stream("all");
  std::vector<std::string> names;
  while (const auto image = stream->next()) {
    EXPECT_EQ(image->refusal, "") << image->origin;
    names.push_back(image->origin);
  }
  return names;
}

TEST(ImageFolderTest, LinksToFoldersAreFollowedButNotInCircles) {
  const TempFolder temp;
  const auto root = temp.path() / "root";
  fs::create_directories(root / "cat/deep");
  fs::create_directories(root / ".hidden");
  fs::create_directories(temp.path() / "elsewhere/.hidden");
  for (const auto* name : {"root/cat/10.png", "root/cat/deep/3.png", "root/.hidden/4.png", "elsewhere/2.png",
                           "elsewhere/10.png", "elsewhere/.hidden/1.png"}) {
    write_bytes(temp.path() / name, png(1));
  }
  const std::vector<std::string> own{"cat/10.png", "cat/deep/3.png"};
  EXPECT_EQ(images_below(root), own);
  fs::create_directory_symlink("../elsewhere", root / "dog");
  fs::create_directory_symlink("../elsewhere", root / ".left_out");
  fs::create_directory_symlink("..", root / "cat/deep/up");            // its parent's parent
  fs::create_directory_symlink(root, root / "cat/root");               // the folder that was given
  fs::create_directory_symlink(temp.path(), root / "cat/outside");     // what holds that folder
  fs::create_directory_symlink(root, temp.path() / "elsewhere/back");  // a circle by way of another link
  fs::create_directory_symlink(".", temp.path() / "elsewhere/here");   // itself
  const std::vector<std::string> all{"cat/10.png", "cat/deep/3.png", "dog/2.png", "dog/10.png"};
  EXPECT_EQ(images_below(root), all);
  fs::create_directory_symlink(root, temp.path() / "given");
  EXPECT_EQ(images_below(temp.path() / "given"), all) << "the given folder may itself be a link";
}

TEST(ImageFolderTest, AFolderThatCannotBeReadIsNamed) {
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may read every folder";
  }
  const TempFolder temp;
  write_bytes(temp.path() / "1.png", png(1));
  const auto closed = temp.path() / "cat" / "closed";
  fs::create_directories(closed);
  fs::permissions(closed, fs::perms::none);
  EXPECT_EQ(data_error_of([&] { (void)open_source(temp.path()); }),
            closed.string() + ": cannot be read: Permission denied");
  fs::permissions(closed, fs::perms::owner_all);
}

}  // namespace
}  // namespace veil::io
