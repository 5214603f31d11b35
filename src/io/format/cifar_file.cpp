#include "io/format/cifar_file.h"

#include <algorithm>
#include <array>

#include "io/image/planes.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kPlane = 32 * 32;

size_t label_bytes(const CifarVersion& version) { return static_cast<size_t>(version.record_bytes() - 3 * kPlane); }

bool has_whole_records(const CifarVersion& version, const InputFile& file) {
  return file.size() > 0 && file.size() % version.record_bytes() == 0;
}

// The first of a record's labels that is out of range, or one behind the last; and how many values it may have.
struct BadLabel {
  size_t position = 0;
  int64_t classes = 0;
};

BadLabel find_bad_label(const CifarVersion& version, std::span<const uint8_t> labels) {
  BadLabel bad;
  for (; bad.position < labels.size(); ++bad.position) {
    bad.classes = bad.position + 1 < labels.size() ? version.coarse_classes : version.classes;
    if (labels[bad.position] >= bad.classes) {
      break;
    }
  }
  return bad;
}

}  // namespace

CifarFile::CifarFile(const CifarVersion& version, const std::filesystem::path& path) : version_(version), file_(path) {
  const auto record = version.record_bytes();
  const auto whole = std::max<int64_t>(file_.size() / record, 1);
  require<DataError>(has_whole_records(version, file_), path.string(), ": found ", file_.size(),
                     " bytes, want a multiple of ", record, " (", whole, " ", version.title, " records are ",
                     whole * record, " bytes)");
  count_ = file_.size() / record;
}

std::optional<CifarRecord> CifarFile::next() {
  if (record_ == count_) {
    return std::nullopt;
  }
  std::vector<uint8_t> bytes(static_cast<size_t>(version_.record_bytes()));
  read(bytes);
  const auto record = std::span<const uint8_t>(bytes);
  const auto labels = label_bytes(version_);
  CifarRecord result{.label = checked_label(record.first(labels)),
                     .pixels = pixels_of_planes(record.subspan(labels), /*channels=*/3)};
  ++record_;
  return result;
}

std::vector<int64_t> CifarFile::read_labels() {
  std::vector<int64_t> all;
  std::array<uint8_t, 2> buffer{};
  const auto labels = std::span(buffer).first(label_bytes(version_));
  for (record_ = 0; record_ < count_; ++record_) {
    file_.seek(record_ * version_.record_bytes());
    read(labels);
    all.push_back(checked_label(labels));
  }
  file_.seek(0);
  record_ = 0;
  return all;
}

void CifarFile::read(std::span<uint8_t> bytes) {
  require<DataError>(file_.read(bytes) == bytes.size(), file_.path().string(), ": ended in record ", record_, ", want ",
                     count_, " records; it became shorter while it was read");
}

int64_t CifarFile::checked_label(std::span<const uint8_t> labels) const {
  if (const auto bad = find_bad_label(version_, labels); bad.position < labels.size()) {
    throw DataError(concat(file_.path().string(), ": label ", static_cast<int>(labels[bad.position]), " in record ",
                           record_, ", want 0 to ", bad.classes - 1, "; these are no ", version_.title, " records"));
  }
  return labels.back();
}

bool is_cifar(const CifarVersion& version, const std::filesystem::path& path) {
  InputFile file(path);
  std::array<uint8_t, 2> buffer{};
  const auto labels = std::span(buffer).first(label_bytes(version));
  bool is_good = has_whole_records(version, file);
  for (int64_t offset = 0; is_good && offset < file.size(); offset += version.record_bytes()) {
    file.seek(offset);
    is_good = file.read(labels) == labels.size() && find_bad_label(version, labels).position == labels.size();
  }
  return is_good;
}

}  // namespace veil::io
