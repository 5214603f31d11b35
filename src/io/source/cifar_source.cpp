#include <algorithm>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "io/file/files.h"
#include "io/format/cifar_file.h"
#include "io/source/folder_listing.h"
#include "io/source/format_sources.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr TokenShape kShape{32, 32, 3};

const std::vector<std::string>& cifar10_names() {
  static const std::vector<std::string> names{"airplane", "automobile", "bird",  "cat",  "deer",
                                              "dog",      "frog",       "horse", "ship", "truck"};
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

std::string recognized(const CifarVersion& version, const Split& split, const SourceInfo& info,
                       const fs::path& folder) {
  const bool has_names = version.classes == 10 ? info.class_names == cifar10_names() : info.class_names.size() == 100;
  return has_names && is_real(version, split) ? version.name : custom_name(folder);
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
  // must_be_real: it was asked for by its name.
  CifarSource(const CifarVersion& version, SourceInfo info, std::vector<Split> splits, bool must_be_real)
      : version_(version), info_(std::move(info)), splits_(std::move(splits)), must_be_real_(must_be_real) {
    for (const auto& split : splits_) {
      info_.splits.push_back({split.name, records_in(version_, split)});
    }
  }

  const SourceInfo& info() const override { return info_; }

  std::unique_ptr<ImageStream> stream(const std::string& name) const override {
    const auto position = split_position(info_, name);
    const auto& split = splits_[position];
    require<DataError>(!must_be_real_ || (is_real(version_, split) && !info_.class_names.empty()),
                       split.files.front().parent_path().string(), ": found ", info_.splits[position].images,
                       " images as '", name, "', want ", version_.title, "'s ", real_count(split),
                       ", the same number in each class, and ", version_.names_file, " with its names");
    return std::make_unique<CifarStream>(version_, split, info_.classes);
  }

 private:
  const CifarVersion& version_;
  SourceInfo info_;
  std::vector<Split> splits_;
  bool must_be_real_;
};

SourceInfo info_of(const CifarVersion& version, std::string name) {
  return {.format = concat(version.title, ", binary version"),
          .name = std::move(name),
          .splits = {},
          .shape = kShape,
          .classes = version.classes};
}

}  // namespace

std::unique_ptr<ImageSource> open_cifar_folder(const fs::path& folder, const std::vector<fs::path>& files,
                                               const std::string& name) {
  const bool is_hundred = !find_file(files, {"data_batch_", "test_batch.bin"});
  const auto& version = is_hundred ? kCifar100 : kCifar10;
  auto splits = is_hundred ? cifar100_splits(folder) : cifar10_splits(folder);
  require<DataError>(!splits.empty(), folder.string(), ": found none of ", version.title, "'s files of records");
  auto info = info_of(version, name);
  info.class_names = read_class_names(folder / version.names_file);
  info.classes = info.class_names.empty() ? version.classes : static_cast<int64_t>(info.class_names.size());
  if (name.empty()) {
    info.name = recognized(version, splits.front(), info, folder);
  }
  return std::make_unique<CifarSource>(version, std::move(info), std::move(splits), name == version.name);
}

std::unique_ptr<ImageSource> open_cifar_file(const fs::path& path) {
  const auto& version = is_cifar(kCifar10, path) ? kCifar10 : kCifar100;
  return std::make_unique<CifarSource>(version, info_of(version, custom_name(path)),
                                       std::vector<Split>{{"all", {path}}}, /*must_be_real=*/false);
}

}  // namespace veil::io
