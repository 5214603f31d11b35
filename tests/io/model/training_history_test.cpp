#include "veil/io/model/training_history.h"

#include <gtest/gtest.h>

#include <tuple>

#include "io/model/history_json.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

TrainingStretch stretch(const std::string& precision) {
  TrainingStretch one;
  one.seed = UINT64_MAX;
  one.data = "20 of 8x8x3";
  one.precision = precision;
  one.device = "a \"processor\"";
  return one;
}

TEST(TrainingHistoryTest, AStopAloneLeavesNoTrace) {
  TrainingHistory history;
  go_on_with(history, stretch("float32"), 0);
  history = history_at(history, 10);
  const auto before = history_at(history, 25);
  go_on_with(history, stretch("float32"), 10);
  EXPECT_EQ(history_at(history, 25), before);
  ASSERT_EQ(before.size(), 1U);
  EXPECT_EQ(before[0].first_step, 1);
  EXPECT_EQ(before[0].last_step, 25);
}

TEST(TrainingHistoryTest, OtherConditionsAndChangesBeginAStretch) {
  TrainingHistory history;
  go_on_with(history, stretch("float32"), 0);
  history = history_at(history, 10);
  go_on_with(history, stretch("bfloat16"), 10);
  EXPECT_EQ(history_at(history, 10).size(), 1U);  // without an update it is none
  EXPECT_EQ(history_at(history, 10)[0].last_step, 10);
  history = history_at(history, 12);
  auto changed = stretch("bfloat16");
  changed.changes = {{"train.steps", "12", "20"}};
  go_on_with(history, changed, 12);
  history = history_at(history, 20);
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[1].first_step, 11);
  EXPECT_EQ(history[1].last_step, 12);
  EXPECT_EQ(history[2].first_step, 13);
  EXPECT_EQ(history[2].changes, changed.changes);
  go_on_with(history, stretch("bfloat16"), 20);  // the same conditions, no change: of one piece with the last one
  EXPECT_EQ(history.size(), 3U);
}

TEST(TrainingHistoryTest, ComesBackFromJsonAndNothingElseIsRead) {
  TrainingHistory history;
  go_on_with(history, stretch("float32"), 0);
  history = history_at(history, 10);
  auto next = stretch("bfloat16");
  next.changes = {{"data.source", "a \"b\"\n", "ü"}};
  go_on_with(history, next, 10);
  history = history_at(history, 11);
  EXPECT_EQ(history_from_json(history_to_json(history), "x"), history);
  EXPECT_EQ(history_to_json({}), "[]");
  const auto read = history_from_json(R"([{"first_step":1,"last_step":2,"seed":3,"later":true}])", "x");
  EXPECT_EQ(read.at(0).device, "");
  for (const char* text :
       {"", "{}", "[3]", R"([{"first_step":1,"last_step":2}])", R"([{"first_step":2,"last_step":1,"seed":3}])",
        R"([{"first_step":1,"last_step":2,"seed":-3}])", R"([{"first_step":1,"last_step":2,"seed":3,"data":4}])",
        R"([{"first_step":1,"last_step":2,"seed":3,"changes":{}}])",
        R"([{"first_step":1,"last_step":2,"seed":3,"changes":[{"key":"a","before":"b"}]}])"}) {
    EXPECT_THROW(std::ignore = history_from_json(text, "x"), DataError) << text;
  }
}

}  // namespace
}  // namespace veil::io
