#include "io/run/evaluation_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "support/example_report.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using test::example_report;

TEST(EvaluationFileTest, JsonHasEveryFigureUnderItsName) {
  const auto object = nlohmann::json::parse(evaluation_to_json(example_report()));
  EXPECT_EQ(object.at("schema_version"), 1);
  EXPECT_EQ(object.at("bits_per_dim"), 8.0);
  EXPECT_EQ(object.at("standard_error"), 0.25);
  EXPECT_EQ(object.at("mask_standard_error"), 0.125);
  EXPECT_EQ(object.at("confidence_low"), 7.51);
  EXPECT_EQ(object.at("confidence_high"), 8.49);
  EXPECT_EQ(object.at("examples"), 7);
  EXPECT_EQ(object.at("passes"), 8);
  EXPECT_EQ(object.at("replicates"), 2);
  EXPECT_EQ(object.at("estimator"), "count-stratified");
  EXPECT_EQ(object.at("control"), 0.0);
  EXPECT_EQ(object.at("dataset"), "fashion-mnist");
  EXPECT_EQ(object.at("split"), "test");
  EXPECT_EQ(object.at("weights"), "ema");
  EXPECT_EQ(object.at("seed"), UINT64_MAX);
  EXPECT_EQ(object.at("length"), 784);
  EXPECT_EQ(object.at("conditional_on_label"), false);
  EXPECT_FALSE(object.contains("label_bits_per_dim"));
  EXPECT_EQ(object.at("profile").size(), 2U);
  EXPECT_EQ(object.at("profile").at(1).at("samples"), 53);
}

TEST(EvaluationFileTest, JsonIsOneLineAndHoldsNullForWhatIsNotKnown) {
  EvaluationReport report = example_report();
  report.standard_error = std::numeric_limits<double>::quiet_NaN();
  report.dataset = "custom-\xff\n";
  const std::string text = evaluation_to_json(report);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_TRUE(nlohmann::json::parse(text).at("standard_error").is_null());
}

TEST(EvaluationFileTest, JsonSaysWhatTheControlVariateWeighedAndOfHowManyExamples) {
  EvaluationReport report = example_report();
  report.control = 0.85;
  report.dataset_size = 10000;
  const auto object = nlohmann::json::parse(evaluation_to_json(report));
  EXPECT_EQ(object.at("control"), 0.85);
  EXPECT_EQ(object.at("dataset_size"), 10000);
}

// log2(10) / 784 = 3.3219280949 / 784.
TEST(EvaluationFileTest, JsonOfAFigureThatKnowsTheClassSaysWhatItLeavesOut) {
  EvaluationReport report = example_report();
  report.classes = 10;
  const auto object = nlohmann::json::parse(evaluation_to_json(report));
  EXPECT_EQ(object.at("conditional_on_label"), true);
  EXPECT_EQ(object.at("label_classes"), 10);
  EXPECT_NEAR(object.at("label_bits_per_dim").get<double>(), 0.00423715318, 1e-10);
  EXPECT_EQ(object.at("label_bits_added"), false);
  EXPECT_EQ(object.at("bits_per_dim"), 8.0);
}

// Written by Python's json.dumps.
constexpr const char* kPython =
    R"({"bits_per_dim": 3.0625, "standard_error": null, "mask_standard_error": 0.1, "confidence_low": null, )"
    R"("examples": 3, "passes": 16, "replicates": 2, "estimator": "count-stratified", "dataset": "caf\u00e9", )"
    R"("split": "test", "weights": "ema", "seed": 18446744073709551615, "length": 3072, "conditional_on_label": true, )"
    R"("label_classes": 10, "label_bits_per_dim": 0.0010813568, "label_bits_added": false, )"
    R"("from_a_later_version": [{}], )"
    R"("profile": [{"first_count": 1, "last_count": 3072, "samples": 48, "sum": 1e2, "sum_squares": 12.5}], )"
    R"("example_bits": [3.0, 3.0625, 3.125]})";

