#include "io/format/numpy_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "io/file/archive_reader.h"
#include "io/file/input_file.h"
#include "io/file/unpacked_file.h"
#include "io/format/numpy_header.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr std::array<uint8_t, 6> kMagic{0x93, 'N', 'U', 'M', 'P', 'Y'};
constexpr const char* kEnding = ".npy";

std::string array_name(const std::string& member) {
  return member.ends_with(kEnding) ? member.substr(0, member.size() - 4) : member;
}

// What both kinds of file have in common: as many bytes as the header promises, and no more.
class CheckedStream : public NumpyStream {
 public:
  const NumpyHeader& header() const override { return header_; }

  size_t read(std::span<uint8_t> bytes) override {
    const auto left = static_cast<size_t>(header_.bytes() - done_);
    const auto wanted = bytes.first(std::min(bytes.size(), left));
    const auto found = raw(wanted);
    done_ += static_cast<int64_t>(found);
    require<DataError>(found == wanted.size(), origin_, ": ends after ", done_, " bytes of values, want ",
                       header_.bytes(), ", as its header says");
    if (found < bytes.size() && !is_ended_) {
      std::array<uint8_t, 1> extra{};
      require<DataError>(raw(extra) == 0, origin_, ": goes on after the ", header_.bytes(),
                         " bytes of values that its header promises");
      is_ended_ = true;
    }
    return found;
  }

 protected:
  explicit CheckedStream(std::string origin) : origin_(std::move(origin)) {}
  void read_header() {
    header_ = read_numpy_header([this](std::span<uint8_t> bytes) { return raw(bytes); }, origin_);
    require<DataError>(header_.unusable.empty(), origin_, ": ", header_.unusable);
  }
  virtual size_t raw(std::span<uint8_t> bytes) = 0;

 private:
  std::string origin_;
  NumpyHeader header_;
  int64_t done_ = 0;
  bool is_ended_ = false;
};

class FileStream : public CheckedStream {
 public:
  explicit FileStream(const fs::path& path) : CheckedStream(path.string()), file_(path) { read_header(); }

 protected:
  size_t raw(std::span<uint8_t> bytes) override { return file_.read(bytes); }

 private:
  InputFile file_;
};

class MemberStream : public CheckedStream {
 public:
  MemberStream(const fs::path& path, const std::string& name)
      : CheckedStream(concat(path.string(), ": array ", name)), archive_(path) {
    std::optional<Member> member;
    do {
      member = archive_.next();
      require<DataError>(member.has_value(), path.string(), ": has no array ", name);
    } while (array_name(member->name) != name);
    read_header();
  }

 protected:
  size_t raw(std::span<uint8_t> bytes) override { return archive_.read(bytes); }

 private:
  ArchiveReader archive_;
};

bool begins_like_an_array(const fs::path& path) {
  std::array<uint8_t, 6> start{};
  InputFile file(path);
  return file.read(start) == start.size() && start == kMagic;
}

bool is_zip(const fs::path& path) { return archive_kind(path) == ArchiveKind::kZip; }

int64_t integer_at(const uint8_t* bytes, int64_t size, bool is_signed, bool is_big_endian) {
  uint64_t value = 0;
  for (int64_t i = 0; i < size; ++i) {
    value = value << 8 | bytes[is_big_endian ? i : size - 1 - i];
  }
  if (is_signed && size < 8 && (bytes[is_big_endian ? 0 : size - 1] & 0x80) != 0) {
    value |= ~uint64_t{0} << (8 * size);
  }
  return static_cast<int64_t>(value);
}

void check_integers(const NumpyHeader& header, int64_t limit, const std::string& at) {
  const auto& type = header.type;
  const auto size = value_bytes(type);
  require<DataError>((type[1] == 'i' || type[1] == 'u' || type[1] == 'b') && size <= 8, at, ": found values of type '",
                     type, "', want integers");
  const auto& shape = header.shape;
  require<DataError>(shape.size() == 1 || (shape.size() == 2 && shape[1] == 1), at, ": found an array of rank ",
                     shape.size(), ", want [N]");
  require<DataError>(shape[0] <= limit, at, ": found ", shape[0], " values, want at most ", limit);
}

}  // namespace

bool is_numpy(const fs::path& path) {
  if (is_zip(path)) {
    const auto first = ArchiveReader(path).next();
    return first && first->name.ends_with(kEnding);
  }
  return begins_like_an_array(path);
}

bool begins_like_pickle(std::span<const uint8_t> start) {
  return start.size() >= 2 && start[0] == 0x80 && start[1] >= 2 && start[1] <= 5;
}

bool is_pickle(const fs::path& path) {
  std::array<uint8_t, 2> start{};
  InputFile file(path);
  return begins_like_pickle(std::span(start).first(file.read(start)));
}

std::vector<NumpyArray> numpy_arrays(const fs::path& path) {
  if (!is_zip(path)) {
    require<DataError>(path.extension() != ".npz" || begins_like_an_array(path) || is_pickle(path), path.string(),
                       ": cut or damaged: found ", describe_start(path), ", want a zip file");
    InputFile file(path);
    const ReadBytes read = [&](std::span<uint8_t> bytes) { return file.read(bytes); };
    return {{.name = "", .header = read_numpy_header(read, path.string())}};
  }
  std::vector<NumpyArray> arrays;
  std::set<std::string> names;
  ArchiveReader archive(path);
  while (const auto member = archive.next()) {
    const auto name = array_name(member->name);
    const auto origin = concat(path.string(), ": array ", name);
    require<DataError>(names.insert(name).second, origin, " is there twice");
    arrays.push_back({name, read_numpy_header([&](std::span<uint8_t> bytes) { return archive.read(bytes); }, origin)});
  }
  return arrays;
}

std::unique_ptr<NumpyStream> open_numpy(const fs::path& path, const std::string& name) {
  if (is_zip(path)) {
    return std::make_unique<MemberStream>(path, name);
  }
  return std::make_unique<FileStream>(path);
}

std::vector<int64_t> read_integers(const fs::path& path, const std::string& name, int64_t limit) {
  const auto stream = open_numpy(path, name);
  const auto at = name.empty() ? path.string() : concat(path.string(), ": array ", name);
  const auto& header = stream->header();
  check_integers(header, limit, at);
  const auto size = value_bytes(header.type);
  constexpr size_t kValues = 8192;
  std::vector<uint8_t> block(kValues * static_cast<size_t>(size));
  std::vector<int64_t> integers;
  for (auto found = stream->read(block); found > 0; found = stream->read(block)) {
    for (size_t at_byte = 0; at_byte < found; at_byte += static_cast<size_t>(size)) {
      integers.push_back(integer_at(&block[at_byte], size, header.type[1] == 'i', header.type[0] == '>'));
      require<DataError>(header.type[1] == 'i' || integers.back() >= 0, at, ": found a value of 2^63 or more");
    }
  }
  return integers;
}

}  // namespace veil::io
