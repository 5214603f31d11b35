#include "io/text/text8_dataset.h"

#include <system_error>
#include <vector>

#include "io/file/input_file.h"
#include "veil/base/error.h"
#include "veil/data/text_dataset.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kBytes = 100'000'000;
constexpr int64_t kTrainEnd = 90'000'000;
constexpr int64_t kValidEnd = 95'000'000;
constexpr int64_t kWindow = 256;
constexpr const char* kAlphabet = "abcdefghijklmnopqrstuvwxyz ";
constexpr uint8_t kBlank = 26;

// Letters to token values, in place.
void tokenize(std::vector<uint8_t>& letters, int64_t first, const std::string& path) {
  for (size_t i = 0; i < letters.size(); ++i) {
    const uint8_t letter = letters[i];
    require<DataError>(letter == ' ' || (letter >= 'a' && letter <= 'z'), path, ": byte ",
                       first + static_cast<int64_t>(i), " is ", static_cast<int>(letter),
                       ", want a lower-case letter or a blank");
    letters[i] = letter == ' ' ? kBlank : static_cast<uint8_t>(letter - 'a');
  }
}

}  // namespace

bool holds_text8(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path / "text8", ignored);
}

std::unique_ptr<Dataset> open_text8(const fs::path& folder, const std::string& split) {
  require<DataError>(split == "train" || split == "valid" || split == "test", folder.string(), ": text8 has no split '",
                     split, "', want train, valid or test");
  const fs::path path = folder / "text8";
  InputFile file(path);
  require<DataError>(file.size() == kBytes, path.string(), ": found ", file.size(), " bytes, want ", kBytes);
  const int64_t first = split == "train" ? 0 : split == "valid" ? kTrainEnd : kValidEnd;
  const int64_t last = split == "train" ? kTrainEnd : split == "valid" ? kValidEnd : kBytes;
  std::vector<uint8_t> letters(static_cast<size_t>(last - first));
  file.seek(first);
  require<DataError>(file.read(letters) == letters.size(), path.string(), ": ends before byte ", last);
  tokenize(letters, first, path.string());
  DatasetInfo info{.name = "text8",
                   .split = split,
                   .shape = {.height = 1, .width = kWindow, .channels = 1},
                   .vocab_size = 27,
                   .classes = 0};
  info.kind = DataKind::kText;
  info.alphabet = kAlphabet;
  return std::make_unique<TextDataset>(info, std::move(letters), split == "train" ? 1 : kWindow);
}

}  // namespace veil::io
