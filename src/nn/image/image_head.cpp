#include "nn/image/image_head.h"

#include <ATen/autocast_mode.h>

#include <vector>

#include "base/torch.h"
#include "kernels/patch_gather.h"
#include "kernels/permute_rows.h"
#include "nn/input_checks.h"
#include "nn/row_buckets.h"
#include "veil/base/device.h"

namespace veil {
namespace {

constexpr double kMinLogScale = -7.0;
constexpr double kMaxLogScale = 3.0;

// Positions sorted by color channel, keeping their order inside of each.
struct ChannelOrder {
  torch::Tensor pixels;        // int64 [M]: position / C in the sorted order
  torch::Tensor rank;          // int64 [M]: place in the sorted order of each position
  torch::Tensor order;         // int64 [M]: the inverse of rank
  std::vector<int64_t> first;  // first[c] .. first[c + 1] - 1 are those of channel c
};

ChannelOrder sort_by_channel(const torch::Tensor& positions, int64_t channels) {
  const int64_t size = positions.numel();
  const int64_t* position = positions.const_data_ptr<int64_t>();
  ChannelOrder result{torch::empty({size}, torch::kInt64), torch::empty({size}, torch::kInt64),
                      torch::empty({size}, torch::kInt64), std::vector<int64_t>(channels + 1, 0)};
  for (int64_t i = 0; i < size; ++i) {
    ++result.first[position[i] % channels + 1];
  }
  for (int64_t c = 0; c < channels; ++c) {
    result.first[c + 1] += result.first[c];
  }
  std::vector<int64_t> next(result.first.begin(), result.first.end() - 1);
  int64_t* pixels = result.pixels.mutable_data_ptr<int64_t>();
  int64_t* rank = result.rank.mutable_data_ptr<int64_t>();
  int64_t* order = result.order.mutable_data_ptr<int64_t>();
  for (int64_t i = 0; i < size; ++i) {
    const int64_t place = next[position[i] % channels]++;
    pixels[place] = position[i] / channels;
    rank[i] = place;
    order[place] = i;
  }
  return result;
}

// Outputs [begin, begin + count) of a 3x3 convolution as a linear map of patches: [count, 9 f].
torch::Tensor rows_of(const torch::Tensor& weight, int64_t begin, int64_t count) {
  return weight.narrow(0, begin, count).permute({0, 2, 3, 1}).reshape({count, -1});
}

// [B, C k, H, W] → [B, H W C, k] in float32.
torch::Tensor by_token(const torch::Tensor& x, int64_t numbers) {
  return x.permute({0, 2, 3, 1}).reshape({x.size(0), -1, numbers}).to(torch::kFloat32);
}

// [B, f, H, W] → [B, H, W, f], in the type that products are computed in: patches are nine times as large.
torch::Tensor pixel_rows(const torch::Tensor& x) {
  const auto device = x.device().type();
  const auto rows = x.permute({0, 2, 3, 1});
  return at::autocast::is_autocast_enabled(device) ? rows.to(at::autocast::get_autocast_dtype(device)) : rows;
}

}  // namespace

torch::Tensor add_logistic_prior(const torch::Tensor& free, const torch::Tensor& prior) {
  const int64_t size = free.size(-1);
  const auto values = torch::arange(size, free.options()) * (2.0 / static_cast<double>(size - 1)) - 1.0;
  const auto mean = prior.narrow(-1, 0, 1);
  const auto inverse_scale = prior.narrow(-1, 1, 1).clamp(kMinLogScale, kMaxLogScale).neg().exp();
  const auto distance = (values - mean) * inverse_scale;
  // softplus(-d) = softplus(d) - d.
  return free + distance - 2.0 * at::softplus(distance);
}

torch::Tensor ImageHead::patches(const torch::Tensor& features, const torch::Tensor& pixels) const {
  return fused() ? kernels::patch_gather(features, pixels) : kernels::patch_gather_composed(features, pixels);
}

ImageHead::ImageHead(const DenoiserOptions& options, int64_t channels, int64_t cond_width, torch::Device device)
    : shape_(options.shape),
      vocab_size_(options.vocab_size),
      norm_(register_module("norm", std::make_shared<NormSwish>(channels, cond_width, device))),
      weight_(add_parameter("weight", {shape_.channels * vocab_size_, channels, 3, 3}, kZeroWeights, device)),
      bias_(add_parameter("bias", {shape_.channels * vocab_size_}, kZeroWeights, device)) {
  if (options.head == Head::kLogisticPrior) {
    const ConvOptions prior{.in = channels, .out = 2 * shape_.channels, .weight = kZeroWeights};
    prior_ = register_module("prior", std::make_shared<Conv2d>(prior, device));
  }
}

torch::Tensor ImageHead::logits(const torch::Tensor& x, const torch::Tensor& condition) const {
  const auto features = norm_->forward(x, condition);
  const auto free = by_token(at::conv2d(features, weight_, bias_, {1, 1}, {1, 1}), vocab_size_);
  return prior_ ? add_logistic_prior(free, by_token(prior_->forward(features), 2)) : free;
}

torch::Tensor ImageHead::channel_logits(const torch::Tensor& patches, int64_t channel) const {
  const int64_t begin = channel * vocab_size_;
  const auto bias = bias_.narrow(0, begin, vocab_size_);
  const auto free = at::linear(patches, rows_of(weight_, begin, vocab_size_), bias).to(torch::kFloat32);
  if (!prior_) {
    return free;
  }
  const auto prior =
      at::linear(patches, rows_of(prior_->weight(), 2 * channel, 2), prior_->bias().narrow(0, 2 * channel, 2));
  return add_logistic_prior(free, prior.to(torch::kFloat32));
}

torch::Tensor ImageHead::logits_at(const torch::Tensor& x, const torch::Tensor& condition,
                                   const torch::Tensor& positions) const {
  check_positions(positions, x.size(0) * shape_.length());
  const auto features = pixel_rows(norm_->forward(x, condition));
  if (shape_.channels == 1) {
    const auto rows = channel_logits(patches(features, in_buckets(positions, x.device())), 0);
    return rows.narrow(0, 0, positions.numel());
  }
  const auto sorted = sort_by_channel(positions.contiguous(), shape_.channels);
  std::vector<torch::Tensor> pixels;  // of each channel
  for (int64_t c = 0; c < shape_.channels; ++c) {
    const auto own = sorted.pixels.narrow(0, sorted.first[c], sorted.first[c + 1] - sorted.first[c]);
    pixels.push_back(in_buckets(own, x.device()));
  }
  const auto all_patches = patches(features, torch::cat(pixels));
  std::vector<torch::Tensor> parts;
  int64_t begin = 0;
  for (int64_t c = 0; c < shape_.channels; ++c) {
    const int64_t computed = pixels[c].numel();
    const auto rows = channel_logits(all_patches.narrow(0, begin, computed), c);
    parts.push_back(rows.narrow(0, 0, sorted.first[c + 1] - sorted.first[c]));
    begin += computed;
  }
  return kernels::permute_rows(torch::cat(parts, 0), to_device(sorted.rank, x.device()),
                               to_device(sorted.order, x.device()));
}

}  // namespace veil
