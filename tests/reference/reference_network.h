#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reference/reference_file.h"
#include "support/reference_parameters.h"
#include "veil/nn/denoiser.h"

namespace veil::test {

/// Of a "config" of the manifest.
[[nodiscard]] DenoiserOptions options_of(const nlohmann::json& config);

/// Our network with the parameters of a file, and ways to see ours in the reference's names and layouts.
class ReferenceNetwork {
 public:
  /// Takes "params/NAME" of `file` for every parameter NAME.
  ReferenceNetwork(const ReferenceFile& file, const DenoiserOptions& options);

  [[nodiscard]] Denoiser& network() { return *network_; }
  [[nodiscard]] std::shared_ptr<Denoiser> shared() { return network_; }
  [[nodiscard]] const std::vector<ReferenceParameter>& names() const { return names_; }

  /// A parameter of `network`, or another one of the same kind, as the reference lays it out.
  [[nodiscard]] torch::Tensor parameter(const ReferenceParameter& entry, const Denoiser& network) const;
  [[nodiscard]] torch::Tensor gradient(const ReferenceParameter& entry) const;

  /// Expects that every gradient is `prefix`NAME of the file, where the file has it; returns how many there were.
  int64_t expect_gradients(const std::string& prefix) const;

  /// The same for [sum, norm, largest absolute value] of every gradient.
  int64_t expect_gradient_summaries(const std::string& prefix) const;

 private:
  [[nodiscard]] std::vector<int64_t> sizes(const ReferenceParameter& entry) const;

  const ReferenceFile& file_;
  std::shared_ptr<Denoiser> network_;
  std::vector<ReferenceParameter> names_;
};

}  // namespace veil::test
