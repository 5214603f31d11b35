#include "io/run/per_example_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/torch.h"

namespace veil::io {
namespace {

TensorDataset dataset_of(bool has_labels, std::vector<std::string> names) {
  DatasetInfo info;
  info.name = "toy";
  info.shape = {1, 1, 1};
  info.classes = has_labels ? 3 : 0;
  return {info, torch::zeros({4, 1}, torch::kUInt8),
          has_labels ? torch::tensor({2, 0, 1, 1}, torch::kInt64) : torch::Tensor(), std::move(names)};
}

EvaluationReport report_of_three() {
  EvaluationReport report;
  report.example_indices = {0, 1, 3};
  report.example_bits = {3.25, 1.0 / 3.0, 8.0};
  report.example_mask_variances = {0.25, 0.0, 4.0};
  return report;
}

// By the rules of RFC 4180: quotes around what holds a comma, a quote or an end of line, quotes inside doubled.
TEST(PerExampleFileTest, IsATableByTheRulesOfCsv) {
  const auto data = dataset_of(true, {"a/b.png", "say \"hi\", you.png", "not scored", "two\nlines"});
  EXPECT_EQ(per_example_csv(report_of_three(), data),
            "index,name,label,bits_per_dim,mask_standard_error\r\n"
            "0,a/b.png,2,3.25,0.5\r\n"
            "1,\"say \"\"hi\"\", you.png\",0,0.3333333333333333,0\r\n"
            "3,\"two\nlines\",1,8,2\r\n");
}

TEST(PerExampleFileTest, WhatIsNotKnownIsEmptyAndAnExactOrderHasNoError) {
  auto report = report_of_three();
  report.example_mask_variances.clear();
  EXPECT_EQ(per_example_csv(report, dataset_of(false, {})),
            "index,name,label,bits_per_dim,mask_standard_error\r\n0,,,3.25,0\r\n1,,,0.3333333333333333,0\r\n"
            "3,,,8,0\r\n");
}

}  // namespace
}  // namespace veil::io
