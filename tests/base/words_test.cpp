#include "base/words.h"

#include <gtest/gtest.h>

#include <array>

namespace veil {
namespace {

TEST(WordsTest, WhatATerminalObeysIsReplaced) { EXPECT_EQ(printable("a\tb\x1b[2J\x7f\nü"), "a?b?[2J??ü"); }

TEST(WordsTest, LongTextsAreCutBetweenLetters) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc…");
  EXPECT_EQ(shortened("aü", 2), "a…") << "ü is two bytes";
  EXPECT_EQ(shortened("aüb", 3), "aü…");
  EXPECT_EQ(shortened("\x80\x80\x80", 2), "…") << "no letters at all";
  EXPECT_EQ(shortened(std::string(61, 'x')), std::string(60, 'x') + "…");
  EXPECT_EQ(in_quotes("a\n"), "'a?'");
  EXPECT_EQ(in_quotes(std::string(121, 'x')), "'" + std::string(120, 'x') + "…'");
}

TEST(WordsTest, AShellReadsTheWordBack) {
  EXPECT_EQ(in_shell_quotes("results/run-1_a.cfg"), "results/run-1_a.cfg");
  EXPECT_EQ(in_shell_quotes("--train.steps=5"), "--train.steps=5");
  EXPECT_EQ(in_shell_quotes("my run"), "'my run'");
  EXPECT_EQ(in_shell_quotes("it's"), "'it'\\''s'");
  EXPECT_EQ(in_shell_quotes(""), "''");
}

TEST(WordsTest, ListsHaveSeparatorsBetweenTheirPartsOnly) {
  EXPECT_EQ(joined({}), "");
  EXPECT_EQ(joined({"", "b", "c"}), ", b, c");
  EXPECT_EQ(joined({"a", "b"}, " or "), "a or b");
  EXPECT_EQ(bracketed(std::array<int64_t, 2>{2, 3}), "[2, 3]");
  EXPECT_EQ(bracketed({}), "[]");
}

TEST(WordsTest, NumbersArePaddedWithZeros) {
  EXPECT_EQ(zero_padded(0, 4), "0000");
  EXPECT_EQ(zero_padded(12, 6), "000012");
  EXPECT_EQ(zero_padded(1'234'567, 6), "1234567");
}

TEST(WordsTest, BytesAreTwoDigitsEach) {
  EXPECT_EQ(hexadecimal(std::array<uint8_t, 3>{0, 0x1f, 0xa5}), "001fa5");
  EXPECT_EQ(hexadecimal(std::array<uint8_t, 2>{0x1f, 0x8b}, " "), "1f 8b");
}

}  // namespace
}  // namespace veil
