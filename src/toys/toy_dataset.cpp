#include "toys/toy_dataset.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <span>

#include "veil/base/error.h"

namespace veil {
namespace {

TensorDataset make_dataset(const torch::Tensor& tokens, const TokenShape& shape, int64_t vocab_size) {
  DatasetInfo info;
  info.name = "toy";
  info.split = "test";
  info.shape = shape;
  info.vocab_size = vocab_size;
  return {info, tokens};
}

}  // namespace

torch::Tensor draw_tokens(const Toy& toy, int64_t size, uint64_t seed) {
  require(toy.vocab_size() <= 256, "toy ", toy.name(), " has ", toy.vocab_size(), " values, want at most 256");
  auto tokens = torch::empty({size, toy.length()}, torch::kUInt8);
  auto* out = tokens.mutable_data_ptr<uint8_t>();
  const NoiseKey key{.seed = seed, .purpose = NoisePurpose::kToy};
  at::parallel_for(0, size, 64, [&](int64_t begin, int64_t end) {
    std::vector<int64_t> x(static_cast<size_t>(toy.length()));
    for (int64_t b = begin; b < end; ++b) {
      toy.sample(key, static_cast<uint64_t>(b), x);
      std::copy(x.begin(), x.end(), out + b * toy.length());
    }
  });
  return tokens;
}

TensorDataset toy_dataset(const torch::Tensor& tokens, int64_t vocab_size) {
  return make_dataset(tokens, {.height = 1, .width = tokens.size(1), .channels = 1}, vocab_size);
}

TensorDataset toy_dataset(const torch::Tensor& tokens, const Toy& toy) {
  return make_dataset(tokens, toy.shape(), toy.vocab_size());
}

std::vector<double> code_lengths(const Toy& toy, const torch::Tensor& tokens) {
  const auto rows = tokens.to(torch::kInt64).contiguous();
  const auto* x = rows.const_data_ptr<int64_t>();
  std::vector<double> nats(static_cast<size_t>(rows.size(0)));
  at::parallel_for(0, rows.size(0), 64, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      nats[b] = -toy.log_probability(std::span(x + b * toy.length(), static_cast<size_t>(toy.length())));
    }
  });
  return nats;
}

}  // namespace veil
