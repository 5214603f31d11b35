#include "io/file/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <utility>

#include "io/file/unpacked_file.h"
#include "io/file/utf8_locale.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kMostMembers = 2'000'000;
constexpr size_t kBlock = size_t{128} << 10;
constexpr size_t kTarHeader = 512;
constexpr size_t kFirstRequest = size_t{64} << 10;

struct FreeArchive {
  void operator()(archive* a) const { archive_read_free(a); }
};

// The header's sum counts its own eight bytes as blanks (POSIX, pax interchange format).
bool is_tar_header(std::span<const uint8_t> header) {
  if (header.size() < kTarHeader || header[0] == 0) {
    return false;
  }
  const auto* text = reinterpret_cast<const char*>(header.data());
  std::string_view field(text + 148, 8);
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  int64_t promised = -1;
  (void)std::from_chars(field.data(), field.data() + field.size(), promised, 8);
  int64_t sum = int64_t{8} * ' ';
  for (size_t i = 0; i < kTarHeader; ++i) {
    sum += i >= 148 && i < 156 ? 0 : header[i];
  }
  return sum == promised;
}

bool has_zip_name(const std::filesystem::path& path) {
  return path.extension() == ".zip" || path.extension() == ".npz";
}

// What libarchive reads with: our own file, so that errors are ours. It gets a gzip tar unpacked, since its own
// unpacking checks neither the sum nor the length.
struct Source {
  UnpackedFile file;
  std::vector<uint8_t> block = std::vector<uint8_t>(kBlock);
  int64_t position = 0;
  std::string error;
};

la_ssize_t read_block(archive* a, void* data, const void** block) {
  auto& source = *static_cast<Source*>(data);
  try {
    const auto count = source.file.read(source.block);
    source.position += static_cast<int64_t>(count);
    *block = source.block.data();
    return static_cast<la_ssize_t>(count);
  } catch (const DataError& error) {
    source.error = error.what();
    archive_set_error(a, EIO, "cannot be read");
    return ARCHIVE_FATAL;
  }
}

la_int64_t seek_to(archive* /*a*/, void* data, la_int64_t offset, int whence) {
  auto& source = *static_cast<Source*>(data);
  const int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? source.position : source.file.size_limit();
  const int64_t target = base + offset;
  if (target < 0) {
    return ARCHIVE_FATAL;
  }
  source.file.seek(target);
  source.position = target;
  return target;
}

la_int64_t skip_bytes(archive* /*a*/, void* data, la_int64_t count) {
  auto& source = *static_cast<Source*>(data);
  const int64_t skipped =
      std::clamp<int64_t>(count, 0, std::max<int64_t>(source.file.size_limit() - source.position, 0));
  source.position += skipped;
  source.file.seek(source.position);
  return skipped;
}

bool leaves_the_archive(const std::string& name) {
  return name.starts_with('/') || concat("/", name, "/").find("/../") != std::string::npos;
}

}  // namespace

std::optional<ArchiveKind> archive_kind(const std::filesystem::path& path) {
  constexpr std::array<uint8_t, 4> kFile{'P', 'K', 3, 4};
  constexpr std::array<uint8_t, 4> kEmpty{'P', 'K', 5, 6};
  UnpackedFile file(path);
  std::array<uint8_t, kTarHeader> start{};
  size_t found = 0;
  try {
    found = file.read(start);
  } catch (const DataError&) {
    if (path.extension() == ".tgz" || path.filename().string().ends_with(".tar.gz")) {
      throw;
    }
    return std::nullopt;  // gzip data that are damaged at once, of who knows what
  }
  const auto header = std::span<const uint8_t>(start).first(found);
  if (!file.is_packed() && found >= 4 &&
      (std::equal(kFile.begin(), kFile.end(), start.begin()) ||
       std::equal(kEmpty.begin(), kEmpty.end(), start.begin()))) {
    return ArchiveKind::kZip;
  }
  // Whatever else is called a zip may be something else by its content, but not if there is none.
  require<DataError>(found >= kFile.size() || !has_zip_name(path), path.string(), ": cut or damaged: found ",
                     describe_start(path), ", want a zip file");
  return is_tar_header(header) ? std::optional(ArchiveKind::kTar) : std::nullopt;
}

