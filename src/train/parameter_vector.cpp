#include "veil/train/parameter_vector.h"

#include <functional>
#include <numeric>

#include "veil/base/error.h"

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

}  // namespace

ParameterVector::ParameterVector(torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  const auto parameters = module.named_parameters();
  require(!parameters.is_empty(), "the network has no parameters to train");
  values_ = torch::empty({total_size(module)}, parameters[0].value().options().requires_grad(false));
  gradients_ = torch::zeros_like(values_);
  for (const auto& item : parameters) {
    layout_.emplace_back(item.key(), item.value().sizes().vec());
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
