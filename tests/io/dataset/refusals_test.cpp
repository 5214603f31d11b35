// What is said of images that cannot be used, and of those that were not when a file was packed.
#include "io/dataset/refusals.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/dataset/packing_note.h"
#include "io/dataset/size_choices.h"

namespace veil::io {
namespace {

TEST(RefusalsTest, ReasonsThatDifferInNumbersAreOneAndSmallImagesShareARemedy) {
  const FitOptions fit{.size = 64};
  const std::vector<Refusal> refused{{"a.png", "the file ends after 7 bytes"},
                                     {"b.png", "35 x 99 pixels, smaller", 35},
                                     {"c.png", "the file ends after 123 bytes"},
                                     {"d.png", "40 x 40 pixels, smaller", 40},
                                     {"e.png", "63 x 64 pixels, smaller", 63}};
  const auto groups = refusal_groups(refused, fit);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].count, 3);
  EXPECT_EQ(describe(groups[0]),
            "smaller than 64x64, such as b.png; data.upscale true enlarges them, data.size 32 takes them all");
  EXPECT_EQ(describe(groups[1]), "a.png: the file ends after 7 bytes");
  EXPECT_EQ(refusal_lines(groups, 1),
            (std::vector<std::string>{"     3  " + describe(groups[0]), "     2  for other reasons"}));
}

TEST(RefusalsTest, NoSizeOfAFewPixelsIsAdvised) {
  EXPECT_EQ(describe(refusal_groups({{"a.png", "", 3}}, {.size = 64}).front()),
            "smaller than 64x64, a.png; data.upscale true enlarges it");
}

TEST(RefusalsTest, ChoicesOfSizesAndShares) {
  EXPECT_EQ(size_choices({{500, 9}}),
            "data.size 32 keeps all 9 images, data.size 64 keeps all, data.size 128 keeps all");
  EXPECT_EQ(size_choices({{30, 1}, {100, 8}}),
            "data.size 28 keeps all 9 images, data.size 32 keeps 8, data.size 64 keeps 8");
  EXPECT_EQ(holdout_choices({0.15, 0.16, 0.35, 0.9}), "data.holdout 0.2 puts 2 of 4 into the test split, 0.4 puts 3");
  EXPECT_EQ(holdout_choices({0.5}).find("data.holdout 0."), std::string::npos) << "one image has one side";
}

TEST(RefusalsTest, AProvenanceOfStrangersSaysNothingOrWhatCanBeRead) {
  for (const char* text : {"", "no JSON", "[1, 2]", "{}", "{\"refused_files\": \"many\"}", "{\"left_out\": 7}",
                           "{\"dropped_duplicates\": {\"train\": 3}}", "{\"packed_from\": 3}"}) {
    EXPECT_EQ(packing_note(text), "") << text;
  }
  EXPECT_EQ(packing_note("{\"refused_files\": 2, \"refused_for\": [1, {\"count\": 2, \"reason\": \"a\\nb\"}]}"),
            "2 files refused (2: a?b)");
  EXPECT_EQ(packing_note("{\"refused_files\": 1, \"packed_from\": \"{\\\"refused_files\\\": 3}\"}"),
            "1 file refused; 3 files refused");
}

}  // namespace
}  // namespace veil::io
