#include "io/run/run_changes.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "veil/base/error.h"

namespace veil::io {
namespace {

std::string refusal(const RunConfig& before, const RunConfig& now) {
  try {
    require_allowed(differences(before, now), "some/run");
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

const char* word(Change change) {
  return change == Change::kAllowed ? "yes" : change == Change::kByData ? "with equal data" : "no";
}

TEST(RunChangesTest, EveryKeyHasARuleAndEveryRuleAKey) {
  std::set<std::string_view> used;
  for (const auto& name : config_key_names()) {
    const auto& rule = change_rule(name);
    EXPECT_FALSE(rule.keys.empty()) << name;
    used.insert(rule.keys);
  }
  for (const auto& rule : change_rules()) {
    EXPECT_TRUE(used.contains(rule.keys)) << rule.keys;
  }
}

TEST(RunChangesTest, WhatDecidesTheResultSoFarMayNotChange) {
  for (const char* key : {"model.width", "model.network", "model.class_conditional", "schedule.kind", "schedule.powers",
                          "train.seed", "train.batch_size"}) {
    EXPECT_EQ(change_rule(key).change, Change::kRefused) << key;
  }
  for (const char* key : {"optimizer.learning_rate", "optimizer.clip_norm", "optimizer.decay", "train.steps",
                          "train.log_every", "evaluate.passes", "sample.count", "device.name", "device.precision",
                          "data.evaluation_split", "train.prefetch", "train.max_skipped", "objective.form"}) {
    EXPECT_EQ(change_rule(key).change, Change::kAllowed) << key;
  }
  for (const char* key : {"data.source", "data.split", "data.size", "data.holdout"}) {
    EXPECT_EQ(change_rule(key).change, Change::kByData) << key;
  }
  EXPECT_EQ(change_rule("train.unheard_of").change, Change::kRefused);
}

TEST(RunChangesTest, TheDocumentHasTheSameTable) {
  std::ifstream file(std::string(VEIL_SOURCE_DIR) + "/docs/file-formats.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string head = "| setting | may change | why |\n| --- | --- | --- |\n";
  const size_t begin = text.find(head);
  ASSERT_NE(begin, std::string::npos);
  std::string want;
  for (const auto& rule : change_rules()) {
    want += concat("| `", rule.keys, "` | ", word(rule.change), " | ", rule.why, " |\n");
  }
  const size_t first = begin + head.size();
  EXPECT_EQ(text.substr(first, text.find("\n\n", first) + 1 - first), want);
}

TEST(RunChangesTest, AllThatIsRefusedIsNamedAtOnce) {
  const RunConfig before;
  RunConfig now;
  set(now, "optimizer.learning_rate", "0.5");
  set(now, "data.source", "elsewhere");
  EXPECT_EQ(refusal(before, now), "");
  set(now, "train.seed", "7");
  set(now, "model.width", "96");
  const auto text = refusal(before, now);
  EXPECT_TRUE(text.starts_with("some/run: a run cannot go on with other values of these 2: model.width was 128, now it "
                               "is 96 (it decides what the network is); train.seed was 0, now it is 7 ("))
      << text;
  EXPECT_EQ(text.find("learning_rate"), std::string::npos);
}

DatasetInfo data(const std::string& fingerprint, const std::string& tokens = "", const std::string& labels = "") {
  DatasetInfo info;
  info.fingerprint = fingerprint;
  info.token_digest = tokens;
  info.label_digest = labels;
  return info;
}

TEST(RunChangesTest, ChangedDataAreToldByWhatChanged) {
  using Lines = std::vector<std::string>;
  const std::string old = "20 of 8x8x3, 2 classes, sha256 00, mean 1.00 2.00, gradient 3.00";
  EXPECT_EQ(data_differences(data(old, "aa", "bb"), data(old, "aa", "bb")), Lines{});
  EXPECT_EQ(data_differences(data(old), data("40 of 8x8x3, 2 classes, sha256 11, mean 4.00, gradient 3.00")),
            (Lines{"40 of 8x8x3, was 20 of 8x8x3"}));
  EXPECT_EQ(data_differences(data(old), data("20 of 8x8x3, 2 classes, sha256 11, mean 1.00 2.00, gradient 3.00")),
            (Lines{"sha256 11, was sha256 00"}));
  EXPECT_EQ(data_differences(data(old, "aa", "bb"), data(old, "aa", "cc")), (Lines{"labels (sha256 cc, was bb)"}));
  EXPECT_EQ(data_differences(data(old, "aa"), data(old, "dd")), (Lines{"pixels (sha256 of all dd, was aa)"}));
  EXPECT_EQ(data_differences(data(old), data(old, "dd", "cc")), Lines{});  // of an older version nothing is known
  EXPECT_EQ(data_differences(data(""), data(old)), Lines{});
  auto cats = data(old);
  cats.class_names = {"cat", "dog"};
  auto dogs = data(old);
  dogs.class_names = {"cat", "hound"};
  EXPECT_EQ(data_differences(cats, dogs), (Lines{"class 1 is called 'hound', was 'dog'"}));
}

}  // namespace
}  // namespace veil::io
