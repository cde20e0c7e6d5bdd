// Readers of histories: what they take, and that what is wrong is said with its place.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "calibrate_samples.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/history.hpp"

namespace costrisk::trace {
namespace {

std::string csv_complaint(const std::string& text) {
  return complaint([&] { parse_history_csv(text, "h.csv"); });
}

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text << "\nlacks: " << part;
}

TEST(Csv, QuotesHoldSeparatorsLineEndsAndDoubledQuotes) {
  const CsvTable table = parse_csv(
      "\xEF\xBB\xBF"
      "a,b\r\n\"1,\n2\",\"say \"\"x\"\"\"\r\n\r\n3,\n",
      "t.csv");
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.header, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.rows[0].cells, (std::vector<std::string>{"1,\n2", "say \"x\""}));
  EXPECT_EQ(table.rows[1].cells, (std::vector<std::string>{"3", ""}));
  EXPECT_EQ(table.rows[0].line, 2u);
  EXPECT_EQ(table.rows[1].line, 5u);
}

TEST(Csv, SeparatorsAreFoundInTheHeader) {
  EXPECT_EQ(parse_csv("a;b\n1,5;2\n", "t").rows[0].cells, (std::vector<std::string>{"1,5", "2"}));
  EXPECT_EQ(parse_csv("a\tb\n1\t2\n", "t").rows[0].cells, (std::vector<std::string>{"1", "2"}));
}

TEST(Csv, WhatIsWrongIsSaidWithItsLine) {
  expect_part(complaint([] { parse_csv("a,b\n1,2\n1\n", "t.csv"); }), "t.csv:3: 1 cell where the header has 2");
  expect_part(complaint([] { parse_csv("a,b\n1,\"2\n", "t.csv"); }), "t.csv:2: a quote is opened");
  expect_part(complaint([] { parse_csv("a,b\n\"1\"x,2\n", "t.csv"); }), "t.csv:2: text follows");
  expect_part(complaint([] { parse_csv("a,A\n1,2\n", "t.csv"); }), "two columns are named");
  expect_part(complaint([] { parse_csv("\n\n", "t.csv"); }), "t.csv is empty");
  expect_part(complaint([] { parse_csv(std::string("a,b\n1,\0", 7), "t.csv"); }), "t.csv:2: there is a byte of zero");
}

TEST(Times, AreReadWithAndWithoutZones) {
  EXPECT_EQ(parse_instant("1970-01-02")->seconds, 86400.0);
  EXPECT_EQ(parse_instant("2026-01-05T06:30:00Z")->seconds, 1767594600.0);
  EXPECT_EQ(parse_instant("2026-01-05 06:30:00.25 UTC")->seconds, 1767594600.25);
  EXPECT_EQ(parse_instant("2026-01-05T08:30:00+02:00")->seconds, 1767594600.0);
  EXPECT_EQ(parse_instant("2026-01-05T01:30-0500")->seconds, 1767594600.0);
  EXPECT_EQ(parse_instant("2026-01-05 06:30")->scale, TimeScale::local);
  EXPECT_EQ(parse_instant("2026-01-05T06:30Z")->scale, TimeScale::utc);
  EXPECT_EQ(parse_instant("1767594600")->scale, TimeScale::utc);
  EXPECT_EQ(parse_instant("600")->scale, TimeScale::elapsed);
  EXPECT_EQ(weekday_of(1767594600.0), 0) << "a Monday";
  EXPECT_EQ(instant_text(1767594600.0), "2026-01-05 06:30");
  for (const char* wrong : {"", "yesterday", "2026-13-01", "2026-02-30", "2026-01-05T25:00", "2026-01-05T06:30+99:00",
                            "2026-01-05T06:30Zx", "nan", "1e21"})
    EXPECT_FALSE(parse_instant(wrong)) << wrong;
  for (const char* same : {"1767594600000", "1767594600000000", "1767594600000000000"})
    EXPECT_NEAR(parse_instant(same)->seconds, 1767594600.0, 1e-3) << same;
  EXPECT_EQ(parse_instant("2026/01/05 06:30Z")->seconds, 1767594600.0);
}

