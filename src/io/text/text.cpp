#include "io/text/text.h"

#include "base/torch.h"
#include "io/file/files.h"
#include "veil/base/error.h"

namespace veil::io {

std::vector<std::string> tokens_to_texts(const torch::Tensor& tokens, const std::string& alphabet) {
  const auto rows = tokens.contiguous();
  const auto length = rows.size(1);
  std::vector<std::string> texts;
  for (int64_t n = 0; n < rows.size(0); ++n) {
    std::string text;
    for (int64_t i = 0; i < length; ++i) {
      const int64_t value = rows.const_data_ptr<int64_t>()[n * length + i];
      require(value >= 0 && value < static_cast<int64_t>(alphabet.size()), "a token is ", value,
              ", want a value below the ", alphabet.size(), " letters of the alphabet");
      text += alphabet[static_cast<size_t>(value)];
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

void write_texts(const std::filesystem::path& path, const std::vector<std::string>& texts) {
  std::string lines;
  for (const auto& text : texts) {
    lines += text + '\n';
  }
  write_file(path, lines);
}

}  // namespace veil::io
