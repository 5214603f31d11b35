#include "io/report/report.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "io/file/base64.h"
#include "io/report/markup.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The smallest PNG file: one transparent pixel, in base64.
constexpr const char* kPixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

class ReportTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(run_ / "samples");
    write_bytes(
        run_ / "log.jsonl",
        "{\"step\":100,\"event\":\"train\",\"bits_per_dim\":5.5,\"learning_rate\":0.1,\"gradient_norm\":2}\n"
        "{\"step\":200,\"event\":\"train\",\"bits_per_dim\":4.5,\"learning_rate\":0.1,\"gradient_norm\":1}\n"
        "{\"step\":200,\"event\":\"evaluate\",\"bits_per_dim\":4.75,\"standard_error\":0.01,\"examples\":10}\n");
    write_bytes(run_ / "timing.jsonl",
                "{\"step\":100,\"seconds\":30,\"examples_per_second\":10}\n"
                "{\"step\":200,\"seconds\":60,\"examples_per_second\":12.5}\n");
    write_bytes(run_ / "evaluation.json",
                R"({"bits_per_dim":4.71234,"confidence_low":4.70234,"confidence_high":4.72234,"standard_error":0.0051,)"
                R"("dataset":"spots","examples":3,"example_bits":[1,2,3],"passes":8})");
    write_bytes(run_ / "evaluation-details.json",
                R"({"schema_version":1,"bits_per_dim":4.71234,"height":1,"width":2,"channels":1,"pictured":"iVBO",)"
                R"("white_bits_per_pixel":9,"mapped":3,"position_bits":[4,5],"compressed_indices":[],"compressors":[],)"
                R"("most_bits":[],"fewest_bits":[]})");
    write_bytes(run_ / "config.cfg", "[train]\nsteps = 200\n");
    const std::string command = std::string("printf %s ") + kPixel + " | base64 -d > '" + grid().string() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }

  [[nodiscard]] fs::path grid() const { return run_ / "samples" / "step-00000200.png"; }

  TempFolder folder_;
  fs::path run_ = folder_.path() / "my run";
};

TEST_F(ReportTest, HoldsResultCurvesSamplesAndConfiguration) {
  const auto html = make_report(run_);
  EXPECT_TRUE(has(html, "<data data-field=\"bits_per_dim\" value=\"4.71234\">4.7123</data> ± 0.0100"));
  EXPECT_TRUE(has(html, "<td>spots</td>"));
  EXPECT_TRUE(has(html, "<td><data data-field=\"standard_error\" value=\"0.0051\">0.0051</data></td>"));
  for (const char* title : {"Bits per dimension", "Learning rate", "Gradient norm", "Speed"}) {
    EXPECT_TRUE(has(html, std::string("<title>") + title + "</title>")) << title;
  }
  EXPECT_TRUE(has(html, std::string("src=\"data:image/png;base64,") + kPixel + "\""));
  EXPECT_TRUE(has(html, "steps = 200"));
  EXPECT_TRUE(has(html, "veil train --config &#39;my run/config.cfg&#39;"));
  EXPECT_TRUE(has(html, "200 steps logged, 1.5 minutes of training."));
  EXPECT_FALSE(has(html, "What this page leaves out"));
}

TEST_F(ReportTest, AFigureOfAPartSaysSo) {
  EXPECT_FALSE(has(make_report(run_), " of 763 examples"));
  write_bytes(run_ / "evaluation.json", R"({"bits_per_dim":4.5,"examples":200,"dataset_size":763})");
  write_bytes(run_ / "log.jsonl",
              "{\"step\":200,\"event\":\"evaluate\",\"bits_per_dim\":4.75,\"standard_error\":0.01,\"examples\":50,"
              "\"dataset_size\":763}\n");
  const auto html = make_report(run_);
  EXPECT_TRUE(has(html, "bits per dimension, on 200 of 763 examples</small>"));
  EXPECT_TRUE(has(html, "evaluation on 50 of 763 examples, 95 % interval"));
  write_bytes(run_ / "evaluation.json", R"({"bits_per_dim":4.5,"examples":763,"dataset_size":763})");
  EXPECT_TRUE(has(make_report(run_), "bits per dimension</small>"));
}

TEST_F(ReportTest, NeedsNothingFromOutsideAndRunsNothing) {
  const auto html = make_report(run_);
  EXPECT_TRUE(has(html, "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\""));
  for (const char* word : {"<script", "javascript:", " onload", "url(", "@import", "href=\"http", "src=\"http"}) {
    EXPECT_FALSE(has(html, word)) << word;
  }
}

TEST_F(ReportTest, TheFinalGridComesFirst) {
  fs::copy_file(grid(), run_ / "samples.png");
  const auto html = make_report(run_);
  const auto final_grid = html.find("<figcaption>samples.png");
  ASSERT_NE(final_grid, std::string::npos);
  EXPECT_LT(final_grid, html.find("<figcaption>step-00000200.png"));
}

TEST_F(ReportTest, TheProfileIsDrawnIfItIsWhole) {
  const std::string bin = R"({"first_count":1,"last_count":3,"samples":4,"sum":8.0,"sum_squares":20.0})";
  write_bytes(run_ / "evaluation.json", "{\"bits_per_dim\":8,\"profile\":[" + bin + "," + bin + "]}");
  EXPECT_TRUE(has(make_report(run_), "nats per masked position"));
  for (const char* profile : {"[]", "3", "[{}]", "[{\"first_count\":1}]", "null"}) {
    write_bytes(run_ / "evaluation.json", std::string("{\"bits_per_dim\":8,\"profile\":") + profile + "}");
    EXPECT_FALSE(has(make_report(run_), "nats per masked position")) << profile;
  }
}

