#include "kernels/group_norm_cpu.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/torch.h"
#include "kernels/group_norm_rows.h"

// Per example, with g the group of channel c:  a = rstd_g weight,  b = bias - mean_g a,  y = swish(x a + b).
namespace veil::kernels {
namespace {

struct Sizes {
  int64_t batch;
  int64_t pixels;
  int64_t channels;
  int64_t groups;

  [[nodiscard]] int64_t width() const { return channels / groups; }
  [[nodiscard]] double count() const { return static_cast<double>(width() * pixels); }
};

Sizes sizes_of(const torch::Tensor& x, int64_t groups) {
  return {x.size(0), x.size(2) * x.size(3), x.size(1), groups};
}

// What one thread needs while it works on an example.
struct Workspace {
  explicit Workspace(const Sizes& s)
      : sizes(s), first(static_cast<size_t>(s.channels)), second(first.size()), a(first.size()), b(first.size()),
        p(first.size()), q(first.size()), block(2 * first.size()) {}

  Sizes sizes;
  std::vector<double> first, second;
  std::vector<float> a, b, p, q, block;

  [[nodiscard]] RowAffine affine() const {
    return {sizes.pixels, sizes.channels, a.data(), b.data(), p.data(), q.data()};
  }

  [[nodiscard]] MomentArguments fresh_moments() {
    std::fill(first.begin(), first.end(), 0.0);
    std::fill(second.begin(), second.end(), 0.0);
    return {sizes.pixels, sizes.channels, first.data(), second.data(), block.data()};
  }

