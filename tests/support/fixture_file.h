#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "base/torch.h"

namespace veil::test {

/// The tensors of a safetensors file that this repository holds (so nothing in it is doubted). Only the types that
/// occur there: F32, F64, I32, U8.
inline std::map<std::string, torch::Tensor> read_fixture(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  uint64_t header_size = 0;
  if (bytes.size() < sizeof(header_size)) {
    throw std::runtime_error("no fixture at " + path);
  }
  std::memcpy(&header_size, bytes.data(), sizeof(header_size));
  const auto header = nlohmann::json::parse(bytes.substr(8, header_size));
  const std::map<std::string, torch::ScalarType> types{
      {"F32", torch::kFloat32}, {"F64", torch::kFloat64}, {"I32", torch::kInt32}, {"U8", torch::kUInt8}};
  std::map<std::string, torch::Tensor> tensors;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      continue;
    }
    auto tensor = torch::empty(entry.at("shape").get<std::vector<int64_t>>(), types.at(entry.at("dtype")));
    const auto begin = entry.at("data_offsets").at(0).get<uint64_t>();
    std::memcpy(tensor.data_ptr(), bytes.data() + 8 + header_size + begin, tensor.nbytes());
    tensors.emplace(name, tensor);
  }
  return tensors;
}

/// |got - want| <= atol + rtol |want| everywhere, with the largest excess in the message.
inline testing::AssertionResult is_close(const torch::Tensor& got, const torch::Tensor& want, double rtol,
                                         double atol) {
  if (got.sizes() != want.sizes()) {
    return testing::AssertionFailure() << "shape " << got.sizes() << ", want " << want.sizes();
  }
  const auto difference = (got.detach().to(torch::kFloat64) - want.to(torch::kFloat64)).abs();
  const auto excess = difference - rtol * want.to(torch::kFloat64).abs() - atol;
  if (excess.numel() == 0 || excess.le(0).all().item<bool>()) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "largest difference " << difference.max().item<double>() << ", excess "
                                     << excess.max().item<double>() << " over rtol " << rtol << ", atol " << atol;
}

}  // namespace veil::test
