#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "io/file/files.h"
#include "io/file/input_file.h"
#include "io/source/image_files.h"
#include "io/source/image_listing.h"
#include "io/source/left_out.h"
#include "io/source/source_names.h"
#include "io/source/split_words.h"
#include "io/source/variant.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr size_t kKindsInALine = 2;
constexpr int64_t kLargestFile = int64_t{256} << 20;

// A folder to be listed, and how it was reached.
struct Branch {
  fs::path path;                // below the given folder, through links
  std::vector<fs::path> homes;  // where that is: the canonical folder itself, and before it each that holds a link
};

bool holds(const fs::path& folder, const fs::path& inner) {
  return std::mismatch(folder.begin(), folder.end(), inner.begin(), inner.end()).first == folder.end();
}

// The folder behind a link in `branch`; nullopt if it is one of those that hold the link: there would be no end of it.
std::optional<Branch> behind_link(const Branch& branch, const fs::path& link) {
  std::error_code error;
  const auto home = fs::canonical(link, error);
  require<DataError>(!error, link.string(), ": cannot be read: ", error.message());
  if (std::any_of(branch.homes.begin(), branch.homes.end(), [&](const auto& inner) { return holds(home, inner); })) {
    return std::nullopt;
  }
  Branch behind{.path = branch.path / link.filename(), .homes = branch.homes};
  behind.homes.push_back(home);
  return behind;
}

Branch inside(Branch branch, const fs::path& name) {
  branch.path /= name;
  branch.homes.back() /= name;
  return branch;
}

struct Names {
  std::vector<std::string> files;
  std::vector<std::string> hidden;
};

// Adds the files of one folder to `names` and its sub-folders to `open`.
void list_branch(const fs::path& root, const Branch& branch, Names& names, std::vector<Branch>& open) {
  const auto folder = branch.path.empty() ? root : root / branch.path;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    const auto name = entry->path().filename();
    if (is_of_system(name.string())) {
      names.hidden.push_back((branch.path / name).generic_string());
      continue;
    }
    if (!entry->is_directory(ignored)) {
      names.files.push_back((branch.path / name).generic_string());
    } else if (!entry->is_symlink(ignored)) {
      open.push_back(inside(branch, name));
    } else if (auto behind = behind_link(branch, entry->path())) {
      open.push_back(std::move(*behind));
    }
  }
  require<DataError>(!error, folder.string(), ": cannot be read: ", error.message());
}

Names names_below(const fs::path& folder) {
  Names names;
  std::error_code ignored;
  std::vector<Branch> open{{.path = {}, .homes = {fs::weakly_canonical(folder, ignored)}}};
  while (!open.empty()) {
    const auto branch = std::move(open.back());
    open.pop_back();
    list_branch(folder, branch, names, open);
  }
  std::sort(names.files.begin(), names.files.end(), natural_less);
  std::sort(names.hidden.begin(), names.hidden.end(), natural_less);
  return names;
}

// What the first bytes of a file say it is; empty: perhaps an image. A file that cannot be read is kept, to be refused
// by name, but not a link to nowhere that is not even called an image.
std::string kind_of_file(const fs::path& path) {
  try {
    InputFile file(path);
    std::array<uint8_t, kStartBytes> start{};
    return kind_of_other(path.filename().string(), std::span<const uint8_t>(start).first(file.read(start)));
  } catch (const DataError&) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored) ? "" : "links to nowhere, pipes and the like";
  }
}

void sort_file(const fs::path& path, std::string name, FolderFiles& files) {
  auto kind = has_image_ending(name) ? "" : kind_of_file(path);
  if (kind.empty()) {
    files.images.push_back(std::move(name));
  } else {
    files.others.emplace_back(std::move(name), std::move(kind));
  }
}

// Of few kinds in the same line.
std::string what_is_there(const std::vector<LeftOut>& list) {
  if (list.size() <= kKindsInALine) {
    return list.empty() ? "" : concat("; what is there: ", left_out_text(list));
  }
  std::string text = ", want pictures (PNG, JPEG, WebP, BMP, GIF, PNM, TGA) or arrays; what is there:";
  for (const auto& each : in_order(list)) {
    text += concat("\n", left_out_text({each}));
  }
  return text;
}

