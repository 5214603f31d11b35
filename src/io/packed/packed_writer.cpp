#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "io/file/digest.h"
#include "io/file/publish.h"
#include "io/packed/hdf5_handle.h"
#include "io/packed/hdf5_write.h"
#include "io/packed/packed_file.h"
#include "io/packed/packed_layout.h"
#include "veil/base/error.h"
#include "veil/data/dataset_info.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kChunkBytes = 64 << 10;
constexpr int64_t kDeflatedChunkBytes = 16 << 10;  // a chunk is unpacked whole for one image of it
constexpr const char* kDraft = ".partial";
constexpr hsize_t kNameChunk = 64 << 10;

// The names, each with a zero byte behind it.
std::string joined_names(std::span<const std::string> names) {
  std::string bytes;
  for (const auto& name : names) {
    const bool fits = static_cast<int64_t>(name.size()) <= kMaxName && name.find('\0') == std::string::npos;
    bytes.append(fits ? name : std::string()).push_back('\0');
  }
  return bytes;
}

std::span<const uint8_t> bytes_of_text(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

fs::path packed_draft(const fs::path& path) { return path.string() + kDraft; }

class PackedWriter::Impl {
 public:
  Impl(fs::path path, TokenShape shape, bool has_labels, bool compress)
      : path_(std::move(path)), draft_(path_, kDraft), shape_(shape), has_labels_(has_labels), compress_(compress) {
    std::error_code ignored;  // a device must not be replaced by a file
    require<IoError>(!fs::exists(path_, ignored) || fs::is_regular_file(path_, ignored), path_.string(),
                     ": cannot be written: found a folder or a device, want a file or nothing");
    const auto lock = hdf5_lock();
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);
    errno = 0;
    file_ = {H5Fcreate(draft_.path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose};
    check(file_.is_open(), "cannot be created");
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

  void append(const std::string& name, std::span<const uint8_t> tokens, std::span<const int64_t> labels,
              std::span<const std::string> names) {
    const auto length = static_cast<size_t>(shape_.length());
    require(!tokens.empty() && tokens.size() % length == 0, "found ", tokens.size(), " tokens, want a multiple of ",
            length);
    const auto count = tokens.size() / length;
    require(labels.size() == (has_labels_ ? count : 0), "found ", labels.size(), " labels for ", count, " images");
    require(names.empty() || names.size() == count, "found ", names.size(), " names for ", count, " images");
    require(splits_.empty() || has_names_ == !names.empty(), "found names for some of the images, want all or none");
    has_names_ = !names.empty();
    for (const auto label : labels) {
      require(label >= 0, "label ", label, ", want 0 or more");
      largest_label_ = std::max(largest_label_, label);
    }
    const auto lock = hdf5_lock();
    auto& split = split_of(name);
    const auto image = image_sizes(count);
    check(append_rows(split.tokens.get(), H5T_NATIVE_UINT8, image, split.images, tokens.data()), "cannot be written");
    if (has_labels_) {
      check(append_rows(split.labels.get(), H5T_NATIVE_INT64, {count}, split.images, labels.data()),
            "cannot be written");
    }
    append_names(split, names);
    split.digest.add(tokens);
    split.label_digest.add(bytes_of(labels));
    split.images += count;
  }

  void finish(const PackedDescription& description) {
    check_description(description);
    const auto lock = hdf5_lock();
    check(describe(description), "cannot be written");
    for (auto& [name, split] : splits_) {
      check(write_attribute(split.group.get(), kTokensDigest, split.digest.hexadecimal()) &&
                (!has_labels_ || write_attribute(split.group.get(), kLabelsDigest, split.label_digest.hexadecimal())) &&
                (!has_names_ || write_attribute(split.group.get(), kNamesDigest, split.name_digest.hexadecimal())),
            "cannot be written");
    }
    bool closed = true;
    for (auto& [name, split] : splits_) {
      closed &= split.tokens.reset() && split.labels.reset() && split.names.reset() && split.group.reset();
    }
    closed &= file_.reset();
    check(closed, "cannot be written");
    draft_.publish();
  }

 private:
  struct Split {
    Hdf5Handle group;
    Hdf5Handle tokens;
    Hdf5Handle labels;
    Hdf5Handle names;
    hsize_t images = 0;
    hsize_t name_bytes = 0;
    Sha256 digest;
    Sha256 label_digest;
    Sha256 name_digest;
  };

  void append_names(Split& split, std::span<const std::string> names) const {
    if (has_names_) {
      const std::string bytes = joined_names(names);
      check(append_rows(split.names.get(), H5T_NATIVE_UINT8, {bytes.size()}, split.name_bytes, bytes.data()),
            "cannot be written");
      split.name_bytes += bytes.size();
      split.name_digest.add(bytes_of_text(bytes));
    }
  }

  void check(bool succeeded, const char* what) const {
    if (!succeeded) {
      const int error = errno;
      throw IoError(concat(path_.string(), ": ", what, ": ",
                           error != 0 ? std::generic_category().message(error) : "the HDF5 library failed"));
    }
  }

  std::vector<hsize_t> image_sizes(size_t count) const {
    return {count, static_cast<hsize_t>(shape_.height), static_cast<hsize_t>(shape_.width),
            static_cast<hsize_t>(shape_.channels)};
  }

  // What the reader would refuse is not written.
  void check_description(const PackedDescription& description) const {
    require(description.shape == shape_, "the description's shape is not the images'");
    require(!splits_.empty(), path_.string(), ": has no images");
    const auto classes = description.classes;
    require(has_labels_ ? classes > largest_label_ && classes <= kMaxClasses : classes == 0, "found ", classes,
            " classes, want ", has_labels_ ? concat(largest_label_ + 1, " to ", kMaxClasses) : "0, without labels");
    const auto names = static_cast<int64_t>(description.class_names.size());
    require(names == 0 || names == classes, "found ", names, " names for ", classes, " classes");
    const std::set<std::string> different(description.class_names.begin(), description.class_names.end());
    require(static_cast<int64_t>(different.size()) == names, "two classes have the same name");
    for (const auto& name : description.class_names) {
      require(static_cast<int64_t>(name.size()) <= kMaxClassName, "the name of a class has ", name.size(),
              " bytes, want at most ", kMaxClassName);
    }
    for (const auto* text : {&description.name, &description.preparation, &description.provenance}) {
      require(static_cast<int64_t>(text->size()) <= kMaxAttribute, "a text of the description has ", text->size(),
              " bytes, want at most ", kMaxAttribute);
    }
  }

  Split& split_of(const std::string& name) {
    const auto found = splits_.find(name);
    if (found != splits_.end()) {
      return found->second;
    }
    require(name == "train" || name == "valid" || name == "test" || name == "all", "found split '", name,
            "', want train, valid, test or all");
    auto& split = splits_[name];
    split.group = {H5Gcreate2(file_.get(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose};
    check(split.group.is_open(), "cannot be written");
    const auto bytes = compress_ ? kDeflatedChunkBytes : kChunkBytes;
    const auto rows = static_cast<hsize_t>(std::max<int64_t>(bytes / shape_.length(), 1));
    split.tokens = growing_set(split.group.get(), kTokens, H5T_STD_U8LE, image_sizes(0), rows, compress_);
    if (has_labels_) {
      split.labels = growing_set(split.group.get(), kLabels, H5T_STD_I64LE, {0}, 8192, compress_);
    }
    if (has_names_) {  // much alike, and read all at once: always deflated
      split.names = growing_set(split.group.get(), kNames, H5T_STD_U8LE, {0}, kNameChunk, /*compress=*/true);
    }
    check(split.tokens.is_open() && (!has_labels_ || split.labels.is_open()) && (!has_names_ || split.names.is_open()),
          "cannot be written");
    return split;
  }

  bool describe(const PackedDescription& description) const {
    return write_attribute(file_.get(), "format", kPackedFormat) &&
           write_attribute(file_.get(), "version", kPackedVersion) &&
           write_attribute(file_.get(), "name", description.name) &&
           write_attribute(file_.get(), "classes", description.classes) &&
           write_attribute(file_.get(), "preparation", description.preparation) &&
           write_attribute(file_.get(), "provenance", description.provenance) &&
           (!description.without_duplicates || write_attribute(file_.get(), kDuplicates, kDropped)) &&
           (description.class_names.empty() ||
            (write_texts(file_.get(), kClassNames, description.class_names) &&
             write_attribute(file_.get(), kClassNamesDigest, sha256_of_texts(description.class_names))));
  }

  fs::path path_;
  FileDraft draft_;
  TokenShape shape_;
  bool has_labels_;
  bool compress_;
  bool has_names_ = false;  // known from the first images on
  int64_t largest_label_ = 0;
  Hdf5Handle file_;
  std::map<std::string, Split> splits_;
};

PackedWriter::PackedWriter(fs::path path, TokenShape shape, bool has_labels, bool compress)
    : impl_(std::make_unique<Impl>(std::move(path), shape, has_labels, compress)) {}
PackedWriter::~PackedWriter() = default;
void PackedWriter::append(const std::string& split, std::span<const uint8_t> tokens, std::span<const int64_t> labels,
                          std::span<const std::string> names) {
  impl_->append(split, tokens, labels, names);
}
void PackedWriter::finish(const PackedDescription& description) { impl_->finish(description); }

}  // namespace veil::io
