#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

namespace veil {

/// Tensors with the registered names of a module's parameters, in the module's order.
using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// Whether a parameter is the weight of a product (of a linear map or a convolution): it has two dimensions or more and
/// is no embedding. Norms and biases have one dimension. Embeddings are what veil's layers start as such (rows of a
/// table, positions), and the weights of torch::nn::Embedding and EmbeddingBag.
///   owner: the module that registered it, under `name`, without the names of modules.
[[nodiscard]] bool is_matrix(const torch::nn::Module& owner, const std::string& name, const torch::Tensor& parameter);

/// Where a parameter lies in a ParameterVector.
struct ParameterRange {
  int64_t begin = 0;
  int64_t size = 0;
  bool is_matrix = false;
};

/// All parameters of a network in one contiguous vector of which each parameter is a view, and the same for their
/// gradients. Norm, clipping, AdamW, the moving average and an all-reduce over processes are then one operator each.
class ParameterVector {
 public:
  /// Moves the parameters of `module` (float32, on one device) into a new vector: their values stay, their storage
  /// changes. The module may be destroyed first: the vectors keep that storage alive.
  explicit ParameterVector(torch::nn::Module& module);

  [[nodiscard]] torch::Tensor& values() { return values_; }        ///< float32 [P]
  [[nodiscard]] torch::Tensor& gradients() { return gradients_; }  ///< float32 [P]; accumulates until zeroed

  /// Of each parameter, in the module's order: one begins where the one before it ends.
  [[nodiscard]] const std::vector<ParameterRange>& ranges() const { return ranges_; }

  /// `flat` (float32 [P]) cut into tensors with the parameters' names and shapes; views, no copies.
  [[nodiscard]] NamedTensors named(const torch::Tensor& flat) const;

  /// Makes the parameters of another network of the same kind views of `flat` [P]. Throws InvalidArgument if names or
  /// shapes differ.
  void bind(torch::nn::Module& module, const torch::Tensor& flat) const;

  /// Copies `tensors` into `flat`. Throws InvalidArgument naming the first tensor that is missing or has another shape.
  void assign(const torch::Tensor& flat, const NamedTensors& tensors) const;

 private:
  std::vector<std::pair<std::string, std::vector<int64_t>>> layout_;
  std::vector<ParameterRange> ranges_;
  torch::Tensor values_;
  torch::Tensor gradients_;
};

}  // namespace veil