class FolderSource : public ImageSource {
 public:
  FolderSource(fs::path folder, FolderFiles files) : folder_(std::move(folder)) {
    info_.left_out = left_out_of(files);
    require<DataError>(!files.images.empty(), folder_.string(), ": found no image in the folder",
                       what_is_there(info_.left_out));
    try {
      listing_ = list_images(std::move(files.images), own_split_of(folder_));
    } catch (const DataError& error) {
      throw DataError(concat(folder_.string(), ": ", error.what()));
    }
    require<DataError>(!listing_.images.empty(), folder_.string(), ": found no image in the folders that name splits");
    info_.format = "image files in a folder";
    info_.name = custom_name(folder_);
    info_.splits = listing_.splits;
    info_.classes = std::ssize(listing_.class_names);
    info_.class_names = listing_.class_names;
    info_.unlabelled = listing_.unlabelled;
    info_.layout = listing_.layout;
    info_.remarks = listing_.remarks;
    for (const auto& name : listing_.outside) {
      leave_out(info_.left_out, kOutside, name);
    }
    const auto& first = listing_.images.front().name;
    info_.name = recognized_name(info_, first.substr(0, first.find('/')));
  }

  const SourceInfo& info() const override { return info_; }
  std::unique_ptr<ImageStream> stream(const std::string& split) const override;

  const fs::path& folder() const { return folder_; }
  const ImageListing& listing() const { return listing_; }

 private:
  // A folder called valid_64x64 is one split, unless its sub-folders are splits.
  static std::string own_split_of(const fs::path& folder) {
    std::error_code ignored;
    std::set<std::string> splits;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      const auto name = entry.path().filename().string();
      if (entry.is_directory(ignored) && !split_name_of(name).split.empty()) {
        splits.insert(split_name_of(name).split);
        if (!split_of_folder(name).empty()) {
          return "";
        }
      }
    }
    return splits.size() > 1 ? "" : split_of_folder(fs::weakly_canonical(folder, ignored).filename().string());
  }

  fs::path folder_;
  ImageListing listing_;
  SourceInfo info_;
};

class FolderStream : public ImageStream {
 public:
  FolderStream(const FolderSource& source, size_t split) : source_(source), split_(split) {}

  std::optional<SourceImage> next() override {
    const auto& images = source_.listing().images;
    while (at_ < images.size() && images[at_].split != split_) {
      ++at_;
    }
    if (at_ == images.size()) {
      return std::nullopt;
    }
    const auto& listed = images[at_++];
    SourceImage image{.origin = listed.name, .label = listed.label, .is_file = true};
    image.file = read(source_.folder() / listed.name, image.refusal);
    return image;
  }

 private:
  // What cannot be read (a pipe, a link to nowhere) is refused like what cannot be decoded.
  static std::vector<uint8_t> read(const fs::path& path, std::string& refusal) {
    try {
      return read_file(path, kLargestFile);
    } catch (const DataError& error) {
      const std::string text = error.what();
      refusal = text.substr(std::min(text.size(), path.string().size() + 2));
      return {};
    }
  }

  const FolderSource& source_;
  size_t split_;
  size_t at_ = 0;
};

std::unique_ptr<ImageStream> FolderSource::stream(const std::string& split) const {
  return std::make_unique<FolderStream>(*this, split_position(info_, split));
}

}  // namespace

FolderFiles list_folder(const fs::path& folder) {
  FolderFiles files;
  auto names = names_below(folder);
  for (auto& name : names.files) {
    const auto path = folder / name;
    sort_file(path, std::move(name), files);
  }
  files.hidden = std::move(names.hidden);
  return files;
}

FolderFiles list_files(const std::vector<fs::path>& paths) {
  FolderFiles files;
  for (const auto& path : paths) {
    sort_file(path, path.filename().string(), files);
  }
  return files;
}

std::vector<LeftOut> left_out_of(const FolderFiles& files) {
  std::vector<LeftOut> list;
  for (const auto& [name, kind] : files.others) {
    leave_out(list, kind, name);
  }
  for (const auto& name : files.hidden) {
    leave_out(list, kHidden, name);
  }
  return list;
}

std::unique_ptr<ImageSource> open_image_folder(const fs::path& folder, FolderFiles files) {
  return std::make_unique<FolderSource>(folder, std::move(files));
}

}  // namespace veil::io
