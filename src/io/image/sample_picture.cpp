#include "io/image/sample_picture.h"

#include <algorithm>

#include "base/words.h"
#include "io/file/file_mark.h"
#include "io/image/picture_mark.h"
#include "veil/io/image/png_file.h"

namespace veil::io {
namespace {

constexpr size_t kDigits = 6;
constexpr const char* kEnding = ".png";

}  // namespace

std::string sample_picture_name(int64_t number) { return zero_padded(number, kDigits) + kEnding; }

void write_sample_picture(const std::filesystem::path& folder, int64_t number, const Pixels& image) {
  write_png(folder / sample_picture_name(number), image, picture_mark(kSampleMark));
}

bool is_sample_picture(const std::filesystem::path& file) {
  const std::string number = file.stem().string();
  return file.extension() == kEnding && number.size() >= kDigits &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
         bears_mark(file, kSampleMark);
}

}  // namespace veil::io
