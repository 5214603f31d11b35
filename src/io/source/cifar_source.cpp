#include <algorithm>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "base/words.h"
#include "io/file/digest.h"
#include "io/file/files.h"
#include "io/format/cifar_file.h"
#include "io/source/format_sources.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr TokenShape kShape{32, 32, 3};

// What datasets/photos32 ships.
struct KnownRecords {
  int64_t records;
  const char* sha256;
};
constexpr KnownRecords kPhotosTrain{2400, "aed1742d5d7875f243f67cffdd0b49f4b3d6cb2fc4d8e96e876c7200604062aa"};
constexpr KnownRecords kPhotosTest{500, "65be1149c8dee6be49837137699954ccbe2ce40bdee877220438584843871c70"};

const std::vector<std::string>& cifar10_names() {
  static const std::vector<std::string> names{"airplane", "automobile", "bird",  "cat",  "deer",
                                              "dog",      "frog",       "horse", "ship", "truck"};
  return names;
}

const std::vector<std::string>& photos_names() {
  static const std::vector<std::string> names{"astronaut", "cat", "coffee", "rocket", "raccoon", "galaxies", "retina"};
  return names;
}

// One name a line, as in batches.meta.txt; empty if there is no such file.
std::vector<std::string> read_class_names(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return {};
  }
  const auto bytes = read_file(path, 1 << 16);
  std::istringstream text(std::string(bytes.begin(), bytes.end()));
  std::vector<std::string> names;
  for (std::string line; std::getline(text, line);) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (!line.empty()) {
      names.push_back(line);
    }
  }
  return names;
}

struct Split {
  std::string name;
  std::vector<fs::path> files;
};

// data_batch_1.bin and those that follow it without a gap, and test_batch.bin.
std::vector<Split> cifar10_splits(const fs::path& folder) {
  std::error_code ignored;
  std::vector<Split> splits;
  std::vector<fs::path> train;
  for (int number = 1; number <= 5; ++number) {
    const auto path = folder / concat("data_batch_", number, ".bin");
    if (fs::exists(path, ignored)) {
      require<DataError>(static_cast<int>(train.size()) == number - 1, folder.string(), ": found ",
                         path.filename().string(), ", but data_batch_", number - 1, ".bin is missing");
      train.push_back(path);
    }
  }
  if (!train.empty()) {
    splits.push_back({"train", std::move(train)});
  }
  if (fs::exists(folder / "test_batch.bin", ignored)) {
    splits.push_back({"test", {folder / "test_batch.bin"}});
  }
  return splits;
}

std::vector<Split> cifar100_splits(const fs::path& folder) {
  std::error_code ignored;
  std::vector<Split> splits;
  for (const auto* name : {"train", "test"}) {
    const auto path = folder / concat(name, ".bin");
    if (fs::exists(path, ignored)) {
      splits.push_back({name, {path}});
    }
  }
  return splits;
}

int64_t real_count(const Split& split) { return split.name == "train" ? 50'000 : 10'000; }

// Both sets have the same number of images in each class. There is no published checksum of the single files, only of
// the archives, which the fetching script compares.
bool is_real(const CifarVersion& version, const Split& split) {
  std::vector<int64_t> images(static_cast<size_t>(version.classes), 0);
  for (const auto& file : split.files) {
    for (const auto label : CifarFile(version, file).read_labels()) {
      ++images[static_cast<size_t>(label)];
    }
  }
  const auto wanted = real_count(split) / version.classes;
  return std::all_of(images.begin(), images.end(), [&](int64_t count) { return count == wanted; });
}

bool is_photos(const Split& split) {
  const auto wanted = split.name == "train" ? kPhotosTrain : kPhotosTest;
  return split.files.size() == 1 && CifarFile(kCifar10, split.files.front()).count() == wanted.records &&
         sha256_of_file(split.files.front()) == wanted.sha256;
}

// The known data set of which every split that is there is one, with the names of its classes; else a name of its own.
std::string recognized(const CifarVersion& version, const std::vector<Split>& splits, const SourceInfo& info,
                       const fs::path& folder) {
  if (version.classes == 10 && info.class_names == photos_names() &&
      std::all_of(splits.begin(), splits.end(), is_photos)) {
    return "photos32";
  }
  const bool has_names = version.classes == 10 ? info.class_names == cifar10_names() : info.class_names.size() == 100;
  const auto is_right = [&](const Split& split) { return is_real(version, split); };
  return has_names && std::all_of(splits.begin(), splits.end(), is_right) ? version.name : custom_name(folder);
}

int64_t records_in(const CifarVersion& version, const Split& split) {
  int64_t records = 0;
  for (const auto& file : split.files) {
    records += CifarFile(version, file).count();
  }
  return records;
}

// The records of a split's files, one after the other.
class CifarStream : public ImageStream {
 public:
  CifarStream(const CifarVersion& version, const Split& split, int64_t classes)
      : version_(version), split_(split), classes_(classes) {}

  std::optional<SourceImage> next() override {
    for (; at_ < split_.files.size(); ++at_) {
      if (!file_) {
        file_ = std::make_unique<CifarFile>(version_, split_.files[at_]);
        row_ = 0;
      }
      if (auto record = file_->next()) {
        return image(std::move(*record));
      }
      file_.reset();
    }
    return std::nullopt;
  }