class ArchiveReader::Impl {
 public:
  Impl(const std::filesystem::path& path, UnusableMembers unusable)
      : source_{.file = UnpackedFile(path), .error = {}}, archive_(archive_read_new()), unusable_(unusable) {
    const auto kind = archive_kind(path);
    const auto found = has_zip_name(path) ? ": cut or damaged: found " : ": found ";
    const auto wanted = has_zip_name(path) ? ", want a zip file" : ", want a tar or zip file";
    require<DataError>(kind.has_value(), path.string(), found, describe_start(path), wanted);
    is_zip_ = *kind == ArchiveKind::kZip;
    auto* a = archive_.get();
    require<std::runtime_error>(a != nullptr, "libarchive failed");
    if (is_zip_) {
      archive_read_support_format_zip_seekable(a);
      archive_read_set_seek_callback(a, seek_to);
    } else {
      archive_read_support_format_tar(a);
    }
    archive_read_set_read_callback(a, read_block);
    if (!source_.file.is_packed()) {
      archive_read_set_skip_callback(a, skip_bytes);
    }
    archive_read_set_callback_data(a, &source_);
    check(archive_read_open1(a));
  }

  std::optional<Member> next() {
    const Utf8Locale locale;
    while (!is_ended_) {
      archive_entry* entry = nullptr;
      member_.clear();
      const int result = archive_read_next_header(archive_.get(), &entry);
      if (result == ARCHIVE_EOF) {
        is_ended_ = true;
        check_end();
        break;
      }
      check(result == ARCHIVE_WARN ? ARCHIVE_OK : result);  // a name that the locale cannot show is no fault here
      const char* name = archive_entry_pathname_utf8(entry);
      name = name != nullptr ? name : archive_entry_pathname(entry);
      member_ = name != nullptr ? name : "";
      refuse_unless(++members_ <= kMostMembers, concat("more than ", kMostMembers, " members"));
      refuse_unless(!member_.empty(), "a member without a name, or with one that is not UTF-8");
      refuse_unless(!leaves_the_archive(member_), "its name leads out of the archive");
      if (archive_entry_filetype(entry) == AE_IFDIR) {
        continue;
      }
      return Member{.name = member_,
                    .size = archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : -1,
                    .unusable = what_is_unusable(entry)};
    }
    return std::nullopt;
  }

  // Empty for a file with content that can be read.
  [[nodiscard]] std::string what_is_unusable(archive_entry* entry) const {
    const bool is_link = archive_entry_filetype(entry) == AE_IFLNK || archive_entry_hardlink(entry) != nullptr;
    const bool is_file = archive_entry_filetype(entry) == AE_IFREG && !is_link;
    const bool is_readable = !is_zip_ || has_plain_method();
    if (unusable_ == UnusableMembers::kRefuse) {
      refuse_unless(is_file, "is a link or a device, want regular files only");
      refuse_unless(is_readable, "is packed with another method than deflate");
    }
    return is_link    ? "links, which are not followed"
           : !is_file ? "devices"
                      : (is_readable ? "" : "files packed with another method than deflate");
  }

  size_t read(std::span<uint8_t> bytes) {
    size_t done = 0;
    while (done < bytes.size()) {
      const auto count = archive_read_data(archive_.get(), bytes.data() + done, bytes.size() - done);
      check(count < 0 ? static_cast<int>(count) : ARCHIVE_OK);
      if (count == 0) {
        break;
      }
      done += static_cast<size_t>(count);
    }
    return done;
  }