  void set_affine(const float* mean, const float* rstd, const float* weight, const float* bias) {
    for (int64_t c = 0; c < sizes.channels; ++c) {
      const int64_t g = c / sizes.width();
      a[static_cast<size_t>(c)] = rstd[g] * weight[c];
      b[static_cast<size_t>(c)] = bias[c] - mean[g] * rstd[g] * weight[c];
    }
  }
};

void group_statistics(const Workspace& w, double epsilon, float* mean, float* rstd) {
  const auto& s = w.sizes;
  for (int64_t g = 0; g < s.groups; ++g) {
    double first = 0;
    double second = 0;
    for (int64_t c = g * s.width(); c < (g + 1) * s.width(); ++c) {
      first += w.first[static_cast<size_t>(c)];
      second += w.second[static_cast<size_t>(c)];
    }
    const double average = first / s.count();
    mean[g] = static_cast<float>(average);
    rstd[g] = static_cast<float>(1 / std::sqrt(std::max(0.0, second / s.count() - average * average) + epsilon));
  }
}

struct ExampleGradients {
  float* weight;
  float* bias;
};

// From the moments of dh: the gradients of weight and bias, and the terms p, q by which mean and rstd enter dx.
void gradient_terms(Workspace& w, const float* mean, const float* rstd, const float* weight,
                    const ExampleGradients& to) {
  const auto& s = w.sizes;
  for (int64_t g = 0; g < s.groups; ++g) {
    const double m = mean[g];
    const double r = rstd[g];
    double first = 0;
    double second = 0;
    for (int64_t c = g * s.width(); c < (g + 1) * s.width(); ++c) {
      const auto i = static_cast<size_t>(c);
      to.bias[c] = static_cast<float>(w.first[i]);
      to.weight[c] = static_cast<float>((w.second[i] - m * w.first[i]) * r);
      first += w.first[i] * weight[c];
      second += w.second[i] * weight[c];
    }
    const double p = (first * m - second) * r * r * r / s.count();
    const double q = -p * m - first * r / s.count();
    std::fill_n(w.p.begin() + g * s.width(), s.width(), static_cast<float>(p));
    std::fill_n(w.q.begin() + g * s.width(), s.width(), static_cast<float>(q));
  }
}

struct Tensors {
  torch::Tensor x, weight, bias, mean, rstd;
};

template <typename T>
void forward_as(const Tensors& in, const Sizes& s, double epsilon, const torch::Tensor& y) {
  const auto* x = in.x.const_data_ptr<T>();
  const auto* weight = in.weight.const_data_ptr<float>();
  const auto* bias = in.bias.const_data_ptr<float>();
  auto* mean = in.mean.mutable_data_ptr<float>();
  auto* rstd = in.rstd.mutable_data_ptr<float>();
  auto* out = y.mutable_data_ptr<T>();
  at::parallel_for(0, s.batch, 1, [&](int64_t begin, int64_t end) {
    Workspace w(s);
    for (int64_t n = begin; n < end; ++n) {
      const int64_t offset = n * s.pixels * s.channels;
      add_moments(x + offset, x + offset, w.fresh_moments());
      group_statistics(w, epsilon, mean + n * s.groups, rstd + n * s.groups);
      w.set_affine(mean + n * s.groups, rstd + n * s.groups, weight + n * s.channels, bias + n * s.channels);
      write_swish(x + offset, w.affine(), out + offset);
    }
  });
}

struct Gradients {
  torch::Tensor x, weight, bias;
};

template <typename T>
void backward_as(const torch::Tensor& upstream, const Tensors& in, const Sizes& s, const Gradients& to) {
  const auto* dy = upstream.const_data_ptr<T>();
  const auto* x = in.x.const_data_ptr<T>();
  const auto* weight = in.weight.const_data_ptr<float>();
  const auto* bias = in.bias.const_data_ptr<float>();
  const auto* mean = in.mean.const_data_ptr<float>();
  const auto* rstd = in.rstd.const_data_ptr<float>();
  auto* dx = to.x.mutable_data_ptr<T>();
  auto* dweight = to.weight.mutable_data_ptr<float>();
  auto* dbias = to.bias.mutable_data_ptr<float>();
  at::parallel_for(0, s.batch, 1, [&](int64_t begin, int64_t end) {
    Workspace w(s);
    for (int64_t n = begin; n < end; ++n) {
      const int64_t offset = n * s.pixels * s.channels;
      const int64_t row = n * s.channels;
      w.set_affine(mean + n * s.groups, rstd + n * s.groups, weight + row, bias + row);
      write_swish_gradient(x + offset, dy + offset, w.affine(), dx + offset);
      add_moments(dx + offset, x + offset, w.fresh_moments());
      gradient_terms(w, mean + n * s.groups, rstd + n * s.groups, weight + row, {dweight + row, dbias + row});
      finish_gradient(x + offset, w.affine(), dx + offset);
    }
  });
}

class GroupNormSwish : public torch::autograd::Function<GroupNormSwish> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight, const torch::Tensor& bias, int64_t groups,
                               double epsilon) {
    const auto s = sizes_of(x, groups);
    const Tensors in{x, weight.contiguous(), bias.contiguous(), torch::empty({s.batch, groups}, weight.options()),
                     torch::empty({s.batch, groups}, weight.options())};
    auto y = torch::empty_like(x);
    x.scalar_type() == torch::kFloat32 ? forward_as<float>(in, s, epsilon, y)
                                       : forward_as<c10::BFloat16>(in, s, epsilon, y);
    context->save_for_backward({in.x, in.weight, in.bias, in.mean, in.rstd});
    context->saved_data["groups"] = groups;
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& upstream) {
    const auto saved = context->get_saved_variables();
    const Tensors in{saved[0], saved[1], saved[2], saved[3], saved[4]};
    const auto s = sizes_of(in.x, context->saved_data["groups"].toInt());
    const auto dy = upstream[0].to(in.x.scalar_type()).contiguous(torch::MemoryFormat::ChannelsLast);
    const Gradients to{torch::empty_like(in.x), torch::empty_like(in.weight), torch::empty_like(in.bias)};
    in.x.scalar_type() == torch::kFloat32 ? backward_as<float>(dy, in, s, to)
                                          : backward_as<c10::BFloat16>(dy, in, s, to);
    return {to.x, to.weight, to.bias, torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor group_norm_swish_cpu(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                   int64_t groups, double epsilon) {
  return GroupNormSwish::apply(x, weight, bias, groups, epsilon);
}

}  // namespace veil::kernels
