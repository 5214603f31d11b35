#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/words.h"
#include "io/file/archive_reader.h"
#include "io/source/image_files.h"
#include "io/source/image_listing.h"
#include "io/source/left_out.h"
#include "io/source/python_files.h"
#include "io/source/source_names.h"
#include "io/source/variant.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kLargestMember = int64_t{256} << 20;

// "./cat/7.png" is what tar makes of a folder called "."; the dot says nothing.
std::string plain_name(const std::string& name) { return name.starts_with("./") ? name.substr(2) : name; }

struct Archive {
  fs::path path;
  ImageListing listing;
};

// What is in an archive: the same rule as for a folder.
FolderFiles list_archive(const fs::path& path) {
  FolderFiles found;
  ArchiveReader reader(path, UnusableMembers::kTell);
  std::array<uint8_t, kStartBytes> start{};
  while (const auto member = reader.next()) {
    auto name = plain_name(member->name);
    if (auto hidden = system_part(name); !hidden.empty()) {
      found.hidden.push_back(std::move(hidden));
      continue;
    }
    if (!member->unusable.empty()) {
      found.others.emplace_back(std::move(name), member->unusable);
      continue;
    }
    const auto seen = has_image_ending(name) ? 0 : reader.read(start);
    auto kind = kind_of_other(name, std::span<const uint8_t>(start).first(seen));
    if (kind.empty()) {
      found.images.push_back(std::move(name));
    } else {
      found.others.emplace_back(std::move(name), std::move(kind));
    }
  }
  std::sort(found.hidden.begin(), found.hidden.end());  // of a folder each file in it named it
  found.hidden.erase(std::unique(found.hidden.begin(), found.hidden.end()), found.hidden.end());
  return found;
}

// For an archive without images: what it holds, and how to get at it.
std::string what_else(const fs::path& path, const FolderFiles& found) {
  if (found.others.empty()) {
    return ": it is empty";
  }
  const auto name = path.filename().string();
  std::vector<std::string> names;
  for (const auto& [other, kind] : found.others) {
    names.push_back(other);
  }
  const auto end = names.front().find('/');
  const auto folder = names.front().substr(0, end == std::string::npos ? 0 : end);
  const auto known = cifar_version_of_names(names);
  if (known.ends_with("python version")) {
    return concat(", but ", known, ", pickles, which could run code; get the binary version: datasets/fetch.sh ",
                  known.starts_with("CIFAR-100") ? "cifar100" : "cifar10");
  }
  const std::string unpack = name.ends_with(".zip") ? "unzip " : "tar -xf ";
  return concat(", but ", known.empty() ? left_out_text(left_out_of(found)) : known, "; unpack it (", unpack,
                in_shell_quotes(name), ") and give ", folder.empty() ? "what is in it" : concat("the folder ", folder));
}

class ArchiveSource : public ImageSource {
 public:
  ArchiveSource(const fs::path& path, const std::vector<fs::path>& files) {
    for (const auto& archive : files) {
      add(archive, files.size() > 1);
    }
    std::sort(archives_.begin(), archives_.end(), [](const auto& left, const auto& right) {
      return split_rank(left.listing.splits.front().name) < split_rank(right.listing.splits.front().name);
    });
    for (const auto& archive : archives_) {
      info_.splits.insert(info_.splits.end(), archive.listing.splits.begin(), archive.listing.splits.end());
    }
    info_.format = files.size() > 1 ? "archives of images" : "an archive of images";
    use_valid_as_test(info_.splits);
    number_classes();
    info_.name = custom_name(path);
    const auto stem = files.front().filename().string();
    info_.name = recognized_name(info_, stem.substr(0, stem.find('.')));
  }

  const SourceInfo& info() const override { return info_; }
  std::unique_ptr<ImageStream> stream(const std::string& split) const override;

 private:
  void add(const fs::path& path, bool is_one_of_several) {
    auto found = list_archive(path);
    require<DataError>(!found.images.empty(), path.string(), ": found no image in the archive", what_else(path, found));
    const auto name = path.filename().string();
    const auto own = is_one_of_several ? split_of_name(name) : split_of_folder(name.substr(0, name.find('.')));
    require<DataError>(!is_one_of_several || !own.empty(), path.string(),
                       ": one archive of several in the folder, but its name is none of train*, valid*, val*, test*");
    try {
      archives_.push_back({path, list_images(std::move(found.images), own)});
    } catch (const DataError& error) {
      throw DataError(concat(path.string(), ": ", error.what()));
    }
    note(archives_.back().listing, found, is_one_of_several ? name + ": " : "");
  }

