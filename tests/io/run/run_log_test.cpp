#include "io/run/run_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// The lines of docs/file-formats.md.
constexpr const char* kTrain =
    R"({"step":200,"event":"train","bits_per_dim":4.51,"learning_rate":0.0002,"gradient_norm":0.8,)"
    R"("examples":12800,"skipped":0})";
constexpr const char* kEvaluate =
    R"({"step":200,"event":"evaluate","bits_per_dim":4.75,"standard_error":0.01,"examples":1000,)"
    R"("dataset_size":10000})";
constexpr const char* kChange =
    R"({"step":201,"event":"change","key":"optimizer.learning_rate","before":"0.0002","after":"0.0001"})";
constexpr const char* kTiming =
    R"({"step":200,"seconds":22.5,"examples_per_second":284.4,"peak_memory_bytes":1048576})";
constexpr const char* kStart = R"({"step":0,"event":"start","command":"veil train","time":1700000000.5})";
constexpr const char* kWarning = R"({"step":7,"event":"warning","text":"\"quoted\""})";

TEST(RunLogTest, LinesAreThoseOfTheDocumentation) {
  EXPECT_EQ(to_json_line(TrainLine{.step = 200,
                                   .bits_per_dim = 4.51,
                                   .learning_rate = 0.0002,
                                   .gradient_norm = 0.8,
                                   .examples = 12800,
                                   .skipped = 0}),
            kTrain);
  EXPECT_EQ(to_json_line(EvaluationLine{
                .step = 200, .bits_per_dim = 4.75, .standard_error = 0.01, .examples = 1000, .dataset_size = 10000}),
            kEvaluate);
  EXPECT_EQ(to_json_line(ChangeLine{.step = 201, .change = {"optimizer.learning_rate", "0.0002", "0.0001"}}), kChange);
  EXPECT_EQ(to_json_line(
                TimingLine{.step = 200, .seconds = 22.5, .examples_per_second = 284.4, .peak_memory_bytes = 1048576}),
            kTiming);
  EXPECT_EQ(to_json_line(StartLine{.step = 0, .command = "veil train", .time = 1700000000.5}), kStart);
  EXPECT_EQ(to_json_line(WarningLine{.step = 7, .text = "\"quoted\""}), kWarning);
}

TEST(RunLogTest, PowersComeLastAndWhatIsNotFiniteIsNull) {
  EXPECT_EQ(to_json_line(TrainLine{.step = 1,
                                   .bits_per_dim = kUnknown,
                                   .learning_rate = 1.0,
                                   .gradient_norm = std::numeric_limits<double>::infinity(),
                                   .examples = 2,
                                   .skipped = 3,
                                   .powers = PowerSpread{.low = 0.5, .high = 2.0, .mean = 1.25}}),
            R"({"step":1,"event":"train","bits_per_dim":null,"learning_rate":1.0,"gradient_norm":null,"examples":2,)"
            R"("skipped":3,"power_low":0.5,"power_high":2.0,"power_mean":1.25})");
}

TEST(RunLogTest, TheLastStepIsThatOfWhatCanBeRead) {
  const TempFolder folder;
  const auto file = folder.path() / "log.jsonl";
  EXPECT_EQ(last_step(file), 0);
  write_bytes(file, std::string(kTrain) + "\nnonsense\n" + kChange + "\n{\"step\":900,\"ev");
  EXPECT_EQ(last_step(file), 201);
}

