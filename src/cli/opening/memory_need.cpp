#include "cli/opening/memory_need.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "base/memory.h"
#include "base/torch.h"
#include "evaluate/pass_queue.h"
#include "nn/network_input.h"
#include "veil/diffusion/forward_process.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/diffusion/time_grid.h"
#include "veil/nn/evaluation_mode.h"
#include "veil/objective/objective.h"

namespace veil::cli {
namespace {

// More rows say more of one row, and take longer.
int64_t few_of(int64_t most) { return std::clamp<int64_t>(most / 16, 1, 4); }

// What a CPU's process takes over what its tensors hold at their peak, for pieces that are freed do not fit those that
// come next: measured, from 1.3 to 2.5 for different networks.
constexpr double kOfUpdates = 1.4;
constexpr double kOfEvaluation = 1.9;
constexpr double kOfSampling = 1.75;

constexpr int64_t kTelling = 32 << 20;  // bytes

// What two calls tell. A second call that may not fit is not made.
MemoryNeed need_of(torch::Device device, int64_t most, double on_cpu, const std::function<void(int64_t)>& call) {
  if (most < 2) {
    return {};
  }
  const auto peak = [&](int64_t rows) -> int64_t {
    const AllocationWatch watch(device);
    call(rows);
    return std::llround(static_cast<double>(watch.peak_bytes()) * (device.is_cpu() ? on_cpu : 1.0));
  };
  call(1);  // what only the first call of a process takes
  int64_t few = few_of(most);
  int64_t once = peak(few);
  while (once < kTelling && 8 * few <= most) {  // of small networks the weights are most of it
    few *= 2;
    once = peak(few);
  }
  if (const auto available = available_memory(device); available && 2 * once > *available) {
    return {.fixed = 0, .per_row = once / few};
  }
  const int64_t per_row = std::max<int64_t>(0, peak(2 * few) - once) / few;
  return {.fixed = std::max<int64_t>(0, once - few * per_row), .per_row = per_row};
}

TokenBatch made_up(const DenoiserOptions& network, int64_t rows) {
  TokenBatch batch{.tokens = torch::zeros({rows, network.shape.length()}, torch::kInt64),
                   .labels = std::nullopt,
                   .example_ids = torch::arange(rows)};
  if (network.classes > 0) {
    batch.labels = torch::zeros({rows}, torch::kInt64);
  }
  return batch;
}

// A row of a call with `count` masked positions, which are those that are scored.
PassRow made_up_row(const DenoiserOptions& network, int64_t count) {
  const auto batch = made_up(network, 1);
  PassRow row = row_of(batch, 0);
  row.masked = mask_by_count(row.x0, std::vector<int64_t>{count}, batch.example_ids, network.vocab_size, {});
  row.level = static_cast<double>(count) / static_cast<double>(network.shape.length());
  return row;
}

// Of an example, in one step: what the schedule says of the step that reveals most, or all that is masked where every
// step looks at that.
int64_t most_revealed(const Denoiser& denoiser, const SampleOptions& options) {
  const int64_t length = denoiser.options().shape.length();
  if (denoiser.powers() != nullptr) {
    return length;
  }
  const MaskSchedule schedule(options.schedule);
  const auto times = time_grid(options.grid, options.steps);
  double most = 0.0;
  for (size_t step = 0; step + 1 < times.size(); ++step) {
    const double after = step + 2 < times.size() ? schedule.masked_fraction(times[step + 1]) : 0.0;
    most = std::max(most, schedule.masked_fraction(times[step]) - after);
  }
  return std::clamp<int64_t>(std::llround(most * static_cast<double>(length)), 1, length);
}

}  // namespace

MemoryNeed memory_to_train(TrainState& state, const StepSettings& settings, int64_t most) {
  const auto need = need_of(settings.compute.device, most, kOfUpdates, [&](int64_t rows) {
    const auto batch = made_up(state.denoiser->options(), rows);
    torch::Tensor loss;
    {
      const ScopedPrecision precision(settings.compute);
      const NoiseContext noise{.seed = 0, .step = 0, .first = 0, .global_size = rows};
      loss = continuous_time_loss(*state.denoiser, batch, settings.objective, noise, settings.compute.device)
                 .total()
                 .sum();
    }
    loss.backward();
  });
  const torch::NoGradGuard no_grad;
  state.optimizer.parameters().gradients().zero_();
  return need;
}

MemoryNeed memory_to_evaluate(Denoiser& denoiser, int64_t groups, const Compute& compute, int64_t most) {
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision precision(compute);
  const int64_t length = denoiser.options().shape.length();
  const int64_t scored = groups > 0 ? (length + groups - 1) / groups : (length + 1) / 2;  // of the bound: on average
  const auto measure = groups > 0 ? PassMeasure::kCodeLength : PassMeasure::kBound;
  return need_of(compute.device, most, kOfEvaluation, [&](int64_t rows) {
    PassQueue queue(
        denoiser, rows, compute.device, [](auto&&...) {}, measure);
    for (int64_t row = 0; row < rows; ++row) {
      queue.add(made_up_row(denoiser.options(), scored));
    }
  });
}

MemoryNeed memory_to_sample(Denoiser& denoiser, const SampleOptions& options, const Compute& compute, int64_t most) {
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision precision(compute);
  const DenoiserOptions& network = denoiser.options();
  const int64_t length = network.shape.length();
  const int64_t revealed = most_revealed(denoiser, options);
  return need_of(compute.device, most, kOfSampling, [&](int64_t rows) {
    const auto z = torch::full({rows, length}, network.vocab_size, torch::kInt64);
    const std::vector<double> levels(static_cast<size_t>(rows), 1.0);
    const auto positions = (torch::arange(rows).unsqueeze(1) * length + torch::arange(revealed)).flatten().contiguous();
    const auto input = network_input(network, z, levels, made_up(network, rows).labels, compute.device);
    (void)denoiser.logits_at(input, positions).to(torch::kCPU, torch::kFloat32).contiguous().amax(-1);
  });
}

}  // namespace veil::cli
