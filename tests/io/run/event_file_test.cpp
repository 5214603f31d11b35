#include "io/run/event_file.h"

#include <gtest/gtest.h>

#include <string>

#include "base/words.h"
#include "io/file/files.h"
#include "io/run/run_log.h"
#include "support/temp_folder.h"

namespace veil::io {
namespace {

std::string hex(const std::string& bytes) {
  return hexadecimal({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

// Bytes that tensorboard 2.20 writes for Event(wall_time=1.5, file_version="brain.Event:2") and for
// Event(wall_time=2.5, step=300, summary=Summary(value=[Value(tag="a", simple_value=0.5)])), by its RecordWriter.
TEST(EventRecordTest, RecordsAreThoseThatTensorBoardWrites) {
  EXPECT_EQ(hex(version_record(1.5)),
            "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c");
  EXPECT_EQ(hex(event_record(2.5, 300, {{.tag = "a", .value = 0.5}})),
            "1800000000000000a37f4b2209000000000000044010ac022a0a0a080a0161150000003fdf7bc4c1");
}

// Likewise of a tensor of strings with the metadata of the plugin "text".
TEST(EventRecordTest, TextsAreATensorOfStrings) {
  EXPECT_EQ(hex(event_record(2.5, 7, {{.tag = "samples", .value = EventTexts{{"ab", "c d"}}}})),
            "3700000000000000e7e8ca5909000000000000044010072a2a0a280a0773616d706c6573421108071204120208024202"
            "616242036320644a0a0a060a04746578742002f05fc6b7");
}

TEST(EventRecordTest, HistogramsCountEveryValueOnce) {
  const std::vector<double> values{0.0, 1.0, 2.0, 3.0, 30.0};
  const auto histogram = event_histogram(values);
  ASSERT_EQ(histogram.counts.size(), 30U);
  EXPECT_EQ(histogram.right_ends.front(), 1.0);
  EXPECT_EQ(histogram.right_ends.back(), 30.0);
  EXPECT_EQ(std::vector<double>(histogram.counts.begin(), histogram.counts.begin() + 5),
            (std::vector<double>{1, 1, 1, 1, 0}));
  EXPECT_EQ(histogram.counts.back(), 1.0);
  EXPECT_EQ(histogram.sum, 36.0);
  EXPECT_EQ(histogram.sum_of_squares, 914.0);
  const std::vector<double> equal{2.5, 2.5};
  EXPECT_EQ(event_histogram(equal).counts, std::vector<double>{2});
}

// What follows the logs line by line is to the byte what is made of them afterwards.
TEST(EventFileTest, FollowingTheLogsGivesTheFileThatIsMadeOfThem) {
  const TempFolder folder;
  const RunLayout layout(folder.path());
  append_line(layout.timing, to_json_line(StartLine{.step = 0, .command = "veil", .time = 1e9}));
  EventFile live(layout, 0);
  for (int64_t step = 2; step <= 6; step += 2) {
    append_line(layout.log, to_json_line(TrainLine{.step = step, .bits_per_dim = 4.0 / static_cast<double>(step)}));
    append_line(layout.timing, to_json_line(TimingLine{.step = step, .seconds = 2.5, .examples_per_second = 9.0}));
    append_line(layout.log, to_json_line(EvaluationLine{.step = step, .bits_per_dim = 3.0}));
    append_line(layout.example_bits, to_json_line(ExampleBitsLine{.step = step, .bits = {1.0, 2.0, 4.0}}));
    live.follow(step, false);
  }
  const auto followed = read_file(layout.events, 1 << 20);
  append_bytes(layout.events, "cut");
  append_line(layout.log, "damaged");
  const EventFile anew(layout, 6);
  EXPECT_EQ(read_file(layout.events, 1 << 20), followed);
}

}  // namespace
}  // namespace veil::io
