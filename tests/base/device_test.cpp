#include "veil/base/device.h"

#include <gtest/gtest.h>
#include <torch/cuda.h>

#include "base/torch.h"

namespace veil {
namespace {

TEST(ToDeviceTest, WhatIsThereIsNotCopied) {
  const auto tensor = torch::arange(6);
  EXPECT_TRUE(to_device(tensor, torch::kCPU).is_same(tensor));
}

// The copy is asynchronous, so what the caller writes next must not come into it.
TEST(ToDeviceTest, TheSourceMayBeChangedAtOnce) {
  if (!torch::cuda::is_available()) {
    GTEST_SKIP() << "no GPU";
  }
  const auto wanted = torch::arange(int64_t{1} << 22);
  auto tensor = wanted.clone();
  const auto busy = torch::randn({4096, 4096}, torch::kCUDA).matmul(torch::randn({4096, 4096}, torch::kCUDA));
  const auto copy = to_device(tensor, torch::Device(torch::kCUDA, 0));
  tensor.zero_();
  EXPECT_TRUE(to_device(copy, torch::kCPU).equal(wanted));
}

}  // namespace
}  // namespace veil
