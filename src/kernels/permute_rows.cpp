#include "kernels/permute_rows.h"

#include "base/torch.h"

namespace veil::kernels {
namespace {

class PermuteRows : public torch::autograd::Function<PermuteRows> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& order, const torch::Tensor& inverse) {
    context->save_for_backward({inverse});
    return x.index_select(0, order);
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               const torch::autograd::tensor_list& gradients) {
    const auto inverse = context->get_saved_variables()[0];
    return {gradients[0].index_select(0, inverse), torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor permute_rows(const torch::Tensor& x, const torch::Tensor& order, const torch::Tensor& inverse) {
  return PermuteRows::apply(x, order, inverse);
}

}  // namespace veil::kernels
