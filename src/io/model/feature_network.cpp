#include "io/model/feature_network.h"

#include <torch/script.h>

#include <memory>
#include <string>

#include "base/torch.h"
#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

// The first line of what LibTorch says, which goes on with where in its own sources that was.
std::string first_line(const c10::Error& error) {
  const std::string text = error.what_without_backtrace();
  return shortened(text.substr(0, text.find('\n')), 200);
}

torch::Tensor checked(const torch::jit::IValue& result, int64_t images, const std::string& file) {
  require<DataError>(result.isTensor(), file, ": the network returned ", result.tagKind(),
                     ", want one tensor [images, features]");
  const auto features = result.toTensor();
  require<DataError>(features.dim() == 2 && features.size(0) == images && features.size(1) >= 1, file,
                     ": the network made ", bracketed(features.sizes()), " of ", images, " images, want [", images,
                     ", features]; let it end with flatten(1)");
  const auto numbers = features.to(torch::kFloat32);
  require<DataError>(numbers.isfinite().all().item<bool>(), file, ": the network returned numbers that are not finite");
  return numbers;
}

}  // namespace

std::function<torch::Tensor(const torch::Tensor&)> read_feature_network(const std::filesystem::path& file) {
  require<DataError>(std::filesystem::is_regular_file(file), file.string(),
                     ": is no file, want a network saved by torch.jit.save");
  std::shared_ptr<torch::jit::Module> network;
  try {
    network = std::make_shared<torch::jit::Module>(torch::jit::load(file.string(), torch::kCPU));
    network->eval();
  } catch (const c10::Error& error) {
    throw DataError(concat(
        file.string(), ": cannot be read as TorchScript, want a network saved by torch.jit.save: ", first_line(error)));
  }
  return [network, name = file.string()](const torch::Tensor& images) {
    const torch::NoGradGuard no_gradients;
    const auto planes = images.permute({0, 3, 1, 2}).to(torch::kFloat32) / 255;
    torch::jit::IValue result;
    try {
      result = network->forward({planes.expand({-1, 3, -1, -1}).contiguous()});
    } catch (const std::exception& error) {
      const std::string text = error.what();
      throw DataError(concat(name, ": the network does not take float [", planes.size(0), ", 3, ", planes.size(2), ", ",
                             planes.size(3),
                             "]: ", shortened(text.substr(text.rfind('\n', text.size() - 2) + 1), 200)));
    }
    return checked(result, images.size(0), name);
  };
}

}  // namespace veil::io
