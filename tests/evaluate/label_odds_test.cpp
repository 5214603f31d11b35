#include "veil/evaluate/label_odds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/toy_denoiser.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"

namespace veil {
namespace {

// Class c says p_c everywhere, whatever is masked.
class ClassDenoiser : public testing::RecordingDenoiser {
 public:
  explicit ClassDenoiser(torch::Tensor probabilities) : RecordingDenoiser(options_of(probabilities)) {
    log_p_ = probabilities.log();
  }

 private:
  static DenoiserOptions options_of(const torch::Tensor& probabilities) {
    auto options = testing::toy_options(6, probabilities.size(1));
    options.classes = probabilities.size(0);
    return options;
  }

  [[nodiscard]] torch::Tensor compute(const DenoiserInput& input) override {
    const auto rows = log_p_.index_select(0, input.labels.value());
    return rows.unsqueeze(1).expand({input.z.size(0), input.z.size(1), rows.size(1)});
  }

  torch::Tensor log_p_;
};

TensorDataset dataset_of(const torch::Tensor& tokens, std::vector<int64_t> labels, int64_t classes) {
  DatasetInfo info;
  info.name = "toy";
  info.shape = {1, 6, 1};
  info.vocab_size = 3;
  info.classes = classes;
  return {info, tokens.to(torch::kUInt8), torch::tensor(labels)};
}

// Examples of six equal tokens cost 6 * -ln p_c(token) whatever is masked. p by class (rows) and token:
//   0.7 0.2 0.1;  0.1 0.8 0.1;  0.25 0.25 0.5.
TEST(LabelOddsTest, AreTheLogarithmsOfTheLikelihoodsRatio) {
  ClassDenoiser network(torch::tensor({{0.7, 0.2, 0.1}, {0.1, 0.8, 0.1}, {0.25, 0.25, 0.5}}));
  const auto tokens = torch::tensor({0, 1, 2, 0}).unsqueeze(1).repeat({1, 6});
  const auto data = dataset_of(tokens, {0, 2, 0, 1}, 3);
  std::vector<int64_t> done;
  const auto odds = label_odds(network, data, {}, {}, [&](int64_t examples, int64_t all) {
    EXPECT_EQ(all, 12);
    done.push_back(examples);
  });
  ASSERT_EQ(odds.size(), 4U);
  const std::vector<int64_t> likeliest{2, 1, 2, 0};
  const std::vector<double> want{std::log(0.25 / 0.7), std::log(0.8 / 0.25), std::log(0.5 / 0.1), std::log(0.7 / 0.1)};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(odds[i].index, static_cast<int64_t>(i));
    EXPECT_EQ(odds[i].label, (std::vector<int64_t>{0, 2, 0, 1}[i]));
    EXPECT_EQ(odds[i].likeliest, likeliest[i]) << i;
    EXPECT_NEAR(odds[i].log_odds, 6 * want[i], 1e-5) << i;
  }
  EXPECT_EQ(done.back(), 12);
}

TEST(LabelOddsTest, ALimitTakesTheExamplesThatEvaluateTakes) {
  ClassDenoiser network(torch::tensor({{0.6, 0.2, 0.2}, {0.2, 0.6, 0.2}}));
  std::vector<int64_t> labels(30, 0);
  std::fill(labels.begin() + 12, labels.end(), 1);
  const auto data = dataset_of((torch::arange(30) % 3).unsqueeze(1).repeat({1, 6}), labels, 2);
  const auto odds = label_odds(network, data, {.limit = 7});
  const auto part = part_of_split(data, 7);
  ASSERT_EQ(odds.size(), 7U);
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(odds[i].index, part[i]);
    EXPECT_EQ(odds[i].label, labels[static_cast<size_t>(part[i])]);
  }
}

TEST(LabelOddsTest, WantsAModelThatIsToldOneOfSeveralClasses) {
  const auto tokens = torch::zeros({2, 6}, torch::kInt64);
  testing::ConstantDenoiser without(testing::toy_options(6, 3), torch::zeros({3}));
  EXPECT_THROW((void)label_odds(without, dataset_of(tokens, {0, 1}, 2), {}), InvalidArgument);
  ClassDenoiser one(torch::tensor({{0.4, 0.3, 0.3}}));
  EXPECT_THROW((void)label_odds(one, dataset_of(tokens, {0, 0}, 1), {}), InvalidArgument);
  ClassDenoiser two(torch::tensor({{0.4, 0.3, 0.3}, {0.2, 0.4, 0.4}}));
  EXPECT_THROW((void)label_odds(two, dataset_of(tokens, {0, 1}, 3), {}), InvalidArgument);
}

}  // namespace
}  // namespace veil
