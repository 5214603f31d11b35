#include "veil/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <vector>

namespace veil {
namespace {

// The published known-answer test of Philox4x32-10 (file kat_vectors of Random123) for counter and key of all zeros
// gives 6627e8d5 e169c58d bc57ac4c 9b00dbd8. Our counter holds the purpose in its low byte, which is never zero, so
// purpose 0 is made by a cast here and nowhere else.
TEST(RandomTest, MatchesThePublishedPhiloxVector) {
  const NoiseKey key{.seed = 0, .purpose = static_cast<NoisePurpose>(0), .round = 0};
  const std::array<uint32_t, 4> want{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U};
  EXPECT_EQ(philox_block(key, 0, 0), want);
}

TEST(RandomTest, StreamsThatDifferInAnyPartAreDisjoint) {
  std::set<std::array<uint32_t, 4>> seen;
  int64_t drawn = 0;
  for (const uint64_t seed : {0ULL, 1ULL, 1ULL << 40}) {
    for (const auto purpose : {NoisePurpose::kShuffle, NoisePurpose::kSampleValue}) {
      for (const uint64_t round : {0ULL, 1ULL, 1ULL << 33}) {
        for (const uint64_t example : {0ULL, 1ULL, 1ULL << 33}) {
          for (const uint32_t block : {0U, 1U, 1U << 30}) {
            seen.insert(philox_block({seed, purpose, round}, example, block));
            ++drawn;
          }
        }
      }
    }
  }
  EXPECT_EQ(static_cast<int64_t>(seen.size()), drawn);
}

TEST(RandomTest, UniformStaysStrictlyInside) {
  EXPECT_GT(to_uniform(0, 0), 0.0);
  EXPECT_LT(to_uniform(0xffffffffU, 0xffffffffU), 1.0);
}

TEST(RandomTest, WordsAgreeWithBlocks) {
  const NoiseKey key{.seed = 7, .purpose = NoisePurpose::kTrainMask, .round = 3};
  std::vector<uint32_t> words(10);
  fill_words(key, 5, words.data(), 10);
  for (uint32_t i = 0; i < 10; ++i) {
    EXPECT_EQ(words[i], philox_word(key, 5, i));
  }
}

TEST(RandomTest, UniformHasTheMomentsOfAUniform) {
  const NoiseKey key{.seed = 1, .purpose = NoisePurpose::kSampleValue};
  constexpr int kDraws = 100000;
  double sum = 0;
  double squares = 0;
  for (uint32_t i = 0; i < kDraws; ++i) {
    const double u = uniform_double(key, 0, i);
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 4 * 0.2887 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 4 * 0.2981 / std::sqrt(kDraws));
}

}  // namespace
}  // namespace veil
