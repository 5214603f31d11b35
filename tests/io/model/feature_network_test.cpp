#include "io/model/feature_network.h"

#include <gtest/gtest.h>
#include <torch/script.h>

#include <cstdint>
#include <string>

#include "base/torch.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

std::string saved(const TempFolder& folder, const std::string& body) {
  torch::jit::Module network("Network");
  network.define("def forward(self, x):\n  return " + body + "\n");
  const auto file = (folder.path() / "network.pt").string();
  network.save(file);
  return file;
}

// Two grey images of 2 x 1 pixels.
torch::Tensor images() { return torch::tensor({0, 51, 255, 102}, torch::kInt64).to(torch::kUInt8).view({2, 2, 1, 1}); }

TEST(FeatureNetwork, SeesColourBetweenZeroAndOne) {
  const TempFolder folder;
  const auto features = read_feature_network(saved(folder, "x.flatten(1)"))(images());
  const auto expected = torch::tensor({0.0F, 0.2F, 0.0F, 0.2F, 0.0F, 0.2F, 1.0F, 0.4F, 1.0F, 0.4F, 1.0F, 0.4F});
  EXPECT_LT((features - expected.view({2, 6})).abs().max().item<double>(), 1e-6);
}

void expect_refused(const std::string& file, const std::string& part) {
  try {
    (void)read_feature_network(file)(images());
    FAIL() << "want DataError";
  } catch (const DataError& error) {
    const std::string text = error.what();
    EXPECT_EQ(text.rfind(file, 0), 0U) << text;
    EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

TEST(FeatureNetwork, WhatDoesNotFitIsRefused) {
  const TempFolder folder;
  expect_refused(saved(folder, "x"), "[2, 3, 2, 1] of 2 images");
  expect_refused(saved(folder, "x.flatten(0)"), "[12] of 2 images");
  expect_refused(saved(folder, "(x, x)"), "want one tensor");
  expect_refused(saved(folder, "x.flatten(1) / 0"), "not finite");
  expect_refused(saved(folder, "x.view([7, 7])"), "does not take float [2, 3, 2, 1]");
  expect_refused((folder.path() / "absent.pt").string(), "is no file");
  write_bytes(folder.path() / "text.pt", "this is no network");
  expect_refused((folder.path() / "text.pt").string(), "cannot be read as TorchScript");
}

}  // namespace
}  // namespace veil::io
