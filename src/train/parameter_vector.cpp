#include "veil/train/parameter_vector.h"

#include <torch/nn/modules/embedding.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "veil/base/error.h"
#include "veil/nn/layers/layers.h"

namespace veil {
namespace {

int64_t total_size(const torch::nn::Module& module) {
  int64_t total = 0;
  for (const auto& parameter : module.parameters()) {
    total += parameter.numel();
  }
  return total;
}

int64_t size_of(const std::vector<int64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

// The initializer that a layer of veil's has noted for its parameter `name`; null if it has none.
const Initializer* initializer_of(const torch::nn::Module& owner, const std::string& name) {
  const auto* layer = dynamic_cast<const Layer*>(&owner);
  if (layer == nullptr) {
    return nullptr;
  }
  const auto& all = layer->initializers();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& entry) { return entry.first == name; });
  return found == all.end() ? nullptr : &found->second;
}

// By the parameter itself: a module may be registered under several names.
std::set<const void*> matrices_of(const torch::nn::Module& network) {
  std::set<const void*> matrices;
  const auto collect = [&](const torch::nn::Module& owner) {
    for (const auto& item : owner.named_parameters(/*recurse=*/false)) {
      if (is_matrix(owner, item.key(), item.value())) {
        matrices.insert(item.value().unsafeGetTensorImpl());
      }
    }
  };
  collect(network);
  for (const auto& part : network.modules(/*include_self=*/false)) {
    collect(*part);
  }
  return matrices;
}

}  // namespace

bool is_matrix(const torch::nn::Module& owner, const std::string& name, const torch::Tensor& parameter) {
  if (parameter.dim() < 2 || dynamic_cast<const torch::nn::EmbeddingImpl*>(&owner) != nullptr ||
      dynamic_cast<const torch::nn::EmbeddingBagImpl*>(&owner) != nullptr) {
    return false;
  }
  const auto* initializer = initializer_of(owner, name);
  return initializer == nullptr ||
         (initializer->value != InitialValue::kEmbedding && initializer->value != InitialValue::kGridSinCos);
}

ParameterVector::ParameterVector(torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  const auto parameters = module.named_parameters();
  require(!parameters.is_empty(), "the network has no parameters to train");
  values_ = torch::empty({total_size(module)}, parameters[0].value().options().requires_grad(false));
  gradients_ = torch::zeros_like(values_);
  const auto matrices = matrices_of(module);
  for (const auto& item : parameters) {
    layout_.emplace_back(item.key(), item.value().sizes().vec());
    ranges_.push_back({.begin = ranges_.empty() ? 0 : ranges_.back().begin + ranges_.back().size,
                       .size = item.value().numel(),
                       .is_matrix = matrices.contains(item.value().unsafeGetTensorImpl())});
  }
  const auto views = named(values_);
  const auto gradient_views = named(gradients_);
  for (size_t i = 0; i < layout_.size(); ++i) {
    auto parameter = parameters[i].value();
    views[i].second.copy_(parameter);
    parameter.set_data(views[i].second);
    parameter.mutable_grad() = gradient_views[i].second;
  }
}

NamedTensors ParameterVector::named(const torch::Tensor& flat) const {
  NamedTensors tensors;
  int64_t offset = 0;
  for (const auto& [name, shape] : layout_) {
    tensors.emplace_back(name, flat.narrow(0, offset, size_of(shape)).view(shape));
    offset += size_of(shape);
  }
  return tensors;
}

void ParameterVector::bind(torch::nn::Module& module, const torch::Tensor& flat) const {
  const auto parameters = module.named_parameters();
  require(parameters.size() == layout_.size(), "the network has ", parameters.size(), " parameters, want ",
          layout_.size());
  const auto views = named(flat);
  for (size_t i = 0; i < layout_.size(); ++i) {
    auto parameter = parameters[i].value();
    require(parameters[i].key() == views[i].first && parameter.sizes() == views[i].second.sizes(), "parameter ",
            parameters[i].key(), " has shape ", parameter.sizes(), ", want ", views[i].first, " of shape ",
            views[i].second.sizes());
    parameter.set_data(views[i].second);
  }
}

void ParameterVector::assign(const torch::Tensor& flat, const NamedTensors& tensors) const {
  const torch::NoGradGuard no_grad;
  require(tensors.size() == layout_.size(), "there are ", tensors.size(), " tensors, want ", layout_.size());
  const auto views = named(flat);
  for (size_t i = 0; i < layout_.size(); ++i) {
    require(tensors[i].first == views[i].first && tensors[i].second.sizes() == views[i].second.sizes(), "tensor ",
            tensors[i].first, " has shape ", tensors[i].second.sizes(), ", want ", views[i].first, " of shape ",
            views[i].second.sizes());
    views[i].second.copy_(tensors[i].second);
  }
}

}  // namespace veil
