// What a terminal obeys or a reader does not see is shown as an escape, and everything else as it is.
#include "src/trace/plain_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace costrisk::trace {
namespace {

TEST(PlainText, LettersAndSignsOfAllLanguagesStayAsTheyAre) {
  for (const std::string text : {"", "spot first", "größe · 價格 · Ελλάδα · ±0.81 % · 😀", "\\u202e"}) {
    EXPECT_EQ(shown(text), text);
    EXPECT_EQ(first_hidden(text), std::nullopt);
  }
}

TEST(PlainText, ControlsAndFormatCharactersBecomeEscapes) {
  EXPECT_EQ(shown("a\x1b[31mb"), "a\\u001b[31mb");
  EXPECT_EQ(shown(std::string("a\0b", 3)), "a\\u0000b");
  EXPECT_EQ(shown("\x7f"), "\\u007f");
  EXPECT_EQ(shown("\u009b31m\u0080"), "\\u009b31m\\u0080");
  EXPECT_EQ(shown("\u202eabc\u2066"), "\\u202eabc\\u2066");
  EXPECT_EQ(shown("a\u200bb\ufeff\u00ad\u2028"), "a\\u200bb\\ufeff\\u00ad\\u2028");
  EXPECT_EQ(shown("\U000e0041"), "\\U000e0041");
  EXPECT_EQ(shown("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(shown("a\nb\tc\rd", Breaks::kept), "a\nb\tc\\rd");
  EXPECT_EQ(first_hidden("größe\u202e\x1b"), "\\u202e");
}

TEST(PlainText, BytesThatAreNoUtf8AreNamed) {
  EXPECT_EQ(shown("a\xff"), "a\\xff");
  EXPECT_EQ(shown("\xc3"), "\\xc3");
  EXPECT_EQ(shown("\xc0\xaf"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(shown("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(shown("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");  // beyond Unicode
  EXPECT_EQ(shown("\xe2\x80"), "\\xe2\\x80");
}

TEST(PlainText, AJsonDocumentSaysTheSameAsBefore) {
  const std::string hidden = "a\u202eb\u009b\x7f\U000e0041\u2028é\n\x1b";
  const nlohmann::json document = {{"name", hidden}};
  const std::string text = json_text(document);
  EXPECT_EQ(nlohmann::json::parse(text)["name"], hidden);
  EXPECT_NE(text.find("\\u202eb\\u009b\\u007f\\udb40\\udc41\\u2028é"), std::string::npos) << text;
  EXPECT_NO_THROW(json_text(nlohmann::json{{"name", "a\xff"}}));
}

}  // namespace
}  // namespace costrisk::trace
