#include "cli/terminal/progress.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace veil::cli {
namespace {

// A clock and a stream that the test holds in its hands.
struct Bench {
  double now = 100.0;
  std::ostringstream out;

  ProgressPlace place(ProgressStyle style = {}) {
    return {.stream = &out, .clock = [this] { return now; }, .style = style, .background = false};
  }

  [[nodiscard]] int64_t lines() const {
    const std::string text = out.str();
    return std::count(text.begin(), text.end(), '\n');
  }
};

TEST(ProgressTest, TheFirstHeartbeatComesWithinThirtySecondsAndTheOthersAtMostEveryThirty) {
  Bench bench;
  ProgressReporter progress({.label = "train", .total = 1000}, bench.place());
  int64_t lines_before = 0;
  double last = bench.now;
  for (int second = 1; second <= 300; ++second) {
    bench.now = 100.0 + second;
    progress.advance(second);
    if (bench.lines() != lines_before) {
      EXPECT_EQ(bench.lines(), lines_before + 1);
      EXPECT_TRUE(lines_before == 0 ? bench.now - last <= 30.0 : bench.now - last >= 30.0);
      last = bench.now;
      lines_before = bench.lines();
    }
  }
  EXPECT_GE(lines_before, 10);
}

TEST(ProgressTest, ALineTellsRateTimeLeftAndBits) {
  Bench bench;
  ProgressReporter progress({.label = "train", .total = 1000, .examples_per_step = 64}, bench.place());
  bench.now += 10.0;
  progress.advance(20, 3.25);
  EXPECT_EQ(bench.out.str(), "train 20/1000, 128 examples/s, 8 min 10 s left, 3.2500 bits/dim\n");
}

TEST(ProgressTest, ManyStepsOfOneExampleAreOneExample) {
  Bench bench;
  // 16 samples in 2 groups of 8 rows, 500 steps each: a quarter of the work in 10 s is 4 samples.
  ProgressOptions options{.label = "sample"};
  options.unit = "network calls";
  options.examples = 16;
  ProgressReporter progress(options, bench.place());
  bench.now += 10.0;
  progress.advance_of(250, 1000);
  EXPECT_EQ(bench.out.str(), "sample 250/1000 network calls, 0.400 examples/s, 30 s left\n");
}

TEST(ProgressTest, RatesOfAResumedRunCountFromWhereItWentOn) {
  Bench bench;
  ProgressReporter progress({.label = "train", .total = 1000}, bench.place());
  progress.start(500);
  bench.now += 10.0;
  progress.advance(510);
  EXPECT_EQ(bench.out.str(), "train 510/1000, 1.00 examples/s, 8 min 10 s left\n");
}

TEST(ProgressTest, TheRateForgetsASlowBeginning) {
  Bench bench;
  ProgressReporter progress({.label = "train", .total = 100000}, bench.place());
  bench.now += 60.0;
  progress.advance(1);
  for (int second = 0; second < 120; ++second) {
    bench.now += 1.0;
    progress.advance(1 + 10 * (second + 1));
  }
  const std::string text = bench.out.str();
  EXPECT_NE(text.rfind("10.0 examples/s"), std::string::npos) << text;
}

TEST(ProgressTest, SpeaksUpWhileAStepTakesMinutes) {
  Bench bench;
  ProgressReporter progress({.label = "train", .total = 10}, bench.place());
  bench.now += 29.0;
  progress.tick();
  EXPECT_EQ(bench.out.str(), "train 0/10, no rate yet, 29 s so far\n");
}

TEST(ProgressTest, QuietShowsNothing) {
  Bench bench;
  {
    ProgressReporter progress({.label = "train", .total = 10, .quiet = true}, bench.place({.live = true}));
    bench.now += 100.0;
    progress.advance(10);
  }
  EXPECT_EQ(bench.out.str(), "");
}

TEST(ProgressTest, ABarIsDrawnFourTimesASecondAndEndsItsLine) {
  Bench bench;
  {
    ProgressReporter progress({.label = "sample", .total = 100}, bench.place({.live = true, .width = 60}));
    for (int step = 1; step <= 100; ++step) {
      bench.now += 0.125;
      progress.advance(step);
    }
    const std::string text = bench.out.str();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 50);
    EXPECT_EQ(bench.lines(), 0);
    EXPECT_EQ(text.find("\x1b[36m"), std::string::npos);
  }
  const std::string text = bench.out.str();
  EXPECT_TRUE(text.ends_with("\n"));
  const std::string last = text.substr(text.rfind('\r'));
  EXPECT_NE(last.find("[####################] sample 100/100, 8.00 examples/s, "), std::string::npos) << last;
}

TEST(ProgressTest, ABarFitsItsTerminal) {
  Bench bench;
  ProgressReporter progress({.label = std::string(300, 'x'), .total = 100}, bench.place({.live = true, .width = 60}));
  bench.now += 1.0;
  progress.advance(50);
  EXPECT_LT(bench.out.str().size(), 60U + std::string("\r\x1b[K").size());
}

TEST(ProgressTest, ColorIsUsedOnlyWhereItIsAllowed) {
  Bench bench;
  ProgressReporter progress({.label = "x", .total = 2}, bench.place({.live = true, .color = true}));
  progress.advance(1);
  EXPECT_NE(bench.out.str().find("\x1b[36m##########\x1b[0m"), std::string::npos);
}

TEST(ProgressTest, TheTotalMayComeLater) {
  Bench bench;
  {
    ProgressReporter progress({.label = "evaluate"}, bench.place());
    bench.now += 4.0;
    progress.advance_of(1000, 1000);
  }
  EXPECT_EQ(bench.out.str(), "evaluate 1000/1000, 250 examples/s, took 4 s\n");
}

TEST(ProgressTest, ADumbTerminalGetsLines) {
  ASSERT_EQ(setenv("TERM", "dumb", 1), 0);
  EXPECT_FALSE(detect_progress_style().live);
  EXPECT_FALSE(detect_progress_style().color);
}

TEST(ProgressTest, TheBackgroundThreadEndsWithTheReporter) {
  std::ostringstream out;
  for (int i = 0; i < 20; ++i) {
    ProgressReporter progress({.label = "x", .total = 10}, {.stream = &out, .clock = {}, .style = {}});
    progress.advance(i);
  }
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10) << "one line of each that reached its total";
}

}  // namespace
}  // namespace veil::cli