TEST(Histories, OfJsonHaveTheirGap) {
  const History history = parse_history_json(R"({"metadata": {"gap_seconds": 300}, "data": [1, 0, 4]})", "h.json");
  EXPECT_EQ(history.gap_seconds, 300.0);
  EXPECT_EQ(history.value, (std::vector<double>{1, 0, 4}));
  EXPECT_EQ(history.time_seconds[2], 600.0);
  EXPECT_EQ(history.span_seconds(), 900.0);
  EXPECT_EQ(parse_history_json(R"({"gap_seconds": 60, "data": [1]})", "h.json").gap_seconds, 60.0);
}

TEST(Histories, OfJsonSayWhichValueIsWrong) {
  const auto json = [](const char* text) { return complaint([&] { parse_history_json(text, "h.json"); }); };
  expect_part(json("{\"data\": [1]"), "h.json is no JSON");
  expect_part(json("[1, 2]"), "the document is no object");
  expect_part(json("[{\"t\": 0, \"v\": 1}, 7]"), "record 2 is no object");
  expect_part(json(R"({"data": [1]})"), "there is no gap_seconds");
  expect_part(json(R"({"gap_seconds": 0, "data": [1]})"), "gap_seconds is not positive");
  expect_part(json(R"({"gap_seconds": 60, "data": []})"), "data is empty");
  expect_part(json(R"({"gap_seconds": 60, "data": [1, "x"]})"), "data[1] is \"x\"");
  expect_part(json(R"({"gap_seconds": 60, "data": [1, 1, -2]})"), "data[2]: -2 is negative");
}

TEST(Histories, OfCsvKnowWhetherTheyAreEven) {
  const History even = parse_history_csv("t_seconds,up\n0,1\n600,0\n1200,1\n", "h.csv");
  EXPECT_EQ(even.gap_seconds, 600.0);
  const History changes = parse_history_csv("t_seconds,usd_per_hour\n0,1.2\n43485,1.3\n62595,1.1\n", "h.csv");
  EXPECT_EQ(changes.gap_seconds, 0.0);
  EXPECT_EQ(held_values(changes, 20000.0), (std::vector<double>{1.2, 1.2, 1.2, 1.3}));
}

TEST(Histories, OfCsvSayWhichLineIsWrong) {
  expect_part(csv_complaint("t,v\n0,1\n60,1\n30,1\n"), "h.csv:4: its time is before that of line 3");
  expect_part(csv_complaint("t,v\n0,1\n60,-1\n"), "h.csv:3: -1 is negative");
  expect_part(csv_complaint("t,v\n0,1\n60,1e300\n"), "h.csv:3: 1e+300 is beyond anything that is measured");
  expect_part(csv_complaint("t,v\n0\n"), "h.csv:2: 1 cell where the header has 2");
  expect_part(csv_complaint("t,v\n0,1\n60,many\n"), "h.csv:3: 'many' in column v is no number");
  expect_part(csv_complaint("t,v\nnoon,1\n"), "h.csv:2: 'noon' is no time");
  expect_part(csv_complaint("t,v\n"), "has a header but no rows");
  expect_part(csv_complaint("t,v,w\n0,1,2\n"), "which column holds the values");
  expect_part(csv_complaint("x,v\n0,1\n"), "no column is named time");
}

TEST(Histories, RefuseTimesOfTwoKinds) {
  expect_part(csv_complaint("t,v\n2026-01-05T00:00Z,1\n2026-01-05T01:00,1\n"),
              "h.csv:3: '2026-01-05T01:00' does not go");
  expect_part(csv_complaint("t,v\n99999999,1\n100000000,1\n"), "numbers from 1e8 on are seconds since 1970");
  expect_part(csv_complaint("t,v\n0,1\n2026-01-05T01:00,1\n"), "expected one kind in a file");
}

TEST(Histories, ZonesMayDifferSinceTheyAreOneTime) {
  const History history = parse_history_csv("t,v\n2026-01-05T01:00+01:00,1\n2026-01-05T01:00Z,2\n", "h.csv");
  EXPECT_EQ(history.gap_seconds, 3600.0);
  EXPECT_EQ(history.scale, TimeScale::utc);
}

