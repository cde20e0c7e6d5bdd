// Durations: what is read, and that what is written reads back as the same bits.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "src/scenario/reader/duration.hpp"

namespace costrisk::scenario {
namespace {

TEST(ScenarioDurations, EachUnitHasItsLength) {
  const std::vector<std::pair<std::string, double>> cases = {{"0", 0},
                                                             {"0s", 0},
                                                             {"250ms", 0.25},
                                                             {"90s", 90},
                                                             {"15m", 900},
                                                             {"36h", 129600},
                                                             {"30d", 2592000},
                                                             {"13w", 7862400},
                                                             {"1mo", 2628000},
                                                             {"1y", 31536000},
                                                             {"5.5h", 19800},
                                                             {"1h30m", 5400},
                                                             {"1y2mo3w4d", 31536000 + 5256000 + 1814400 + 345600},
                                                             {"1d12h", 129600},
                                                             {"1m30.5s", 90.5},
                                                             {"0h30m", 1800}};
  for (const auto& [text, seconds] : cases) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_DOUBLE_EQ(parsed->seconds, seconds) << text;
    EXPECT_DOUBLE_EQ(parsed->hours, seconds / 3600.0) << text;
  }
}

TEST(ScenarioDurations, OtherTextsAreNone) {
  for (const char* text : {"",      "h",    "13",  "-1h", "+1h",    "1 h",  " 1h",  "1h ", "1H",   "1hour",  "1min",
                           "30m1h", "1h1h", ".5h", "5.h", "1.2.3h", "1e3h", "infh", "nan", "1h30", "1h-30m", "forever"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(ScenarioDurations, WholeNumbersOfAUnitAreWrittenInIt) {
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(90), "90s");
  EXPECT_EQ(duration_text(900), "15m");
  EXPECT_EQ(duration_text(129600), "36h");
  EXPECT_EQ(duration_text(2592000), "30d");
  EXPECT_EQ(duration_text(7862400), "13w");
  EXPECT_EQ(duration_text(31536000), "1y");
  EXPECT_EQ(duration_text(0.25), "0.25s");
  EXPECT_EQ(hours_text(5.5), "5.5h");
}

TEST(ScenarioDurations, WhatIsWrittenReadsBackAsTheSameBits) {
  std::mt19937_64 generator(1);
  for (int i = 0; i < 20000; ++i) {
    const double magnitude = std::exp2(std::uniform_real_distribution(-20.0, 38.0)(generator));
    const double value = i % 2 ? magnitude : std::floor(magnitude);
    ASSERT_EQ(parse_duration(duration_text(value))->seconds, value) << duration_text(value);
    ASSERT_EQ(parse_duration(hours_text(magnitude))->hours, magnitude) << hours_text(magnitude);
  }
}

}  // namespace
}  // namespace costrisk::scenario
