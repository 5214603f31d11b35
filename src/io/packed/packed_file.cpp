#include "io/packed/packed_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "io/file/digest.h"
#include "io/file/input_file.h"
#include "io/packed/hdf5_checksums.h"
#include "io/packed/hdf5_handle.h"
#include "io/packed/packed_layout.h"
#include "io/packed/packed_objects.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"
#include "veil/data/dataset_info.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxSide = 16'384;
constexpr int64_t kMostImages = int64_t{1} << 32;
constexpr int64_t kLabelBlock = int64_t{1} << 20;
constexpr int64_t kMostNameBytes = int64_t{1} << 30;
constexpr int64_t kHashedBytes = int64_t{16} << 20;
constexpr std::array<const char*, 4> kSplitOrder{"train", "valid", "test", "all"};

struct Split {
  Hdf5Handle tokens;
  Hdf5Handle labels;
  Hdf5Handle names;  // closed if the file has none
  std::string sha256;
  std::string names_sha256;
};

}  // namespace

class PackedFile::Impl {
 public:
  explicit Impl(const fs::path& path) : path_(path) {
    require<DataError>(is_hdf5(path), path.string(), ": found no HDF5 signature, want a file made by veil data pack");
    require_hdf5_checksums(path);
    const auto lock = hdf5_lock();
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_file_locking(access.get(), false, true);  // many file systems of clusters have no locks, and nobody writes
    file_ = {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose};
    refuse_unless(file_.is_open(), "the HDF5 data are damaged or cut");
    const PackedObjects objects(file_.get(), path);
    check_format(objects);
    info_.format = "packed HDF5";
    info_.name = objects.text("name");
    info_.preparation = objects.text("preparation");
    info_.provenance = objects.text("provenance");
    info_.without_duplicates = objects.has_attribute(kDuplicates);
    refuse_unless(!info_.without_duplicates || objects.text(kDuplicates) == kDropped,
                  concat("the attribute '", kDuplicates, "' is not '", kDropped, "'"));
    info_.classes = objects.integer("classes");
    refuse_unless(info_.classes >= 0 && info_.classes <= kMaxClasses,
                  concat("found ", info_.classes, " classes, want [0, ", kMaxClasses, "]"));
    info_.class_names = objects.names(kClassNames, info_.classes);
    refuse_unless(info_.class_names.empty() || objects.text(kClassNamesDigest) == sha256_of_texts(info_.class_names),
                  "the names of the classes are not what was packed");
    for (const auto* name : kSplitOrder) {
      if (objects.has(name)) {
        open_split(name);
      }
    }
    refuse_unless(!splits_.empty(), "found no split in it, want train, valid, test or all");
  }

