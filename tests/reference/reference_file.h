#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/torch.h"

namespace veil::test {

/// One file of tests/fixtures/reference with its entry of the manifest. Notes what is used of it (coverage.h).
class ReferenceFile {
 public:
  /// name: without extension. Throws if there is no such file.
  explicit ReferenceFile(const std::string& name);

  [[nodiscard]] const nlohmann::json& entry() const { return entry_; }
  [[nodiscard]] bool has(const std::string& tensor) const { return tensors_.contains(tensor); }
  [[nodiscard]] std::vector<std::string> names(const std::string& prefix) const;

  /// What the code under test is given.
  [[nodiscard]] torch::Tensor input(const std::string& tensor) const;

  /// What a test compares in its own way.
  [[nodiscard]] torch::Tensor result(const std::string& tensor) const;

  /// Compares at the manifest's tolerance, |got - want| <= atol + rtol |want| or exactly. Where the manifest says that
  /// the reference's numbers are not finite, infinities must agree and NaN is passed over.
  [[nodiscard]] testing::AssertionResult close(const std::string& tensor, const torch::Tensor& got) const;

 private:
  std::string name_;
  nlohmann::json entry_;
  std::map<std::string, torch::Tensor> tensors_;
};

/// tokens in int32 as int64 [B, L].
[[nodiscard]] torch::Tensor flat_tokens(const torch::Tensor& tokens);

}  // namespace veil::test
