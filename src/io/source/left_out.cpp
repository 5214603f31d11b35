#include "io/source/left_out.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/words.h"
#include "io/file/lfs_pointer.h"
#include "io/format/numpy_reader.h"
#include "io/image/decode_image.h"
#include "io/image/decoders.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using std::string_view_literals::operator""sv;  // NOLINT(misc-unused-using-decls): it is used

using Kinds = std::pair<std::string_view, const char*>;

constexpr size_t kAtMagicOfTar = 257;

// What the content begins with.
constexpr std::array<Kinds, 17> kStarts{{{"\x93NUMPY"sv, "NumPy arrays"},
                                         {"PK\3\4"sv, "archives"},
                                         {"PK\5\6"sv, "archives"},
                                         {"\x1f\x8b"sv, "gzip files"},
                                         {"OTTO"sv, "fonts"},
                                         {"BZh"sv, "archives"},
                                         {"\xfd\x37zXZ"sv, "archives"},
                                         {"7z\xbc\xaf"sv, "archives"},
                                         {"Rar!"sv, "archives"},
                                         {"\x28\xb5\x2f\xfd"sv, "archives"},
                                         {"\x89HDF"sv, "HDF5 files"},
                                         {"PAR1"sv, "parquet tables"},
                                         {"%PDF"sv, "documents"},
                                         {"\0\0\1\0"sv, "icon files (.ico)"},
                                         {kLfsPointer, "pointers of Git LFS in place of files"},
                                         {"<svg"sv, "SVG drawings"},
                                         {"/* XPM */"sv, "XPM pictures"}}};

// Where the content says less than the name.
constexpr std::array<Kinds, 19> kEndings{{{".npz", "NumPy arrays"},
                                          {".tgz", "archives"},
                                          {".tar.gz", "archives"},
                                          {".ttf", "fonts"},
                                          {".npy", "NumPy arrays"},
                                          {".svg", "SVG drawings"},
                                          {".svgz", "SVG drawings"},
                                          {".h5", "HDF5 files"},
                                          {".hdf5", "HDF5 files"},
                                          {".safetensors", "files of tensors"},
                                          {".pt", "files of tensors"},
                                          {".pth", "files of tensors"},
                                          {".pkl", "Python pickles"},
                                          {".pickle", "Python pickles"},
                                          {".mat", "MATLAB files"},
                                          {".docx", "documents"},
                                          {".xlsx", "documents"},
                                          {".pptx", "documents"},
                                          {".tfrecord", "TFRecord files"}}};

std::string kind_by_content(std::string_view text, std::span<const uint8_t> bytes) {
  for (const auto& [start, kind] : kStarts) {
    if (text.starts_with(start)) {
      return kind;
    }
  }
  if (text.size() > kAtMagicOfTar && text.substr(kAtMagicOfTar).starts_with("ustar")) {
    return "archives";
  }
  if (begins_like_pickle(bytes)) {
    return "Python pickles";
  }
  return text.empty() ? "empty files" : looks_like_text(text) ? "text files" : "other files";
}

// Whether what the name says may be true of content of that kind: the content decides, where it says something.
bool may_be(std::string_view by_name, std::string_view by_content) {
  const bool is_written = by_name == "SVG drawings" || by_name == "Python pickles";  // in letters, some of them
  return by_content == by_name || by_content == "other files" || by_content == "archives" ||
         by_content == "gzip files" || (is_written && by_content == "text files") ||
         (by_name == "files of tensors" && by_content == "Python pickles") ||
         (by_name == "MATLAB files" && by_content == "HDF5 files");
}

}  // namespace

std::string kind_of_other(std::string_view name, std::span<const uint8_t> start) {
  const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  const bool is_plain = name.substr(name.rfind('/') + 1).find('.') == std::string_view::npos;  // TGA has no mark
  if (has_image_ending(name) || begins_like_image(start) ||
      (is_plain && has_tga_header(start) && !looks_like_text(text))) {
    return "";
  }
  auto kind = kind_by_content(text, start);
  const auto lower = lower_case(name);
  for (const auto& [known, ending_kind] : kEndings) {
    if (lower.ends_with(known) && may_be(ending_kind, kind)) {
      return ending_kind;
    }
  }
  return kind;
}

bool is_of_system(std::string_view name) {
  return name.starts_with('.') || name == "__MACOSX" || name == "Thumbs.db" || name == "desktop.ini" ||
         name == "@eaDir";
}

std::string system_part(std::string_view path) {
  for (size_t start = 0; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    if (is_of_system(path.substr(start, end - start))) {
      return std::string(path.substr(0, end));
    }
    start = end + 1;
  }
  return "";
}

void leave_out(std::vector<LeftOut>& list, const std::string& kind, const std::string& file) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.kind == kind; });
  if (found == list.end()) {
    list.push_back({.kind = kind, .count = 1, .example = file});
  } else {
    ++found->count;
  }
}

std::vector<LeftOut> in_order(std::vector<LeftOut> list) {
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return list;
}

std::string left_out_text(const std::vector<LeftOut>& list) {
  std::vector<std::string> parts;
  for (const auto& each : in_order(list)) {
    parts.push_back(concat(each.kind, ": ", each.count, " (", each.example, each.count > 1 ? ", …" : "", ")"));
  }
  return printable(joined(parts, "; "));
}

}  // namespace veil::io
