#include "reference/reference_file.h"

#include <fstream>

#include "reference/coverage.h"
#include "support/fixture_file.h"

namespace veil::test {
namespace {

std::string folder() { return std::string(VEIL_SOURCE_DIR) + "/tests/fixtures/reference/"; }

// Read once: it is a megabyte.
const nlohmann::json& manifest() {
  static const nlohmann::json all = [] {
    std::ifstream file(folder() + "manifest.json");
    return nlohmann::json::parse(file);
  }();
  return all;
}

}  // namespace

ReferenceFile::ReferenceFile(const std::string& name)
    : name_(name),
      entry_(manifest().at("files").at(name + ".safetensors")),
      tensors_(read_fixture(folder() + name + ".safetensors")) {}

std::vector<std::string> ReferenceFile::names(const std::string& prefix) const {
  std::vector<std::string> found;
  for (const auto& [tensor, values] : tensors_) {
    if (tensor.starts_with(prefix)) {
      found.push_back(tensor);
    }
  }
  return found;
}

torch::Tensor ReferenceFile::input(const std::string& tensor) const {
  note_use(name_, tensor, Use::kInput);
  return tensors_.at(tensor);
}

torch::Tensor ReferenceFile::result(const std::string& tensor) const {
  note_use(name_, tensor, Use::kCompared);
  return tensors_.at(tensor);
}

testing::AssertionResult ReferenceFile::close(const std::string& tensor, const torch::Tensor& got) const {
  auto want = result(tensor);
  const auto& meaning = entry_.at("tensors").at(tensor);
  const auto& tolerance = meaning.at("tolerance");
  if (tolerance == "exact") {
    return is_close(got, want, 0, 0) << " in " << name_ << "/" << tensor;
  }
  auto compared = got.detach();
  if (meaning.contains("nonfinite") && got.sizes() == want.sizes()) {
    const auto finite = want.isfinite();
    const auto infinite = want.isinf();
    if (!torch::equal(compared.masked_select(infinite).to(want.scalar_type()), want.masked_select(infinite))) {
      return testing::AssertionFailure() << "other infinities in " << name_ << "/" << tensor;
    }
    compared = compared.masked_select(finite);
    want = want.masked_select(finite);
  }
  return is_close(compared, want, tolerance.at("rtol"), tolerance.at("atol")) << " in " << name_ << "/" << tensor;
}

torch::Tensor flat_tokens(const torch::Tensor& tokens) { return tokens.to(torch::kInt64).flatten(1); }

}  // namespace veil::test