TEST(EvaluationFileTest, ReadsWhatAnotherProgramWrote) {
  const EvaluationReport report = evaluation_from_json(kPython, "x.json");
  EXPECT_EQ(report.bits_per_dim, 3.0625);
  EXPECT_TRUE(std::isnan(report.standard_error));
  EXPECT_TRUE(std::isnan(report.confidence_low));
  EXPECT_TRUE(std::isnan(report.confidence_high));
  EXPECT_EQ(report.mask_standard_error, 0.1);
  EXPECT_EQ(report.examples, 3);
  EXPECT_EQ(report.dataset_size, 0);
  EXPECT_EQ(report.passes, 16);
  EXPECT_EQ(report.replicates, 2);
  EXPECT_EQ(report.estimator, "count-stratified");
  EXPECT_EQ(report.control, 0.0);
  EXPECT_EQ(report.dataset, "caf\u00e9");
  EXPECT_EQ(report.split, "test");
  EXPECT_EQ(report.weights, "ema");
  EXPECT_EQ(report.seed, UINT64_MAX);
  EXPECT_EQ(report.length, 3072);
  EXPECT_EQ(report.classes, 10);
  EXPECT_EQ(report.example_bits, (std::vector<double>{3.0, 3.0625, 3.125}));
  ASSERT_EQ(report.profile.size(), 1U);
  EXPECT_EQ(report.profile[0].first_count, 1);
  EXPECT_EQ(report.profile[0].last_count, 3072);
  EXPECT_EQ(report.profile[0].samples, 48);
  EXPECT_EQ(report.profile[0].sum, 100.0);
  EXPECT_EQ(report.profile[0].sum_squares, 12.5);
}

TEST(EvaluationFileTest, AWrittenFileIsReadBackToTheBit) {
  const TempFolder folder;
  const auto file = folder.path() / "evaluation.json";
  EvaluationReport report = example_report();
  report.examples = 3;
  report.example_bits = {7.1, 8.0, 1.0 / 3.0};
  write_evaluation(file, report);
  const EvaluationReport back = read_evaluation(file);
  EXPECT_EQ(back.example_bits, report.example_bits);
  EXPECT_EQ(evaluation_to_json(back, {.example_bits = true}), evaluation_to_json(report, {.example_bits = true}));
  EXPECT_EQ(read_bytes(file), evaluation_to_json(report, {.example_bits = true}) + "\n");
}

// Of a part, each of the bits has its place in the split beside it; of a whole split they need none.
TEST(EvaluationFileTest, APartSaysWhichExamplesAndWhatEachClassHas) {
  EvaluationReport report = example_report();
  report.examples = 3;
  report.dataset_size = 9;
  report.example_bits = {7.5, 8.0, 8.5};
  report.example_indices = {0, 4, 8};
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  report.class_figures = {
      {.label = 1, .name = "b\xc3\xa9", .examples = 2, .bits_per_dim = 7.75, .standard_error = 0.25},
      {.label = 4, .name = "", .examples = 1, .bits_per_dim = 8.5, .standard_error = unknown}};
  const std::string text = evaluation_to_json(report, {.example_bits = true});
  const auto object = nlohmann::json::parse(text);
  EXPECT_EQ(object.at("example_indices"), (std::vector<int>{0, 4, 8}));
  EXPECT_EQ(object.at("per_class").at(0),
            nlohmann::json::parse("{\"label\":1,\"name\":\"b\\u00e9\",\"examples\":2,\"bits_per_dim\":7.75,"
                                  "\"standard_error\":0.25}"));
  EXPECT_TRUE(object.at("per_class").at(1).at("standard_error").is_null());
  const auto back = evaluation_from_json(text, "x");
  EXPECT_EQ(back.example_indices, report.example_indices);
  EXPECT_EQ(back.class_figures.at(0).name, report.class_figures[0].name);
  EXPECT_TRUE(std::isnan(back.class_figures.at(1).standard_error));
  EXPECT_EQ(evaluation_to_json(back, {.example_bits = true}), text);
  report.dataset_size = 3;
  EXPECT_FALSE(nlohmann::json::parse(evaluation_to_json(report, {.example_bits = true})).contains("example_indices"));
  EXPECT_FALSE(nlohmann::json::parse(evaluation_to_json(example_report())).contains("per_class"));
}

