#include "io/model/model_digest.h"

#include <map>

#include "base/torch.h"
#include "base/words.h"
#include "io/file/digest.h"
#include "io/format/safetensors_layout.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

// With a zero byte behind it, so that no two lists of texts are the same bytes.
void add(Sha256& digest, const std::string& text) {
  digest.add({reinterpret_cast<const uint8_t*>(text.c_str()), text.size() + 1});
}

void add(Sha256& digest, const std::string& name, const torch::Tensor& tensor) {
  const auto* dtype = safetensors::find_dtype(tensor.scalar_type());
  require(dtype != nullptr, "tensor ", in_quotes(name), " is of a type that safetensors files of veil cannot hold");
  const auto plain = tensor.detach().to(torch::kCPU).resolve_neg().contiguous();
  add(digest, name);
  add(digest, dtype->name);
  add(digest, bracketed(plain.sizes()));
  digest.add({static_cast<const uint8_t*>(plain.data_ptr()), plain.nbytes()});
}

}  // namespace

std::string model_digest(const TensorFile& file) {
  Sha256 digest;
  for (const auto& [name, text] : file.metadata) {
    if (name != kDigestName) {
      add(digest, name);
      add(digest, text);
    }
  }
  const std::map<std::string, torch::Tensor> tensors(file.tensors.begin(), file.tensors.end());
  for (const auto& [name, tensor] : tensors) {
    add(digest, name, tensor);
  }
  return digest.hexadecimal();
}

}  // namespace veil::io
