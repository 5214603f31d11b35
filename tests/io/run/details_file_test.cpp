#include "io/run/details_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

EvaluationDetails whole() {
  EvaluationDetails details;
  details.bits_per_dim = 0.1 + 0.2;  // not the nearest to 0.3
  details.shape = {2, 1, 3};
  details.pictured = "AAAA";
  details.white = 9.25;
  details.mapped = 5;
  details.position_bits = {1, 2.5, 3.125, 4, 5, 6.00004};
  details.compressed_indices = {0, 7};
  details.compressors = {{"PNG", {4.5, 5.5}, 3.25},
                         {"WebP lossless", {3.5, 4.25}, std::numeric_limits<double>::quiet_NaN()}};
  PicturedExample example;
  example.index = 7;
  example.name = "a \"b\".png";
  example.label = 0;
  example.class_name = "Ankle boot";
  example.bits_per_dim = 3.5;
  example.mask_standard_error = 0.125;
  example.picture = "iVBO";
  example.map = "Rw0K";
  details.most_bits = {example};
  example.label = -1;
  example.text = "four score";
  details.fewest_bits = {example, example};
  return details;
}

TEST(DetailsFileTest, IsReadBack) {
  const TempFolder folder;
  const auto file = folder.path() / "details.json";
  write_details(file, whole());
  const auto read = read_details(file);
  EXPECT_EQ(read.bits_per_dim, 0.1 + 0.2);
  EXPECT_EQ(read.shape, (TokenShape{2, 1, 3}));
  EXPECT_EQ(read.position_bits, (std::vector<double>{1, 2.5, 3.125, 4, 5, 6}));  // four decimals are kept
  EXPECT_EQ(read.compressed_indices, (std::vector<int64_t>{0, 7}));
  ASSERT_EQ(read.compressors.size(), 2U);
  EXPECT_EQ(read.compressors[0].each, (std::vector<double>{4.5, 5.5}));
  EXPECT_EQ(read.compressors[0].together, 3.25);
  EXPECT_TRUE(std::isnan(read.compressors[1].together));
  ASSERT_EQ(read.most_bits.size(), 1U);
  EXPECT_EQ(read.most_bits[0].name, "a \"b\".png");
  EXPECT_EQ(read.most_bits[0].label, 0);
  EXPECT_EQ(read.fewest_bits[1].label, -1);
  EXPECT_EQ(read.fewest_bits[1].text, "four score");
  const auto bytes = read_bytes(file);
  write_details(file, read);
  EXPECT_EQ(read_bytes(file), bytes);
}

TEST(DetailsFileTest, AnythingElseIsRefused) {
  const TempFolder folder;
  const auto file = folder.path() / "details.json";
  write_details(file, whole());
  const std::string sound = read_bytes(file);
  const auto with = [&](const std::string& old, const std::string& text) {
    std::string bytes = sound;
    const auto at = bytes.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return bytes.replace(at, old.size(), text);
  };
  EXPECT_NO_THROW((void)details_from_json(sound, "x"));
  for (const auto& text :
       {std::string(), std::string("[]"), std::string("{}"), sound.substr(0, sound.size() / 2),
        with("\"schema_version\":1", "\"schema_version\":2"), with("\"height\":2", "\"height\":3"),
        with("\"height\":2", "\"height\":9223372036854775807"),
        with("\"compressed_indices\":[0,7]", "\"compressed_indices\":[0]"),
        with("\"compressed_indices\":[0,7]", "\"compressed_indices\":[0,-7]"), with("[4.5,5.5]", "[4.5,null]"),
        with("\"index\":7", "\"index\":\"7\""), with("\"most_bits\":[{", "\"most_bits\":[3,{")}) {
    EXPECT_THROW((void)details_from_json(text, "x"), DataError) << text;
  }
  EXPECT_THROW((void)read_details(folder.path() / "none"), DataError);
}

}  // namespace
}  // namespace veil::io