TEST(Histories, NameTheFirstGap) {
  const History history = parse_history_csv("t,v\n0,1\n60,1\n120,1\n300,1\n360,1\n", "h.csv");
  expect_part(complaint([&] { evened(history); }),
              "h.csv:5: 180 s after the value before, where the others are 60 s apart (2 missing)");
  EXPECT_EQ(complaint([] { evened(parse_history_csv("t,v\n0,1\n60,1\n120,1\n", "h.csv")); }), "no error");
}

TEST(RequestLogs, AreSortedAndSaySo) {
  const RequestLog log = parse_request_log(
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:50.5,5,6\n2023-11-16 18:15:46,1,2\n", "l.csv");
  EXPECT_EQ(log.out_of_order, 1u);
  EXPECT_DOUBLE_EQ(log.time_seconds[1] - log.time_seconds[0], 4.5);
  EXPECT_EQ(log.input_tokens, (std::vector<double>{1, 5}));
  EXPECT_EQ(log.output_tokens, (std::vector<double>{2, 6}));
  expect_part(complaint([] { parse_request_log("time,input_tokens\n1,-3\n", "l.csv"); }), "l.csv:2: -3 is negative");
}

TEST(Readers, DamagedFilesAreFormatErrorsAndNothingElse) {
  const std::vector<std::string> seeds = {
      R"({"metadata": {"gap_seconds": 300}, "data": [1, 0, 4, 2.5e3]})",
      "timestamp,value\n2026-01-05T00:00:00+01:00,1.5\n\"2026-01-05T01:00:00+01:00\",\"2\"\n",
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:50.5,5,6\n2023-11-16 18:15:46,1,2\n"};
  calibrate::Dice dice(7);
  int read = 0;
  for (int turn = 0; turn < 20'000; ++turn) {
    std::string text = seeds[static_cast<std::size_t>(turn) % seeds.size()];
    const int wounds = 1 + static_cast<int>(4.0 * dice.uniform());
    for (int i = 0; i < wounds; ++i) {
      const auto at = static_cast<std::size_t>(dice.uniform() * static_cast<double>(text.size()));
      const auto kind = static_cast<int>(3.0 * dice.uniform());
      if (kind == 0) text[at] = static_cast<char>(256.0 * dice.uniform());
      if (kind == 1) text.erase(at, 1 + static_cast<std::size_t>(6.0 * dice.uniform()));
      if (kind == 2) text.insert(at, text.substr(at / 2, 5));
      if (text.empty()) text = ",";
    }
    for (int reader = 0; reader < 3; ++reader) try {
        if (reader == 0) parse_history_json(text, "h");
        if (reader == 1) parse_history_csv(text, "h");
        if (reader == 2) parse_request_log(text, "h");
        ++read;
      } catch (const FormatError&) {
      }
  }
  EXPECT_GT(read, 100) << "small wounds leave some files readable";
}

TEST(SharedData, PublishedTracesAndPricesAreRead) {
  using calibrate::shared_file;
  COSTRISK_SHARED_FILE(trace, "spot-traces/availability/1-node/aws-02-15-2023/us-east-1c_v100_1.json");
  const History availability = read_history(trace);
  EXPECT_EQ(availability.size(), 20158u);
  EXPECT_EQ(availability.gap_seconds, 195.0);
  const History prices = read_history(shared_file("skynomad/us-east-1c_v100_1_spot_price.csv"));
  EXPECT_EQ(prices.gap_seconds, 0.0);
  EXPECT_EQ(prices.value[1], 1.2062);
  HistoryColumns demand;
  demand.quantity = Quantity::demand;
  const History rates = read_history(shared_file("servegen/language_m-small_total_rate_10min.csv"), demand);
  EXPECT_EQ(rates.gap_seconds, 600.0);
  EXPECT_EQ(rates.size(), 2016u);
  const RequestLog log = read_request_log(shared_file("azure-llm-2023/AzureLLMInferenceTrace_conv.csv"));
  EXPECT_EQ(log.input_tokens.size(), log.time_seconds.size());
  EXPECT_GT(log.time_seconds.size(), 19'000u);
}

}  // namespace
}  // namespace costrisk::trace
