#include "io/file/file_mark.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "io/file/input_file.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using namespace std::string_view_literals;

constexpr size_t kHead = 4096;
constexpr size_t kTail = 256;
constexpr std::string_view kName = "veil ";
constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n";
constexpr std::string_view kPngSoftware = "iTXtSoftware\0\0\0\0\0"sv;  // not compressed, of no language
constexpr std::string_view kZip = "PK\3\4";
constexpr std::string_view kZipEnd = "PK\5\6";
constexpr size_t kZipEndBytes = 22;  // without the comment, whose length is the last two
constexpr std::string_view kSvg = "<!-- ";
constexpr std::string_view kSvgEnd = " -->\n<svg";
constexpr std::string_view kHtml = "<!DOCTYPE html>";
constexpr std::string_view kGenerator = "<meta name=\"generator\" content=\"";
constexpr std::string_view kGeneratorEnd = "\">";

// Whether `text` begins with a mark of this content, behind which comes `next`.
bool begins_with_mark(std::string_view text, std::string_view content, std::string_view next) {
  if (!text.starts_with(kName)) {
    return false;
  }
  const auto end = text.find_first_not_of("0123456789.", kName.size());
  return end != std::string_view::npos && end > kName.size() &&
         text.substr(end).starts_with(concat(" (", content, ")", next));
}

bool has_mark_behind(std::string_view text, std::string_view place, std::string_view content, std::string_view next) {
  const auto at = text.find(place);
  return at != std::string_view::npos && begins_with_mark(text.substr(at + place.size()), content, next);
}

// The comment of a zip archive whose end this is.
std::string_view zip_comment(std::string_view tail) {
  const auto at = tail.rfind(kZipEnd);
  if (at == std::string_view::npos || tail.size() - at < kZipEndBytes) {
    return "";
  }
  const auto length = tail.substr(at + kZipEndBytes - 2, 2);
  const auto comment = tail.substr(at + kZipEndBytes);
  return static_cast<unsigned char>(length[0]) == comment.size() && length[1] == 0 ? comment : "";
}

std::string part_of(InputFile& file, size_t most, bool is_end) {
  const auto size = std::min(most, static_cast<size_t>(file.size()));
  std::vector<uint8_t> bytes(size);
  file.seek(is_end ? file.size() - static_cast<int64_t>(size) : 0);
  bytes.resize(file.read(bytes));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::string file_mark(std::string_view content) { return concat(kName, VEIL_VERSION, " (", content, ")"); }

std::string svg_mark(std::string_view content) { return concat(kSvg, file_mark(content), " -->\n"); }

std::string html_mark(std::string_view content) { return concat(kGenerator, file_mark(content), kGeneratorEnd, "\n"); }

bool bears_mark(const std::filesystem::path& file, std::string_view content) {
  try {
    InputFile input(file);
    const std::string head = part_of(input, kHead, false);
    if (head.starts_with(kPng)) {
      return has_mark_behind(head, kPngSoftware, content, "");
    }
    if (head.starts_with(kZip)) {
      const std::string tail = part_of(input, kTail, true);
      const auto comment = zip_comment(tail);
      return begins_with_mark(comment, content, "") && comment.ends_with(')');
    }
    return head.starts_with(kHtml) ? has_mark_behind(head, kGenerator, content, kGeneratorEnd)
                                   : head.starts_with(kSvg) && has_mark_behind(head, kSvg, content, kSvgEnd);
  } catch (const DataError&) {
    return false;
  }
}

}  // namespace veil::io
