// Counts what the tests of this folder used of the reference's numbers, and fails if any was forgotten.
#include "reference/coverage.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace veil::test {
namespace {

/// Tensors that nothing of ours is compared with: those of `file` whose names begin with `prefix`.
struct LeftOut {
  const char* file;
  const char* prefix;
  const char* reason;
};

constexpr std::array kLeftOut{
    LeftOut{"samplers", "topk_mask_", "a helper that no sampler of the reference calls; there is no top-k here"},
    LeftOut{"genmd4", "schedule/w_init_power0.5", "learned powers start at 1 here, with no option for another start"},
    LeftOut{"genmd4", "schedule/w_init_power2.0", "learned powers start at 1 here, with no option for another start"},
};

std::map<std::pair<std::string, std::string>, Use>& uses() {
  static std::map<std::pair<std::string, std::string>, Use> all;
  return all;
}

const LeftOut* left_out(const std::string& file, const std::string& tensor) {
  for (const auto& entry : kLeftOut) {
    if (file == entry.file && tensor.starts_with(entry.prefix)) {
      return &entry;
    }
  }
  return nullptr;
}

class Coverage : public testing::Environment {
 public:
  void TearDown() override {
    if (GTEST_FLAG_GET(filter) != "*") {
      return;
    }
    std::ifstream stream(std::string(VEIL_SOURCE_DIR) + "/tests/fixtures/reference/manifest.json");
    const auto manifest = nlohmann::json::parse(stream);
    for (const auto& [file, entry] : manifest.at("files").items()) {
      for (const auto& [tensor, meaning] : entry.at("tensors").items()) {
        count(file.substr(0, file.find('.')), tensor, meaning.value("role", "result"));
      }
    }
    std::cout << "reference: " << compared_ << " tensors compared, " << given_ << " given as input, " << left_out_
              << " left out, of " << total_ << "\n";
    EXPECT_EQ(compared_ + given_ + left_out_, total_);
  }

 private:
  void count(const std::string& file, const std::string& tensor, const std::string& role) {
    ++total_;
    const auto use = uses().find({file, tensor});
    if (const auto* entry = left_out(file, tensor)) {
      ++left_out_;
      EXPECT_TRUE(use == uses().end()) << file << "/" << tensor
                                       << " is used, but listed as left out: " << entry->reason;
    } else if (use == uses().end()) {
      ADD_FAILURE() << file << "/" << tensor << " is neither used nor listed as left out";
    } else if (use->second == Use::kCompared) {
      ++compared_;
    } else {
      ++given_;
      EXPECT_EQ(role, "input") << file << "/" << tensor << " is a result, but was only given as input";
    }
  }

  int64_t total_ = 0;
  int64_t compared_ = 0;
  int64_t given_ = 0;
  int64_t left_out_ = 0;
};

[[maybe_unused]] const auto* const kCoverage = testing::AddGlobalTestEnvironment(new Coverage);

}  // namespace

void note_use(const std::string& file, const std::string& tensor, Use use) {
  auto& noted = uses()[{file, tensor}];
  noted = noted == Use::kCompared ? noted : use;
}

}  // namespace veil::test