TEST_F(ReportTest, TheSameFilesGiveTheSameBytes) { EXPECT_EQ(make_report(run_), make_report(run_)); }

TEST_F(ReportTest, IsWrittenIntoTheRunFolder) {
  EXPECT_EQ(write_report(run_), run_ / "report.html");
  EXPECT_EQ(read_bytes(run_ / "report.html"), make_report(run_));
}

TEST_F(ReportTest, EveryTextIsEscaped) {
  const std::string nasty = "<img src=x onerror=alert(1)>&\"'";
  const auto run = folder_.path() / "<b>run";
  fs::rename(run_, run);
  write_bytes(run / "evaluation.json", R"({"bits_per_dim":8,"<i>name</i>":"x",)"
                                       R"("split":"<img src=x onerror=alert(1)>","dataset":"\u0007<u>"})");
  write_bytes(run / "config.cfg", nasty + "\x80\n");
  fs::rename(run / "samples" / "step-00000200.png", run / "samples" / "<s>.png");
  const auto html = make_report(run);
  for (const char* word : {"<img src=x", "<i>", "<b>", "<u>", "<s>"}) {
    EXPECT_FALSE(has(html, word)) << word;
  }
  EXPECT_TRUE(has(html, "&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;\xEF\xBF\xBD"));
}

TEST_F(ReportTest, WhatIsMissingIsSaid) {
  const auto empty = folder_.path() / "empty";
  fs::create_directory(empty);
  const auto html = make_report(empty);
  for (const char* name : {"log.jsonl is missing", "timing.jsonl is missing", "evaluation.json is missing",
                           "config.cfg is missing", "There are no sample grids"}) {
    EXPECT_TRUE(has(html, name)) << name;
  }
  EXPECT_THROW(std::ignore = make_report(folder_.path() / "none"), DataError);
}

TEST_F(ReportTest, DamagedPiecesAreLeftOutAndSaid) {
  write_bytes(run_ / "log.jsonl",
              "{\"step\":1,\"event\":\"train\",\"bits_per_dim\":5.5}\nnonsense\n[]\n{\"step\":-1}\n{\"step\":1e999}\n"
              "{\"step\":2,\"event\":\"train\",\"bits_per_dim\":null,\"learning_rate\":\"x\"}\n{\"step\":3,\"ev");
  write_bytes(run_ / "evaluation.json", "{\"bits_per_dim\":");
  write_bytes(grid(), "not a picture");
  fs::remove(run_ / "config.cfg");
  fs::create_directory(run_ / "config.cfg");
  const auto html = make_report(run_);
  EXPECT_TRUE(has(html, "5 damaged lines of log.jsonl are left out."));
  EXPECT_TRUE(has(html, "evaluation.json is damaged and left out."));
  EXPECT_TRUE(has(html, "1 of 1 sample grids are left out"));
  EXPECT_TRUE(has(html, "config.cfg cannot be read"));
  EXPECT_TRUE(has(html, "<title>Bits per dimension</title>"));
}

TEST_F(ReportTest, StaysBelowFiveMegabytes) {
  std::string log;
  for (int step = 1; step <= 20'000; ++step) {
    log += "{\"step\":" + std::to_string(step) + ",\"event\":\"train\",\"bits_per_dim\":3.25,\"gradient_norm\":1}\n" +
           "{\"step\":" + std::to_string(step) +
           ",\"event\":\"evaluate\",\"bits_per_dim\":3.5,\"standard_error\":0.1}\n";
  }
  write_bytes(run_ / "log.jsonl", log);
  write_bytes(run_ / "config.cfg", std::string(900'000, '&'));
  for (int i = 0; i < 10; ++i) {
    write_bytes(run_ / "samples" / ("step-" + std::to_string(i) + ".png"), "\x89PNG" + std::string(2'000'000, 'x'));
  }
  const auto html = make_report(run_);
  EXPECT_LE(html.size(), 5'000'000U);
  EXPECT_TRUE(has(html, "sample grids are left out"));
}

TEST(MarkupTest, Base64IsThatOfRfc4648) {
  const auto encode = [](std::string_view text) {
    return base64({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  };
  EXPECT_EQ(encode(""), "");
  EXPECT_EQ(encode("f"), "Zg==");
  EXPECT_EQ(encode("fo"), "Zm8=");
  EXPECT_EQ(encode("foobar"), "Zm9vYmFy");
}

TEST(MarkupTest, NumbersAreShort) {
  EXPECT_EQ(short_number(0.0002), "0.0002");
  EXPECT_EQ(short_number(12345), "12345");
  EXPECT_EQ(short_number(1.5e9), "1.5e+09");
  EXPECT_EQ(fixed_number(-0.001, 2), "0.00");
  EXPECT_EQ(fixed_number(1e308, 0).size(), 309U);
}

TEST(MarkupTest, OnlyWellFormedUtf8Passes) {
  EXPECT_EQ(escape_markup("aß€😀"), "aß€😀");
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(escape_markup("\xc0\x80"), bad + bad);            // overlong
  EXPECT_EQ(escape_markup("\xed\xa0\x80"), bad + bad + bad);  // surrogate
  EXPECT_EQ(escape_markup("\xf4\x90\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(escape_markup("\xe2\x82"), bad + bad);  // cut
}

}  // namespace
}  // namespace veil::io
