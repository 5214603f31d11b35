#include "veil/base/device.h"

#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <string>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

TEST(ToDeviceTest, WhatIsThereIsNotCopied) {
  const auto tensor = torch::arange(6);
  EXPECT_TRUE(to_device(tensor, torch::kCPU).is_same(tensor));
}

TEST(ResolveComputeTest, NamesThatAreNoDevicesAreTheCallersFault) {
  const auto complaint = [](const char* name) -> std::string {
    DeviceOptions options;
    options.name = name;
    try {
      (void)resolve_compute(options);
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "";
  };
  for (const char* name : {"cudafoo", "cuda:", "cuda:x", "cuda:1x", "cuda:-1", "cpu:0", "", "gpu"}) {
    EXPECT_NE(complaint(name).find("want auto, cpu, cuda or cuda:N"), std::string::npos) << name;
  }
  for (const char* name : {"cuda:299", "cuda:123456789"}) {
    EXPECT_NE(complaint(name).find(" to this build; use --device.name=cpu"), std::string::npos) << name;
  }
  EXPECT_EQ(complaint("cpu"), "");
  EXPECT_EQ(complaint("auto"), "");
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
