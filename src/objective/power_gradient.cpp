
#include "base/torch.h"
#include "objective/value_schedule.h"

namespace veil {
namespace {

// Weight of the mean over all values in the baseline of one, in masked positions.
constexpr double kShrinkage = 4.0;

// log(1 - exp(x)) for x <= 0 where `used` is 1, else 0 with no gradient: x may be 0 there.
torch::Tensor log_complement(const torch::Tensor& x, const torch::Tensor& used) {
  const auto safe = torch::where(used.gt(0), x, torch::full_like(x, -1.0));
  return torch::log(-torch::expm1(safe)) * used;
}

// log q(z | x) of each example.
torch::Tensor log_probability(const torch::Tensor& log_fraction, const torch::Tensor& is_masked) {
  return (log_fraction * is_masked + log_complement(log_fraction, 1 - is_masked)).sum(1);
}

}  // namespace

torch::Tensor leave_one_out_surrogate(const MaskPair& masks, const torch::Tensor& first_loss,
                                      const torch::Tensor& second_loss) {
  const auto difference = (first_loss - second_loss).detach();
  return 0.5 * difference *
         (log_probability(masks.log_fraction, masks.first) - log_probability(masks.log_fraction, masks.second));
}

torch::Tensor disarm_surrogate(const MaskPair& masks, const torch::Tensor& first_loss,
                               const torch::Tensor& second_loss) {
  const auto sign = masks.first - masks.second;
  const auto differ = sign.abs();
  const auto logit = masks.log_fraction * differ - log_complement(masks.log_fraction, differ);
  const auto weight = 0.5 * (first_loss - second_loss).unsqueeze(1) * sign * torch::sigmoid(logit.abs());
  return (weight.detach() * logit).sum(1);
}

torch::Tensor jump_baseline(const torch::Tensor& x0, const MaskPair& masks, const torch::Tensor& jump,
                            int64_t vocab_size) {
  const torch::NoGradGuard no_grad;
  const int64_t batch = x0.size(0);
  const auto offset = torch::arange(batch, x0.options()).unsqueeze(1) * vocab_size;
  const auto index = (x0 + offset).flatten();
  const auto by_value = [&](const torch::Tensor& positions) {  // [B, L] → [B, V]
    const auto sums = torch::zeros({batch * vocab_size}, positions.options());
    return sums.index_add(0, index, positions.flatten()).view({batch, vocab_size});
  };
  // What the other examples have.
  const auto others = [](const torch::Tensor& own) { return own.sum(0, true) - own; };
  const auto sums = others(by_value(jump.detach()));
  const auto counts = others(by_value(masks.first + masks.second));
  const auto mean = sums.sum(1, true) / counts.sum(1, true).clamp_min(1);
  const auto table = (sums + kShrinkage * mean) / (counts + kShrinkage);
  return table.gather(1, x0);
}

}  // namespace veil