  ~Impl() {
    const auto lock = hdf5_lock();
    splits_.clear();
    file_.reset();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  Impl(Impl&&) = delete;
  Impl& operator=(Impl&&) = delete;

  const SourceInfo& info() const { return info_; }
  const std::string& sha256(size_t split) const { return splits_.at(split).sha256; }

  void read_tokens(size_t split, int64_t first, int64_t count, std::span<uint8_t> out) const {
    const auto& shape = *info_.shape;
    check_rows(split, first, count, static_cast<int64_t>(out.size()), shape.length());
    const std::vector<hsize_t> sizes{static_cast<hsize_t>(count), static_cast<hsize_t>(shape.height),
                                     static_cast<hsize_t>(shape.width), static_cast<hsize_t>(shape.channels)};
    read(splits_[split].tokens.get(), "images", H5T_NATIVE_UINT8, first, sizes, out.data());
  }

  std::vector<std::string> read_names(size_t split) const {
    const auto& set = splits_.at(split).names;
    const auto& [name, images] = info_.splits[split];
    if (!set.is_open()) {
      return {};
    }
    const auto lock = hdf5_lock();
    const auto bytes = static_cast<hsize_t>(array_sizes(set.get()).front());
    std::string text(bytes, '\0');
    read(set.get(), "names", H5T_NATIVE_UINT8, 0, {bytes}, text.data());
    const auto digest = sha256_of({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    refuse_unless(digest == splits_[split].names_sha256 && text.back() == '\0' &&
                      std::count(text.begin(), text.end(), '\0') == images,
                  concat("the names of the images of ", name, " are not what was packed"));
    std::vector<std::string> names;
    for (size_t begin = 0; begin < text.size(); begin += names.back().size() + 1) {
      names.emplace_back(text, begin, text.find('\0', begin) - begin);
    }
    return names;
  }

  void read_labels(size_t split, int64_t first, int64_t count, std::span<int64_t> out) const {
    require(info_.classes > 0, path_.string(), ": has no labels");
    check_rows(split, first, count, static_cast<int64_t>(out.size()), 1);
    read(splits_[split].labels.get(), "labels", H5T_NATIVE_INT64, first, {static_cast<hsize_t>(count)}, out.data());
    for (const auto label : out) {
      refuse_unless(label >= 0 && label < info_.classes,
                    concat("label ", label, ", want [0, ", info_.classes - 1, "]"));
    }
  }

 private:
  void refuse_unless(bool condition, const std::string& what) const {
    require<DataError>(condition, path_.string(), ": ", what);
  }

  void check_format(const PackedObjects& objects) const {
    refuse_unless(
        objects.has_attribute("format") && objects.text("format") == kPackedFormat,
        "found an HDF5 file that veil data pack did not make; arrays of others can be saved with numpy.savez");
    const auto version = objects.integer("version");
    refuse_unless(version == kPackedVersion,
                  concat("found version ", version, " of the format, want ", kPackedVersion));
  }

  void open_split(const std::string& name) {
    const Hdf5Handle group(H5Gopen2(file_.get(), name.c_str(), H5P_DEFAULT), H5Gclose);
    refuse_unless(group.is_open(), concat(name, " is not a group"));
    const PackedObjects objects(group.get(), path_, name);
    Split split{.tokens = objects.array(kTokens, H5T_STD_U8LE, 4),
                .labels = {},
                .names = {},
                .sha256 = objects.text(kTokensDigest),
                .names_sha256 = {}};
    const auto sizes = array_sizes(split.tokens.get());
    const TokenShape shape{sizes[1], sizes[2], sizes[3]};
    refuse_unless(sizes[0] > 0 && sizes[0] <= kMostImages && shape.height > 0 && shape.height <= kMaxSide &&
                      shape.width > 0 && shape.width <= kMaxSide && (shape.channels == 1 || shape.channels == 3),
                  concat(name, "/tokens has sizes out of range"));
    refuse_unless(!info_.shape || *info_.shape == shape, "its splits differ in shape");
    if (info_.classes > 0) {
      split.labels = objects.array(kLabels, H5T_STD_I64LE, 1);
      refuse_unless(array_sizes(split.labels.get()) == std::vector<int64_t>{sizes[0]},
                    concat(name, "/labels has not one label for each image"));
    }
    if (objects.has(kNames)) {
      split.names = objects.array(kNames, H5T_STD_U8LE, 1);
      split.names_sha256 = objects.text(kNamesDigest);
      const auto bytes = array_sizes(split.names.get()).front();
      refuse_unless(bytes >= sizes[0] && bytes / (kMaxName + 1) <= sizes[0] && bytes <= kMostNameBytes,
                    concat(name, "/names has not one name for each image"));
    }
    info_.shape = shape;
    info_.splits.push_back({name, sizes[0]});
    splits_.push_back(std::move(split));
    if (info_.classes > 0) {
      check_labels(objects.text(kLabelsDigest));
    }
  }

  // All labels of the last split: a class that turned into another is seen by nobody later.
  void check_labels(const std::string& wanted) const {
    const auto split = splits_.size() - 1;
    const auto images = info_.splits[split].images;
    std::vector<int64_t> labels(static_cast<size_t>(std::min(images, kLabelBlock)));
    Sha256 digest;
    for (int64_t first = 0; first < images; first += kLabelBlock) {
      const auto part = std::span(labels).first(static_cast<size_t>(std::min(kLabelBlock, images - first)));
      read_labels(split, first, std::ssize(part), part);
      digest.add(bytes_of(part));
    }
    refuse_unless(digest.hexadecimal() == wanted,
                  concat("the labels of ", info_.splits[split].name, " are not what was packed"));
  }

  void check_rows(size_t split, int64_t first, int64_t count, int64_t room, int64_t row) const {
    require(split < splits_.size(), "split ", split, ", want one of ", splits_.size());
    const auto images = info_.splits[split].images;
    require(first >= 0 && count >= 1 && first <= images - count, path_.string(), ": images ", first, " to ",
            first + count, ", want [0, ", images, ")");
    require(room == count * row, "found room for ", room, " values, want ", count * row);
  }

  void read(hid_t set, const char* what, hid_t type, int64_t first, const std::vector<hsize_t>& sizes,
            void* out) const {
    std::vector<hsize_t> start(sizes.size(), 0);
    start[0] = static_cast<hsize_t>(first);
    const auto lock = hdf5_lock();
    const Hdf5Handle file_space(H5Dget_space(set), H5Sclose);
    const Hdf5Handle memory_space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose);
    H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, sizes.data(), nullptr);
    refuse_unless(
        H5Dread(set, type, memory_space.get(), file_space.get(), H5P_DEFAULT, out) >= 0,
        concat(what, " ", first, " to ", first + static_cast<int64_t>(sizes[0]), " cannot be read; it is damaged"));
  }

  fs::path path_;
  Hdf5Handle file_;
  SourceInfo info_;
  std::vector<Split> splits_;
};

PackedFile::PackedFile(const fs::path& path) : impl_(std::make_unique<Impl>(path)) {}
PackedFile::~PackedFile() = default;
const SourceInfo& PackedFile::info() const { return impl_->info(); }
const std::string& PackedFile::sha256(size_t split) const { return impl_->sha256(split); }
void PackedFile::read_tokens(size_t split, int64_t first, int64_t count, std::span<uint8_t> out) const {
  impl_->read_tokens(split, first, count, out);
}
void PackedFile::read_labels(size_t split, int64_t first, int64_t count, std::span<int64_t> out) const {
  impl_->read_labels(split, first, count, out);
}
std::vector<std::string> PackedFile::read_names(size_t split) const { return impl_->read_names(split); }

bool is_hdf5(const fs::path& path) {
  constexpr std::array<uint8_t, 8> kSignature{0x89, 'H', 'D', 'F', 0x0d, 0x0a, 0x1a, 0x0a};
  std::array<uint8_t, 8> start{};
  InputFile file(path);
  return file.read(start) == start.size() && start == kSignature;
}

std::string computed_sha256(const PackedFile& file, size_t split) {
  const auto length = file.info().shape->length();
  const auto images = file.info().splits.at(split).images;
  const auto block = std::min(std::max<int64_t>(kHashedBytes / length, 1), images);
  std::vector<uint8_t> tokens(static_cast<size_t>(block * length));
  Sha256 digest;
  for (int64_t first = 0; first < images; first += block) {
    const auto count = std::min(block, images - first);
    const auto part = std::span(tokens).first(static_cast<size_t>(count * length));
    file.read_tokens(split, first, count, part);
    digest.add(part);
  }
  return digest.hexadecimal();
}

}  // namespace veil::io
