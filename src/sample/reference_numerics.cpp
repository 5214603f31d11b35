#include "sample/reference_numerics.h"

#include <limits>
#include <numbers>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

constexpr double kHalfPi = std::numbers::pi / 2;
constexpr double kRemoved = -1e7;

torch::Tensor warp(TimeGridKind kind, const torch::Tensor& u) {
  return kind == TimeGridKind::kCosine ? ((1.0 - u) * kHalfPi).cos() : u;
}

torch::Tensor unclipped_alpha(const MaskScheduleOptions& options, const torch::Tensor& t) {
  switch (options.kind) {
    case ScheduleKind::kLinear:
      return 1.0 - t;
    case ScheduleKind::kCosine:
      return 1.0 - ((1.0 - t) * kHalfPi).cos();
    case ScheduleKind::kPolynomial:
      return 1.0 - t.pow(options.exponent);
    case ScheduleKind::kGeometric:
    case ScheduleKind::kTable:
      break;
  }
  throw InvalidArgument(concat("the schedule is ", schedule_name(options), ", which the reference does not have"));
}

// The first index of the largest number along the last dimension: at::argmax promises no order among equals.
torch::Tensor first_argmax(const torch::Tensor& x) {
  return x.eq(x.amax(-1, /*keepdim=*/true)).to(torch::kInt32).cumsum(-1).eq(0).sum(-1);
}

}  // namespace

ReferenceGrid reference_grid(TimeGridKind kind, int64_t steps) {
  require(steps >= 1, "steps: got ", steps, ", wanted at least 1");
  const auto count = static_cast<double>(steps);
  const auto t = torch::arange(steps, 0, -1, torch::kFloat32) / count;
  return {.s = warp(kind, t - 1.0 / count), .t = warp(kind, t)};
}

torch::Tensor reference_alpha(const MaskScheduleOptions& options, const torch::Tensor& t) {
  return unclipped_alpha(options, t) * (1 - 2 * options.clip) + options.clip;
}

torch::Tensor reference_unmask_probability(const MaskScheduleOptions& options, const torch::Tensor& s,
                                           const torch::Tensor& t) {
  const auto later = reference_alpha(options, t);
  return (reference_alpha(options, s) - later) / (1.0 - later);
}

torch::Tensor top_p_mask(const torch::Tensor& logits, double p) {
  require(p > 0 && p <= 1, "top p is ", p, ", want a number in (0, 1]");
  const auto probabilities = torch::softmax(logits, -1);
  const auto sorted = std::get<0>(probabilities.sort(-1, /*descending=*/true));
  const auto before = at::constant_pad_nd(sorted.cumsum(-1).narrow(-1, 0, sorted.size(-1) - 1), {1, 0});
  const auto smallest_kept = torch::where(before.lt(p), sorted, std::numeric_limits<float>::infinity()).amin(-1, true);
  return torch::where(probabilities.ge(smallest_kept), logits, kRemoved);
}

torch::Tensor reference_step_probabilities(const torch::Tensor& logits, const torch::Tensor& unmask) {
  const auto values = torch::softmax(logits, -1) * unmask;
  return torch::cat({values, (1.0 - unmask).expand_as(values.narrow(-1, 0, 1))}, -1);
}

torch::Tensor reference_gumbel(const torch::Tensor& uniform) {
  return -(-uniform.clamp_min(static_cast<double>(std::numeric_limits<float>::min())).log()).log();
}

torch::Tensor reference_step(const torch::Tensor& z, const torch::Tensor& probabilities, const torch::Tensor& gumbel) {
  const int64_t mask_id = probabilities.size(-1) - 1;
  return torch::where(z.eq(mask_id), first_argmax(probabilities.log() + gumbel), z);
}

torch::Tensor reference_decode(const torch::Tensor& z, const torch::Tensor& logits) {
  return torch::where(z.eq(logits.size(-1)), first_argmax(logits), z);
}

}  // namespace veil
