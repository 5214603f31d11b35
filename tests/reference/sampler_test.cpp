// One step of each sampler of the reference, top-p masks, the final decode, and whole trajectories with recorded draws.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/torch.h"
#include "reference/reference_network.h"
#include "sample/reference_numerics.h"

namespace veil {
namespace {

using test::ReferenceFile;
using test::ReferenceNetwork;

MaskScheduleOptions schedule_of(const nlohmann::json& entry) {
  auto options = parse_schedule(entry.at("noise_schedule").get<std::string>());
  options.clip = 1e-4;
  return options;
}

TimeGridKind grid_of(const nlohmann::json& entry) {
  return entry.at("sampling_grid") == "cosine" ? TimeGridKind::kCosine : TimeGridKind::kUniform;
}

// Gumbel numbers that make reference_step take `draws`, int64 [...].
torch::Tensor gumbel_for(const torch::Tensor& draws, int64_t size) {
  const auto chosen = torch::one_hot(draws, size).eq(1);
  return torch::where(chosen, torch::zeros({}), torch::full({}, -std::numeric_limits<float>::infinity()));
}

class SamplerParity : public testing::Test {
 protected:
  [[nodiscard]] torch::Tensor z() const { return file_.input("zt").to(torch::kInt64); }

  // The law of every position after the step: a visible one stays what it is.
  [[nodiscard]] torch::Tensor transition(const torch::Tensor& probabilities) const {
    const auto stay = torch::one_hot(z(), vocab_size_ + 1).to(torch::kFloat32);
    return torch::where(z().eq(vocab_size_).unsqueeze(-1), probabilities, stay);
  }

  void expect_case(const std::string& name, const nlohmann::json& entry) {
    const auto steps = reference_grid(grid_of(entry), entry.at("T"));
    const auto i = entry.at("step").get<int64_t>();
    EXPECT_TRUE(file_.close(name + "/s_t", torch::stack({steps.s[i], steps.t[i]})));
    const auto unmask = reference_unmask_probability(schedule_of(entry), steps.s[i], steps.t[i]);
    auto logits = file_.input("logits");
    if (entry.at("sampler") == "topp") {
      logits = top_p_mask(logits, entry.at("topp"));
    }
    const auto probabilities = reference_step_probabilities(logits, unmask);
    EXPECT_TRUE(file_.close(name + "/probs", probabilities));
    EXPECT_TRUE(file_.close(name + "/transition", transition(probabilities)));
    // Its generator is not ours: only that what it drew is possible.
    const auto drawn = file_.result(name + "/zs").to(torch::kInt64);
    EXPECT_GT(transition(probabilities).gather(-1, drawn.unsqueeze(-1)).min().item<float>(), 0.0F) << name;
    if (entry.at("sampler") == "mean") {
      EXPECT_TRUE(file_.close(name + "/unmask_prob", unmask));
      const auto revealed = file_.input(name + "/unmask_draw").eq(1);
      EXPECT_TRUE(torch::equal(drawn.eq(vocab_size_), z().eq(vocab_size_).logical_and(revealed.logical_not()))) << name;
    }
  }

  ReferenceFile file_{"samplers"};
  int64_t vocab_size_ = file_.entry().at("vocab_size");
};

TEST_F(SamplerParity, LawsOfOneStepAgree) {
  int64_t cases = 0;
  for (const auto& [name, entry] : file_.entry().at("cases").items()) {
    expect_case(name, entry);
    ++cases;
  }
  EXPECT_EQ(cases, 36);
}

TEST_F(SamplerParity, TopPMasksAgree) {
  for (const auto& [name, p] : {std::pair{"0.98", 0.98}, std::pair{"0.8", 0.8}, std::pair{"0.5", 0.5},
                                std::pair{"0.01", 0.01}, std::pair{"1.0", 1.0}}) {
    EXPECT_TRUE(file_.close(std::string("topp_mask_p") + name, top_p_mask(file_.input("logits"), p)));
  }
}

TEST_F(SamplerParity, DecodeAgrees) {
  EXPECT_TRUE(
      file_.close("decode/out", reference_decode(file_.input("decode/z0").to(torch::kInt64), file_.input("logits"))));
}

class TrajectoryParity : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] torch::Tensor logits(const torch::Tensor& z, const torch::Tensor& t) {
    return reference_.network().logits({.z = z, .noise_level = t.expand({z.size(0)}).contiguous(), .labels = {}});
  }

  [[nodiscard]] std::string path(const std::string& tensor) const { return std::string(GetParam()) + "/" + tensor; }

  ReferenceFile file_{"sampler_trajectories"};
  DenoiserOptions options_ = test::options_of(file_.entry().at("config"));
  ReferenceNetwork reference_{file_, options_};
  torch::NoGradGuard no_grad_;
};

TEST_P(TrajectoryParity, ReplaysWithTheRecordedDraws) {
  const auto& entry = file_.entry().at("cases").at(GetParam());
  const auto steps = reference_grid(grid_of(entry), 8);
  EXPECT_TRUE(file_.close(path("s_t"), torch::stack({steps.s, steps.t}, 1)));
  const auto want = file_.result(path("z")).to(torch::kInt64);  // [9, batch, position]
  const auto draws = file_.input(path("draws")).to(torch::kInt64);
  auto z = torch::full_like(want[0], options_.vocab_size);
  EXPECT_TRUE(torch::equal(z, want[0]));
  std::vector<torch::Tensor> laws;
  for (int64_t i = 0; i < 8; ++i) {
    const auto unmask = reference_unmask_probability(schedule_of(entry), steps.s[i], steps.t[i]);
    laws.push_back(reference_step_probabilities(logits(z, steps.t[i]), unmask));
    // A draw may have had a probability that rounds to 0 here, so its logarithm is bounded.
    z = reference_step(z, laws.back().clamp_min(1e-30), gumbel_for(draws[i], options_.vocab_size + 1));
    EXPECT_TRUE(torch::equal(z, want[i + 1])) << "step " << i;
  }
  EXPECT_TRUE(file_.close(path("probs"), torch::stack(laws)));
  const auto zero = torch::zeros({});
  EXPECT_TRUE(file_.close(path("decode"), reference_decode(z, logits(z, zero))));
  const auto left_over = file_.input(path("leftover_in")).to(torch::kInt64);
  EXPECT_TRUE(file_.close(path("leftover_logits"), logits(left_over, zero)));
  EXPECT_TRUE(file_.close(path("leftover_decode"), reference_decode(left_over, logits(left_over, zero))));
}

INSTANTIATE_TEST_SUITE_P(Cases, TrajectoryParity, testing::Values("linear_uniform", "linear_cosine", "cosine_uniform"),
                         [](const auto& item) { return std::string(item.param); });

// 23-bit uniforms give Gumbel numbers between these ends.
TEST(ReferenceNumericsTest, GumbelNumbersHaveTheFloat32Ends) {
  const auto ends = reference_gumbel(torch::tensor({0.0F, 1.0F - std::ldexp(1.0F, -23)}));
  EXPECT_NEAR(ends[0].item<double>(), -4.47, 0.01);
  EXPECT_NEAR(ends[1].item<double>(), 15.94, 0.01);
}

}  // namespace
}  // namespace veil
