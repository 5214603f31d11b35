#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "base/words.h"
#include "io/file/digest.h"
#include "io/file/ending.h"
#include "io/format/idx_file.h"
#include "io/source/class_numbers.h"
#include "io/source/folder_listing.h"
#include "io/source/format_sources.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kFashionClasses = 10;
constexpr TokenShape kFashionShape{28, 28, 1};
constexpr const char* kFormat = "IDX";
constexpr std::array<std::string_view, 9> kOtherEndings{".zip", ".tar", ".tgz", ".npy", ".npz",
                                                        ".h5",  ".csv", ".txt", ".json"};
constexpr std::array<const char*, 6> kIdxPrefixes{"train-images", "t10k-images", "test-images",
                                                  "train-labels", "t10k-labels", "test-labels"};

// SHA-256 of the values, unpacked, of the files of known data sets.
struct KnownSplit {
  const char* name;  // of the data set
  const char* split;
  const char* images;
  const char* labels;
};

constexpr const char* kTestImages = "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a";
constexpr const char* kTestLabels = "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9";
constexpr std::array<KnownSplit, 4> kKnown{
    {{"fashion-mnist", "train", "2929ae1c7b89e0ee6587bbe4911fd5f0a5dafe21ae6ed9b737173cbfe20c12c9",
      "1022e4632874e71bb84d924c475e6a3428a2deeb8c5a0f612a015c97e4fce7f0"},
     {"fashion-mnist", "test", kTestImages, kTestLabels},
     {"fashion-mnist-full", "train", "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012",
      "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7"},
     {"fashion-mnist-full", "test", kTestImages, kTestLabels}}};

const std::vector<std::string>& fashion_names() {
  static const std::vector<std::string> names{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                              "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  return names;
}

std::vector<std::string> prefixes_of(const std::string& split, const std::string& content) {
  return split == "train" ? std::vector<std::string>{"train-" + content}
                          : std::vector<std::string>{"t10k-" + content, "test-" + content};
}

std::vector<int64_t> image_sizes(const fs::path& path) {
  auto sizes = IdxFile(path).sizes();
  require<DataError>(sizes.size() == 3 || sizes.size() == 4, path.string(), ": found IDX values of shape ",
                     bracketed(sizes), ", want images [N, H, W] or [N, H, W, C]");
  return sizes;
}

TokenShape shape_of(const std::vector<int64_t>& sizes) {
  return {sizes[1], sizes[2], sizes.size() == 4 ? sizes[3] : 1};
}

std::vector<uint8_t> read_labels(const fs::path& path) {
  IdxFile file(path);
  require<DataError>(file.sizes().size() == 1, path.string(), ": found IDX values of shape ", bracketed(file.sizes()),
                     ", want labels [N]");
  return file.read_rest();
}

std::string sha256_of_values(const fs::path& path) {
  IdxFile file(path);
  Sha256 digest;
  std::vector<uint8_t> block(size_t{1} << 16);
  for (auto found = file.read(block); found > 0; found = file.read(block)) {
    digest.add(std::span(block).first(found));
  }
  return digest.hexadecimal();
}

// A split in two files. Labels are a byte each, and all in memory.
struct IdxSplit {
  fs::path images;
  fs::path labels_file;  // empty: there is none
  std::vector<uint8_t> labels;
};

// Whether what there is of a split is what the known one has.
bool is_known(const KnownSplit& known, const std::string& images, const std::vector<uint8_t>& labels) {
  return images == known.images && (labels.empty() || sha256_of(labels) == known.labels);
}

// The known data set of which every split that is there is one; else "". names[i]: of splits[i].
std::string recognized(const std::vector<std::string>& names, const std::vector<IdxSplit>& splits) {
  std::vector<std::string> digests;
  for (const auto& split : splits) {
    digests.push_back(sha256_of_values(split.images));
  }
  for (const auto& candidate : kKnown) {
    bool is_all = true;
    for (size_t i = 0; i < splits.size(); ++i) {
      is_all &= std::any_of(kKnown.begin(), kKnown.end(), [&](const auto& known) {
        return std::string_view(known.name) == candidate.name && (names[i] == known.split || names[i] == "all") &&
               is_known(known, digests[i], splits[i].labels);
      });
    }
    if (is_all) {
      return candidate.name;
    }
  }
  return "";
}

std::string name_of(const TokenShape& shape, const std::vector<std::string>& names, const std::vector<IdxSplit>& splits,
                    const fs::path& path) {
  const auto known = shape == kFashionShape ? recognized(names, splits) : "";
  return known.empty() ? custom_name(path) : known;
}

class IdxStream : public ImageStream {
 public:
  // first: the label that is class 0.
  IdxStream(const IdxSplit& split, const TokenShape& shape, int64_t first)
      : split_(split), shape_(shape), first_(first), file_(split.images) {}

  std::optional<SourceImage> next() override {
    std::vector<uint8_t> values(static_cast<size_t>(shape_.length()));
    if (file_.read(values) < values.size()) {
      return std::nullopt;
    }
    SourceImage image{.origin = concat(split_.images.filename().string(), "[", row_, "]")};
    image.label = split_.labels.empty() ? -1 : split_.labels[row_] - first_;
    image.pixels = {shape_.height, shape_.width, shape_.channels, std::move(values)};
    ++row_;
    return image;
  }

 private:
  const IdxSplit& split_;
  TokenShape shape_;
  int64_t first_;
  IdxFile file_;
  size_t row_ = 0;
};

class IdxSource : public ImageSource {
 public:
  IdxSource(SourceInfo info, std::vector<IdxSplit> splits, int64_t first)
      : info_(std::move(info)), splits_(std::move(splits)), first_(first) {}

  const SourceInfo& info() const override { return info_; }

  std::unique_ptr<ImageStream> stream(const std::string& name) const override {
    const auto position = split_position(info_, name);
    const auto& split = splits_[position];
    const auto images = info_.splits[position].images;
    require<DataError>(split.labels_file.empty() || std::ssize(split.labels) == images, split.labels_file.string(),
                       ": found ", split.labels.size(), " labels, want ", images, ", one for each image of ",
                       split.images.filename().string());
    return std::make_unique<IdxStream>(split, *info_.shape, first_);
  }

 private:
  SourceInfo info_;
  std::vector<IdxSplit> splits_;
  int64_t first_;  // the label that is class 0
};

// By split. A split's labels count though it has no images: both splits must agree on the number of classes.
std::map<std::string, IdxSplit> read_labels_of(const std::vector<fs::path>& files) {
  std::map<std::string, IdxSplit> splits;
  for (const auto* name : {"train", "test"}) {
    auto& split = splits[name];
    if (const auto path = find_file(files, prefixes_of(name, "labels"))) {
      split.labels_file = *path;
      split.labels = read_labels(*path);
    }
  }
  return splits;
}

ClassNumbers classes_of(const std::map<std::string, IdxSplit>& splits) {
  std::vector<bool> occurs;
  for (const auto& [name, split] : splits) {
    for (const auto label : split.labels) {
      occurs.resize(std::max(occurs.size(), static_cast<size_t>(label) + 1));
      occurs[label] = true;
    }
  }
  return class_numbers(occurs);
}

void name_classes(SourceInfo& info, ClassNumbers numbers) {
  info.class_names = std::move(numbers.names);
  if (!numbers.remark.empty()) {
    info.remarks.push_back(std::move(numbers.remark));
  }
  if (info.name.starts_with("fashion-mnist") && info.classes == kFashionClasses) {
    info.class_names = fashion_names();
  }
}

std::string layout_of(const std::string& split, const IdxSplit& files) {
  return concat(files.images.filename().string(), " is ", split,
                files.labels_file.empty() ? "" : concat(", ", files.labels_file.filename().string(), " its labels"));
}

}  // namespace