  std::optional<std::vector<uint8_t>> read_within(int64_t limit) {
    std::vector<uint8_t> bytes;
    size_t found = 0;
    while (found == bytes.size()) {
      if (static_cast<int64_t>(found) > limit) {
        return std::nullopt;
      }
      bytes.resize(std::min(static_cast<size_t>(limit) + 1, std::max(kFirstRequest, 2 * found)));
      found += read(std::span(bytes).subspan(found));
    }
    bytes.resize(found);
    return bytes;
  }

  std::vector<uint8_t> read_all(int64_t limit) {
    auto bytes = read_within(limit);
    refuse_unless(bytes.has_value(), concat("is larger than ", limit, " bytes"));
    return std::move(*bytes);
  }

 private:
  void refuse_unless(bool condition, const std::string& reason) const {
    require<DataError>(condition, source_.file.path().string(), ": ",
                       member_.empty() ? "" : concat("member ", member_, ": "), reason);
  }

  // libarchive tells it only in the name of the format: "ZIP 2.0 (deflation)".
  bool has_plain_method() const {
    const auto* text = archive_format_name(archive_.get());
    const std::string_view format(text != nullptr ? text : "");
    return format.ends_with("(deflation)") || format.ends_with("(uncompressed)");
  }

  // A tar ends with blocks of zeros. Where they lack, it was cut between two members, which libarchive does not mind.
  // Gzip data have an end of their own, with their sum, which libarchive did not ask for: the zeros were enough for it.
  void check_end() {
    check(ARCHIVE_OK);
    while (source_.file.is_packed() && source_.file.read(source_.block) > 0) {
    }
    if (is_zip_ || source_.file.is_packed()) {
      return;
    }
    std::array<uint8_t, kTarHeader> last{};
    source_.file.seek(std::max<int64_t>(archive_filter_bytes(archive_.get(), 0) - int64_t{kTarHeader}, 0));
    const auto found = source_.file.read(last);
    refuse_unless(found == last.size() && std::all_of(last.begin(), last.end(), [](uint8_t b) { return b == 0; }),
                  "the tar data end without the zeros that close them; the file is cut");
  }

  // A warning means that something was not as it should be (a sum, a cut), so it counts like an error.
  void check(int result) const {
    require<DataError>(source_.error.empty(), source_.error);
    if (result != ARCHIVE_OK) {
      const char* text = archive_error_string(archive_.get());
      refuse_unless(false, in_our_words(text != nullptr ? text : "the archive is damaged"));
    }
  }

  // libarchive knows a zip by the list of members at its end, and where that lacks, says that it knows no such format.
  std::string in_our_words(const std::string& reason) const {
    const std::string lacks_end = "found the start of a zip without the list of members that ends it; get it again";
    const bool is_of_all = is_zip_ && member_.empty();
    return is_of_all ? "cut or damaged: " + (reason.starts_with("Unrecognized") ? lacks_end : reason) : reason;
  }

  Source source_;
  std::unique_ptr<archive, FreeArchive> archive_;
  std::string member_;
  UnusableMembers unusable_;
  int64_t members_ = 0;
  bool is_zip_ = false;
  bool is_ended_ = false;
};

ArchiveReader::ArchiveReader(const std::filesystem::path& path, UnusableMembers unusable)
    : impl_(std::make_unique<Impl>(path, unusable)) {}
ArchiveReader::~ArchiveReader() = default;
std::optional<Member> ArchiveReader::next() { return impl_->next(); }
size_t ArchiveReader::read(std::span<uint8_t> bytes) { return impl_->read(bytes); }
std::optional<std::vector<uint8_t>> ArchiveReader::read_within(int64_t limit) { return impl_->read_within(limit); }
std::vector<uint8_t> ArchiveReader::read_all(int64_t limit) { return impl_->read_all(limit); }

std::vector<Member> list_members(const std::filesystem::path& path) {
  ArchiveReader reader(path, UnusableMembers::kTell);
  std::vector<Member> members;
  while (auto member = reader.next()) {
    if (member->unusable.empty()) {
      members.push_back(std::move(*member));
    }
  }
  return members;
}

}  // namespace veil::io