TEST(RunLogTest, LinesAreReadBack) {
  for (const char* text : {kTrain, kEvaluate}) {
    const LogLine line = parse_log_line(text);
    if (const auto* train = std::get_if<TrainLine>(&line)) {
      EXPECT_EQ(to_json_line(*train), text);
    } else {
      EXPECT_EQ(to_json_line(std::get<EvaluationLine>(line)), text);
    }
  }
  const char* bits = R"({"step":200,"bits":[3.1,2.9]})";
  EXPECT_EQ(to_json_line(parse_example_bits_line(bits)), bits);
  EXPECT_THROW((void)parse_example_bits_line(R"({"step":200,"bits":[3.1,null]})"), DataError);
  EXPECT_THROW((void)parse_example_bits_line(R"({"step":200})"), DataError);
  for (const char* text : {kTiming, kStart, kWarning}) {
    std::visit(
        [&](const auto& line) {
          if constexpr (std::is_same_v<std::decay_t<decltype(line)>, std::monostate>) {
            ADD_FAILURE() << text;
          } else {
            EXPECT_EQ(to_json_line(line), text);
          }
        },
        parse_timing_line(text));
  }
  EXPECT_TRUE(std::holds_alternative<std::monostate>(parse_timing_line(R"({"step":2,"event":"later"})")));
  const auto powers = std::get<TrainLine>(
      parse_log_line(R"({"power_mean":1.25,"power_high":2,"power_low":0.5,"event":"train","step":7})"));
  EXPECT_EQ(powers.step, 7);
  ASSERT_TRUE(powers.powers.has_value());
  EXPECT_EQ(powers.powers->low, 0.5);
  EXPECT_EQ(powers.powers->high, 2.0);
  EXPECT_EQ(powers.powers->mean, 1.25);
}

TEST(RunLogTest, LinesOfOlderVersionsDoNotSayOfHowManyExamples) {
  const auto line = std::get<EvaluationLine>(
      parse_log_line(R"({"step":200,"event":"evaluate","bits_per_dim":4.75,"standard_error":0.01,"examples":1000})"));
  EXPECT_EQ(line.examples, 1000);
  EXPECT_EQ(line.dataset_size, 0);
}

TEST(RunLogTest, WhatIsMissingIsAGapAndWhatIsUnknownIsPassedOver) {
  const auto line = std::get<TrainLine>(
      parse_log_line(R"({"step":2,"event":"train","bits_per_dim":null,"learning_rate":"x","later":{}})"));
  EXPECT_TRUE(std::isnan(line.bits_per_dim));
  EXPECT_TRUE(std::isnan(line.learning_rate));
  EXPECT_TRUE(std::isnan(line.gradient_norm));
  EXPECT_FALSE(line.powers.has_value());
  EXPECT_TRUE(std::holds_alternative<std::monostate>(parse_log_line(R"({"step":2,"event":"later"})")));
}

TEST(RunLogTest, ALineWithoutAStepIsDamaged) {
  for (const char* text :
       {"", "nonsense", "[]", "{}", R"({"step":"5"})", R"({"step":null})", R"({"step":-1})", R"({"step":1.5})",
        R"({"step":1e999})", R"({"step":9223372036854775808})", R"({"step":1,"step":2})", R"({"step":1,"ev)"}) {
    EXPECT_THROW((void)step_of_line(text), DataError) << text;
    EXPECT_THROW((void)parse_log_line(text), DataError) << text;
    EXPECT_THROW((void)parse_timing_line(text), DataError) << text;
  }
  EXPECT_EQ(step_of_line(R"({"step":9223372036854775807})"), std::numeric_limits<int64_t>::max());
}

TEST(RunLogTest, RewindingKeepsTheBytesOfWhatWasWrittenUpToTheStep) {
  const TempFolder folder;
  const auto file = folder.path() / "x.jsonl";
  const std::string first = "{ \"step\" : 3 , \"event\":\"evaluate\", \"later\":1.50 }\n";
  const std::string second = "{\"step\":4}\n";
  write_bytes(file, first + "{\"step\":\"three\"}\nnonsense\n" + second + "{\"step\":5}\n{\"step\":1}\n{\"step\":2");
  EXPECT_EQ(rewind_lines(file, 4), 2);
  EXPECT_EQ(read_bytes(file), first + second + "{\"step\":1}\n");
  EXPECT_EQ(rewind_lines(file, 0), 0);
  EXPECT_EQ(read_bytes(file), "");
  EXPECT_EQ(rewind_lines(folder.path() / "none.jsonl", 4), 0);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "none.jsonl"));
}

TEST(RunLogTest, LinesAreAppendedWhole) {
  const TempFolder folder;
  const auto file = folder.path() / "x.jsonl";
  append_line(file, "a");
  append_line(file, "b");
  EXPECT_EQ(read_bytes(file), "a\nb\n");
  EXPECT_THROW(append_line(folder.path() / "none" / "x.jsonl", "a"), IoError);
  if (std::filesystem::exists("/dev/full")) {
    EXPECT_THROW(append_line("/dev/full", "a"), IoError);
  }
}

}  // namespace
}  // namespace veil::io