bool is_idx_name(const fs::path& path) {
  const auto name = path.filename().string();
  const auto ending = ending_of(path);
  const bool is_other = has_image_ending(name) || name.ends_with(".tar.gz") ||
                        std::find(kOtherEndings.begin(), kOtherEndings.end(), ending) != kOtherEndings.end();
  return !is_other && std::any_of(kIdxPrefixes.begin(), kIdxPrefixes.end(),
                                  [&](const auto* start) { return name.starts_with(start); });
}

std::unique_ptr<ImageSource> open_idx_folder(const fs::path& folder, const std::vector<fs::path>& files) {
  auto labelled = read_labels_of(files);
  auto numbers = classes_of(labelled);
  SourceInfo info{.format = kFormat, .name = {}, .splits = {}, .shape = {}, .classes = numbers.classes};
  std::vector<IdxSplit> splits;
  std::vector<std::string> names;
  for (const auto* split : {"train", "test"}) {
    const auto images = find_file(files, prefixes_of(split, "images"));
    if (!images) {
      continue;
    }
    const auto sizes = image_sizes(*images);
    const auto shape = shape_of(sizes);
    require<DataError>(!info.shape || *info.shape == shape, images->string(), ": found images of ", shape_text(shape),
                       ", other than those of the train split");
    info.shape = shape;
    info.splits.push_back({split, sizes[0]});
    names.emplace_back(split);
    splits.push_back(std::move(labelled.at(split)));
    splits.back().images = *images;
    require<DataError>(info.classes == 0 || !splits.back().labels_file.empty(), folder.string(),
                       ": found no file of labels for the split '", split, "', but one for the other");
    info.layout += concat(info.layout.empty() ? "" : "; ", layout_of(split, splits.back()));
  }
  require<DataError>(!splits.empty(), folder.string(), ": found IDX labels, but no file of images (train-images…)");
  info.name = name_of(*info.shape, names, splits, folder);
  const auto first = numbers.first;
  name_classes(info, std::move(numbers));
  return std::make_unique<IdxSource>(std::move(info), std::move(splits), first);
}

std::unique_ptr<ImageSource> open_idx_file(const fs::path& path) {
  const auto sizes = image_sizes(path);
  std::vector<IdxSplit> splits{{path, {}, {}}};
  SourceInfo info{.format = kFormat,
                  .name = name_of(shape_of(sizes), {"all"}, splits, path),
                  .splits = {{"all", sizes[0]}},
                  .shape = shape_of(sizes)};
  return std::make_unique<IdxSource>(std::move(info), std::move(splits), 0);
}

}  // namespace veil::io