 private:
  SourceImage image(CifarRecord record) {
    const auto& path = split_.files[at_];
    require<DataError>(record.label < classes_, path.parent_path().string(), ": label ", record.label,
                       " has no name: ", version_.names_file, " has ", classes_);
    SourceImage result{.origin = concat(path.filename().string(), "[", row_++, "]"), .label = record.label};
    result.pixels = {kShape.height, kShape.width, kShape.channels, std::move(record.pixels)};
    return result;
  }

  const CifarVersion& version_;
  const Split& split_;
  int64_t classes_;
  std::unique_ptr<CifarFile> file_;
  size_t at_ = 0;    // of the files
  int64_t row_ = 0;  // in the file
};

class CifarSource : public ImageSource {
 public:
  CifarSource(const CifarVersion& version, SourceInfo info, std::vector<Split> splits)
      : version_(version), info_(std::move(info)), splits_(std::move(splits)) {
    for (const auto& split : splits_) {
      info_.splits.push_back({split.name, records_in(version_, split)});
    }
  }

  const SourceInfo& info() const override { return info_; }

  std::unique_ptr<ImageStream> stream(const std::string& name) const override {
    const auto position = split_position(info_, name);
    const auto& split = splits_[position];
    return std::make_unique<CifarStream>(version_, split, info_.classes);
  }

 private:
  const CifarVersion& version_;
  SourceInfo info_;
  std::vector<Split> splits_;
};

SourceInfo info_of(const CifarVersion& version, std::string name) {
  return {.format = concat(version.title, ", binary version"),
          .name = std::move(name),
          .splits = {},
          .shape = kShape,
          .classes = version.classes};
}

bool is_batch_name(const fs::path& path) {
  const auto name = path.filename().string();
  return (name.starts_with("data_batch_") && name.ends_with(".bin")) || name == "test_batch.bin";
}

bool is_hundred_name(const fs::path& path) { return path.filename() == "train.bin" || path.filename() == "test.bin"; }

// A file that is called as one of the two data sets but holds the other's records has its name from somebody else.
void require_records(const CifarVersion& version, const std::vector<Split>& splits) {
  const auto& other = version.classes == 10 ? kCifar100 : kCifar10;
  for (const auto& split : splits) {
    for (const auto& file : split.files) {
      require<DataError>(is_cifar(version, file) || !is_cifar(other, file), file.string(), ": looks like ", other.title,
                         ": its size is a multiple of ", other.record_bytes(), " and its labels fit; ", other.title,
                         "'s files are called ",
                         other.classes == 10 ? "data_batch_1.bin … and test_batch.bin" : "train.bin and test.bin");
    }
  }
}

std::string layout_of(const std::vector<Split>& splits) {
  std::vector<std::string> parts;
  for (const auto& split : splits) {
    const auto first = split.files.front().filename().string();
    parts.push_back(concat(first, split.files.size() > 1 ? " to " : "",
                           split.files.size() > 1 ? split.files.back().filename().string() : "", " is ", split.name));
  }
  return joined(parts, "; ");
}

}  // namespace

bool is_cifar_name(const fs::path& path) {
  const auto name = path.filename().string();
  return is_batch_name(path) || is_hundred_name(path) || name == kCifar10.names_file || name == kCifar100.names_file ||
         name == "coarse_label_names.txt";
}

bool is_cifar_folder(const std::vector<fs::path>& files) {
  const auto holds_records = [](const fs::path& path) {
    std::error_code ignored;
    return is_hundred_name(path) && fs::is_regular_file(path, ignored) &&
           (is_cifar(kCifar100, path) || is_cifar(kCifar10, path));
  };
  return std::any_of(files.begin(), files.end(), is_batch_name) ||
         std::any_of(files.begin(), files.end(), holds_records);
}

std::unique_ptr<ImageSource> open_cifar_folder(const fs::path& folder, const std::vector<fs::path>& files) {
  const bool is_hundred = std::none_of(files.begin(), files.end(), is_batch_name);
  const auto& version = is_hundred ? kCifar100 : kCifar10;
  auto splits = is_hundred ? cifar100_splits(folder) : cifar10_splits(folder);
  require<DataError>(!splits.empty(), folder.string(), ": found none of ", version.title, "'s files of records");
  require_records(version, splits);
  auto info = info_of(version, "");
  info.class_names = read_class_names(folder / version.names_file);
  info.classes = info.class_names.empty() ? version.classes : std::ssize(info.class_names);
  info.name = recognized(version, splits, info, folder);
  info.layout = layout_of(splits);
  return std::make_unique<CifarSource>(version, std::move(info), std::move(splits));
}

std::unique_ptr<ImageSource> open_cifar_file(const fs::path& path) {
  const auto& version = is_cifar(kCifar10, path) ? kCifar10 : kCifar100;
  return std::make_unique<CifarSource>(version, info_of(version, custom_name(path)),
                                       std::vector<Split>{{"all", {path}}});
}

}  // namespace veil::io
