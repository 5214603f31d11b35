#include "veil/nn/token_powers.h"

#include <cmath>
#include <numbers>
#include <vector>

#include "base/torch.h"
#include "veil/base/device.h"

namespace veil {
namespace {

constexpr int64_t kWaves = 8;
constexpr double kMostPower = 8.0;
// softplus of it is 1
const double kSoftplusOne = std::log(std::numbers::e - 1);

Initializer initial(Powers kind) {
  return kind == Powers::kSoftplus ? Initializer{.value = InitialValue::kConstant, .gain = kSoftplusOne}
                                   : Initializer{.value = InitialValue::kZeros};
}

// Column j - 1 is cos(pi j (v + 1/2) / V): its mean over v is 0.
torch::Tensor cosines(int64_t vocab_size, torch::Device device) {
  const auto v = (torch::arange(vocab_size, torch::kFloat64) + 0.5) / static_cast<double>(vocab_size);
  const auto j = torch::arange(1, kWaves + 1, torch::kFloat64) * std::numbers::pi;
  return to_device((v.unsqueeze(1) * j).cos().to(torch::kFloat32), device);
}

}  // namespace

TokenPowers::TokenPowers(Powers kind, int64_t vocab_size, torch::Device device)
    : kind_(kind), raw_(add_parameter("raw", {kind == Powers::kSmooth ? kWaves : vocab_size}, initial(kind), device)) {
  if (kind == Powers::kSmooth) {
    basis_ = register_buffer("basis", cosines(vocab_size, device));
  }
}

torch::Tensor TokenPowers::values() const {
  if (kind_ == Powers::kSoftplus) {
    return at::softplus(raw_);
  }
  const auto eta = kind_ == Powers::kSmooth ? at::mv(basis_, raw_) : raw_ - raw_.mean();
  const double limit = std::log(kMostPower);
  return eta.clamp(-limit, limit).exp();
}

std::optional<PowerSchedule> power_schedule(const Denoiser& denoiser, double clip) {
  if (denoiser.powers() == nullptr) {
    return std::nullopt;
  }
  const auto host = denoiser.powers()->values().detach().to(torch::kCPU, torch::kFloat64).contiguous();
  const auto* values = host.const_data_ptr<double>();
  return PowerSchedule(std::vector<double>(values, values + host.numel()), clip);
}

TokenSchedule token_schedule(const Denoiser& denoiser, const MaskScheduleOptions& options) {
  if (auto powers = power_schedule(denoiser, options.clip)) {
    return *std::move(powers);
  }
  return MaskSchedule(options);
}

}  // namespace veil