  void note(const ImageListing& listing, const FolderFiles& files, const std::string& where) {
    for (const auto& [other, kind] : files.others) {
      leave_out(info_.left_out, kind, where + other);
    }
    for (const auto& hidden : files.hidden) {
      leave_out(info_.left_out, kHidden, where + hidden);
    }
    for (const auto& name : listing.outside) {
      leave_out(info_.left_out, kOutside, where + name);
    }
    info_.remarks.insert(info_.remarks.end(), listing.remarks.begin(), listing.remarks.end());
    if (!listing.layout.empty()) {
      info_.layout += concat(info_.layout.empty() ? "" : "; ", where, listing.layout);
    }
  }

  // The classes of all files together; a split that lacks one still counts it.
  void number_classes() {
    std::set<std::string> names;
    bool all_have_classes = true;
    for (const auto& archive : archives_) {
      names.insert(archive.listing.class_names.begin(), archive.listing.class_names.end());
      all_have_classes &= !archive.listing.class_names.empty();
      info_.unlabelled += info_.unlabelled.empty() ? archive.listing.unlabelled : "";
    }
    if (!all_have_classes) {
      names.clear();
    }
    info_.class_names.assign(names.begin(), names.end());
    info_.classes = static_cast<int64_t>(names.size());
    for (auto& archive : archives_) {
      for (auto& image : archive.listing.images) {
        image.label = image.label < 0 || names.empty()
                          ? -1
                          : std::distance(names.begin(),
                                          names.find(archive.listing.class_names[static_cast<size_t>(image.label)]));
      }
    }
  }

  std::vector<Archive> archives_;
  SourceInfo info_;
};

class ArchiveStream : public ImageStream {
 public:
  // split: its index among the splits of this archive.
  ArchiveStream(const Archive& archive, size_t split) : reader_(archive.path, UnusableMembers::kTell) {
    for (const auto& image : archive.listing.images) {
      if (image.split == split) {
        listed_.emplace(image.name, Listed{.label = image.label});
      }
    }
  }

  std::optional<SourceImage> next() override {
    while (const auto member = reader_.next()) {
      const auto name = plain_name(member->name);
      const auto found = listed_.find(name);
      if (member->unusable.empty() && found != listed_.end()) {
        SourceImage image{.origin = name, .label = found->second.label, .is_file = true};
        if (std::exchange(found->second.is_taken, true)) {
          image.refusal = "a second file of this name in the archive";
        } else {
          read(*member, image);
        }
        return image;
      }
    }
    return std::nullopt;
  }

 private:
  // One that is too large is refused, as in a folder, and the others are read.
  void read(const Member& member, SourceImage& image) {
    auto bytes = member.size > kLargestMember ? std::nullopt : reader_.read_within(kLargestMember);
    if (bytes) {
      image.file = std::move(*bytes);
    } else {
      image.refusal =
          concat("found ", member.size < 0 ? "more" : concat(member.size), " bytes, want at most ", kLargestMember);
    }
  }

  struct Listed {
    int64_t label = -1;
    bool is_taken = false;  // a tar that was appended to may hold a name again
  };

  ArchiveReader reader_;
  std::map<std::string, Listed> listed_;
};

std::unique_ptr<ImageStream> ArchiveSource::stream(const std::string& split) const {
  size_t before = 0;
  const auto position = split_position(info_, split);
  for (const auto& archive : archives_) {
    const auto count = archive.listing.splits.size();
    if (position < before + count) {
      return std::make_unique<ArchiveStream>(archive, position - before);
    }
    before += count;
  }
  throw InvalidArgument(concat(info_.name, ": has no split '", split, "'"));
}

}  // namespace

int64_t images_in_archive(const fs::path& file) {
  const auto members = list_members(file);
  return std::count_if(members.begin(), members.end(), [](const auto& member) {
    return has_image_ending(member.name) && system_part(plain_name(member.name)).empty();
  });
}

std::unique_ptr<ImageSource> open_image_archives(const fs::path& path, const std::vector<fs::path>& files) {
  return std::make_unique<ArchiveSource>(path, files);
}

}  // namespace veil::io