// What it takes to make an example again.
TEST(EvaluationFileTest, ModelDataSettingsAndReplicatesComeBack) {
  EvaluationReport report = example_report();
  report.examples = report.dataset_size = 3;
  report.example_bits = {7.5, 8.0, 8.5};
  report.example_replicate_bits = {7.0, 8.0, 8.25, 7.75, 8.5, 8.5};
  report.form = "count";
  report.limit = 3;
  report.model = "caf\u00e9/model.safetensors";
  report.model_sha256 = std::string(64, 'a');
  report.data_fingerprint = "3 examples";
  report.settings = {{"data.source", "b\u00e9"}, {"evaluate.passes", "8"}};
  const std::string text = evaluation_file_json(report);
  const auto object = nlohmann::json::parse(text);
  EXPECT_EQ(object.at("form"), "count");
  EXPECT_EQ(object.at("limit"), 3);
  EXPECT_EQ(object.at("model_sha256"), std::string(64, 'a'));
  EXPECT_EQ(object.at("settings").at("evaluate.passes"), "8");
  EXPECT_EQ(object.at("example_replicate_bits"), nlohmann::json::parse("[7.0,8.0,8.25,7.75,8.5,8.5]"));
  const auto back = evaluation_from_json(text, "x");
  EXPECT_EQ(back.form, report.form);
  EXPECT_EQ(back.limit, 3);
  EXPECT_EQ(back.model, report.model);
  EXPECT_EQ(back.model_sha256, report.model_sha256);
  EXPECT_EQ(back.data_fingerprint, report.data_fingerprint);
  EXPECT_EQ(back.settings, report.settings);
  EXPECT_EQ(back.example_replicate_bits, report.example_replicate_bits);
  EXPECT_EQ(evaluation_file_json(back), text);
  EXPECT_FALSE(nlohmann::json::parse(evaluation_to_json(report)).contains("example_replicate_bits"));
  report.replicates = 200'000;
  report.example_replicate_bits.assign(600'000, 8.0);
  EXPECT_FALSE(nlohmann::json::parse(evaluation_file_json(report)).contains("example_replicate_bits"));
}

TEST(EvaluationFileTest, BitsOfExamplesAreWrittenUpToAHundredThousand) {
  const TempFolder folder;
  const auto file = folder.path() / "evaluation.json";
  EXPECT_EQ(evaluation_to_json(example_report()).find("example_bits"), std::string::npos);
  EvaluationReport report = example_report();
  for (const int64_t examples : {100'000, 100'001}) {
    report.examples = examples;
    report.example_bits.assign(static_cast<size_t>(examples), 0.5);
    write_evaluation(file, report);
    EXPECT_EQ(read_evaluation(file).example_bits.size(), examples == 100'000 ? 100'000U : 0U);
  }
}

TEST(EvaluationFileTest, AnythingElseIsRefusedByTheNameOfItsFile) {
  const auto refusal = [](const std::string& text) -> std::string {
    try {
      (void)evaluation_from_json(text, "run/e.json");
      return "none";
    } catch (const DataError& error) {
      return error.what();
    }
  };
  for (const char* text : {"",
                           "[]",
                           "3",
                           "null",
                           "{}",
                           R"({"bits_per_dim":null})",
                           R"({"bits_per_dim":"8"})",
                           R"({"bits_per_dim":8,"bits_per_dim":8})",
                           R"({"bits_per_dim":8,"schema_version":2})",
                           R"({"bits_per_dim":8,"examples":-1})",
                           R"({"bits_per_dim":8,"examples":1.5})",
                           R"({"bits_per_dim":8,"seed":-1})",
                           R"({"bits_per_dim":8,"split":3})",
                           R"({"bits_per_dim":8,"conditional_on_label":1})",
                           R"({"bits_per_dim":8,"conditional_on_label":true})",
                           R"({"bits_per_dim":8,"profile":{}})",
                           R"({"bits_per_dim":8,"profile":[{"first_count":1}]})",
                           R"({"bits_per_dim":8,"examples":2,"example_bits":[8]})",
                           R"({"bits_per_dim":8,"per_class":[3]})",
                           R"({"bits_per_dim":8,"settings":[3]})",
                           R"({"bits_per_dim":8,"settings":{"data.source":3}})",
                           R"({"bits_per_dim":8,"examples":1,"replicates":2,"example_replicate_bits":[8]})",
                           R"({"bits_per_dim":8,"examples":1,"example_replicate_bits":[8]})",
                           R"({"bits_per_dim":8,"examples":1,"replicates":1,"example_replicate_bits":["8"]})",
                           R"({"bits_per_dim":8,"examples":1,"example_indices":[-1]})",
                           R"({"bits_per_dim":8,"per_class":{}})",
                           R"({"bits_per_dim":8,"examples":2,"example_indices":[1]})",
                           R"({"bits_per_dim":8,"examples":1,"example_bits":["8"]})"}) {
    EXPECT_TRUE(refusal(text).starts_with("run/e.json")) << text << " gives: " << refusal(text);
  }
  EXPECT_EQ(refusal(R"({"bits_per_dim":8,"examples":-1})"),
            "run/e.json: 'examples' is '-1', want an integer of 0 or more");
  EXPECT_EQ(refusal("{}"), "run/e.json: 'bits_per_dim' is absent, want a number");
  EXPECT_EQ(refusal(R"({"bits_per_dim":8})"), "none");
}

}  // namespace
}  // namespace veil::io
