#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "cli/arguments/usage_error.h"
#include "cli/command_line.h"

namespace veil::cli {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

const Command kCommand{.name = "work",
                       .summary = "",
                       .examples = {},
                       .flags = {{.name = "model", .argument = "FILE", .help = "", .key = ""},
                                 {.name = "seed", .argument = "S", .help = "", .key = "sample.seed"},
                                 {.name = "json", .argument = "", .help = "", .key = ""}},
                       .sections = {"sample", "device"},
                       .positional = {},
                       .run = nullptr};

Arguments parse(const std::vector<std::string>& words) { return parse_arguments(kCommand, words); }

std::string refusal(const std::vector<std::string>& words) {
  try {
    (void)parse(words);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(ParseArgumentsTest, TakesValuesAfterAnEqualsSignOrAsTheNextWord) {
  for (const auto& words : {std::vector<std::string>{"--model=a b", "--sample.steps=5", "--json"},
                            std::vector<std::string>{"--json", "--model", "a b", "--sample.steps", "5"}}) {
    const Arguments arguments = parse(words);
    EXPECT_EQ(arguments.text("model"), "a b");
    EXPECT_TRUE(arguments.has("json"));
    EXPECT_EQ(arguments.settings, (Settings{{"sample.steps", "5"}}));
    EXPECT_FALSE(arguments.quiet);
  }
}

TEST(ParseArgumentsTest, AShortNameStandsForItsKey) {
  EXPECT_EQ(parse({"--seed", "3"}).settings, (Settings{{"sample.seed", "3"}}));
  EXPECT_EQ(refusal({"--seed", "3", "--sample.seed=4"}), "--sample.seed is given twice");
}

TEST(ParseArgumentsTest, AFlagWithoutItsValueSaysWhatItWants) {
  EXPECT_EQ(refusal({"--model"}), "--model wants a value: FILE");
  EXPECT_EQ(refusal({"--seed"}), "--seed wants a value: an integer in [0, 18446744073709551615]");
  EXPECT_EQ(refusal({"--sample.steps"}), "--sample.steps wants a value: an integer in [1, 1000000]");
}

TEST(ParseArgumentsTest, ANegativeNumberIsAValue) {
  EXPECT_EQ(parse({"--seed", "-1"}).settings, (Settings{{"sample.seed", "-1"}}));
}

TEST(ParseArgumentsTest, AnEmptyValueOfASettingIsLeftToItsRange) {
  EXPECT_EQ(parse({"--sample.seed", ""}).settings, (Settings{{"sample.seed", ""}}));
  EXPECT_EQ(refusal({"--model", ""}), "--model is empty, want FILE");
  EXPECT_EQ(refusal({"--model="}), "--model is empty, want FILE, directly after the =");
  for (const auto& words : {std::vector<std::string>{"--sample.seed="}, {"--sample.seed=", "5"}}) {
    EXPECT_EQ(refusal(words),
              "--sample.seed is empty, want an integer in [0, 18446744073709551615], directly after the =");
  }
  EXPECT_EQ(refusal({"--seed="}),
            "--seed is empty, want an integer in [0, 18446744073709551615], directly after the =");
  EXPECT_EQ(parse({"--model=a="}).text("model"), "a=");
  EXPECT_TRUE(refusal({"--modle="}).starts_with("unknown flag --modle"));
}

TEST(ParseArgumentsTest, QuietHasAShortForm) {
  EXPECT_TRUE(parse({"-q"}).quiet);
  EXPECT_TRUE(parse({"--quiet"}).quiet);
}

TEST(ParseArgumentsTest, AnUnknownFlagIsRefusedWithTheNearest) {
  EXPECT_EQ(refusal({"--modle", "x"}), "unknown flag --modle (did you mean --model?); veil work --help lists them");
  EXPECT_EQ(refusal({"--sample.step=3"}),
            "unknown flag --sample.step (did you mean --sample.steps?); veil work --help lists them");
  EXPECT_EQ(refusal({"--frobnicate"}), "unknown flag --frobnicate; veil work --help lists them");
  EXPECT_TRUE(refusal({"-x"}).starts_with("unknown flag -x"));
}

TEST(ParseArgumentsTest, KeysOfOtherSectionsAreUnknown) {
  EXPECT_TRUE(refusal({"--train.steps=3"}).starts_with("unknown flag --train.steps"));
}

TEST(ParseArgumentsTest, AFlagIsNotGuessedFromItsBeginning) {
  EXPECT_TRUE(refusal({"--mod=x"}).starts_with("unknown flag --mod"));
}

TEST(ParseArgumentsTest, RefusesWhatIsDoubleMissingOrTooMuch) {
  EXPECT_EQ(refusal({"--json", "--json"}), "--json is given twice");
  EXPECT_EQ(refusal({"--sample.steps=1", "--sample.steps=1"}), "--sample.steps is given twice");
  EXPECT_NE(refusal({"--model"}).find("--model"), std::string::npos);
  EXPECT_EQ(refusal({"--model", "--json"}), "--model wants a value: FILE; got the flag --json");
  EXPECT_NE(refusal({"--json=yes"}).find("json"), std::string::npos);
  EXPECT_EQ(refusal({"extra"}), "veil work takes no words beside its flags, got \"extra\"");
}

TEST(ParseArgumentsTest, ANeededFlagIsAskedFor) {
  const Arguments arguments = parse({});
  try {
    (void)arguments.required("model");
    FAIL() << "nothing was thrown";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "veil work needs --model; veil work --help shows examples");
  }
}

TEST(ParseArgumentsTest, AnIntegerFlagIsCheckedAgainstBothBounds) {
  Arguments arguments;
  EXPECT_EQ(arguments.integer("steps", 10, 1, 100), 10);
  arguments.flags["steps"] = "100";
  EXPECT_EQ(arguments.integer("steps", 10, 1, 100), 100);
  for (const std::string& text : std::vector<std::string>{"0", "101", "", "1.0", "x", "99999999999999999999"}) {
    arguments.flags["steps"] = text;
    EXPECT_THROW((void)arguments.integer("steps", 10, 1, 100), UsageError) << text;
  }
}

}  // namespace
}  // namespace veil::cli
