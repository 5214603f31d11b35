#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "io/file/archive_reader.h"
#include "io/source/image_files.h"
#include "io/source/source_names.h"
#include "io/source/variant.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kLargestMember = int64_t{256} << 20;

bool is_hidden(const std::string& name) { return name.starts_with('.') || name.find("/.") != std::string::npos; }

// "./cat/7.png" is what tar makes of a folder called "."; the dot says nothing.
std::string plain_name(const std::string& name) { return name.starts_with("./") ? name.substr(2) : name; }

struct Archive {
  fs::path path;
  ImageListing listing;
};

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
    std::vector<std::string> names;
    for (const auto& member : list_members(path)) {
      if (auto plain = plain_name(member.name); !is_hidden(plain)) {
        names.push_back(std::move(plain));
      }
    }
    require<DataError>(!names.empty(), path.string(), ": found no files in the archive, want images");
    const auto name = path.filename().string();
    const auto own = is_one_of_several ? split_of_name(name) : split_of_folder(name.substr(0, name.find('.')));
    require<DataError>(!is_one_of_several || !own.empty(), path.string(),
                       ": one archive of several in the folder, but its name is none of train*, valid*, val*, test*");
    try {
      archives_.push_back({path, list_images(std::move(names), own)});
    } catch (const DataError& error) {
      throw DataError(concat(path.string(), ": ", error.what()));
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
  ArchiveStream(const Archive& archive, size_t split) : reader_(archive.path) {
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
      if (found != listed_.end()) {
        SourceImage image{.origin = name, .label = found->second.label, .is_file = true};
        if (std::exchange(found->second.is_taken, true)) {
          image.refusal = "a second file of this name in the archive";
        } else {
          image.file = reader_.read_all(kLargestMember);
        }
        return image;
      }
    }
    return std::nullopt;
  }

 private:
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

std::unique_ptr<ImageSource> open_image_archives(const fs::path& path, const std::vector<fs::path>& files) {
  return std::make_unique<ArchiveSource>(path, files);
}

}  // namespace veil::io
