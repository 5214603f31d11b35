#include "nn/network_input.h"

#include <algorithm>

#include "base/torch.h"
#include "veil/base/device.h"

namespace veil {

double told_level(Condition condition, const MaskSchedule& schedule, int64_t count, int64_t length) {
  const double fraction = static_cast<double>(count) / static_cast<double>(length);
  switch (condition) {
    case Condition::kMaskFraction:
      return fraction;
    case Condition::kTime:
      return schedule.time_of_alpha(1 - fraction);
    case Condition::kNone:
      break;
  }
  return 0;
}

DenoiserInput network_input(const DenoiserOptions& network, const torch::Tensor& z, std::span<const double> levels,
                            const std::optional<torch::Tensor>& labels, torch::Device device) {
  DenoiserInput input{.z = to_device(z, device), .noise_level = {}, .labels = {}};
  if (network.condition != Condition::kNone) {
    auto told = torch::empty({static_cast<int64_t>(levels.size())}, torch::kFloat32);
    std::transform(levels.begin(), levels.end(), told.mutable_data_ptr<float>(),
                   [](double level) { return static_cast<float>(level); });
    input.noise_level = to_device(told, device);
  }
  if (network.classes > 0 && labels) {
    input.labels = to_device(*labels, device);
  }
  return input;
}

}  // namespace veil
