#include "nn/input_checks.h"

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

void check_vector(const std::optional<torch::Tensor>& vector, bool wanted, torch::ScalarType type, const char* name,
                  int64_t size) {
  require(vector.has_value() == wanted, name,
          wanted ? " are missing, want one an example" : " were given to a network that has no use for them");
  require(!wanted || (vector->dim() == 1 && vector->size(0) == size && vector->scalar_type() == type), name, " have ",
          wanted ? vector->sizes() : torch::IntArrayRef(), " numbers of ", wanted ? vector->scalar_type() : type,
          ", want [", size, "] of ", type);
}

}  // namespace

void check_input(const DenoiserOptions& options, const DenoiserInput& input) {
  const auto& z = input.z;
  require(z.defined() && z.dim() == 2 && z.size(1) == options.shape.length() && z.scalar_type() == torch::kInt64,
          "tokens z have shape ", z.defined() ? z.sizes() : torch::IntArrayRef(), ", want int64 [B, ",
          options.shape.length(), "]");
  check_vector(input.noise_level, options.condition != Condition::kNone, torch::kFloat32, "noise levels", z.size(0));
  check_vector(input.labels, options.classes > 0, torch::kInt64, "labels", z.size(0));
}

void check_positions(const torch::Tensor& positions, int64_t end) {
  require(positions.dim() == 1 && positions.scalar_type() == torch::kInt64 && positions.is_cpu(),
          "positions have dtype ", positions.scalar_type(), ", ", positions.dim(), " dimension(s) and device ",
          positions.device(), ", want int64 [M] on the CPU");
  if (positions.numel() > 0) {
    const auto [low, high] = at::aminmax(positions);
    const auto first = low.item<int64_t>();
    const auto last = high.item<int64_t>();
    require(first >= 0 && last < end, "positions reach from ", first, " to ", last, ", want 0 to ", end - 1);
  }
}

}  // namespace veil
