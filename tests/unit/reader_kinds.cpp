// Kinds of files that the field writes: each is read as what it is, or asked about, and what was done is said.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "calibrate_samples.hpp"
#include "src/calibrate/capacity.hpp"
#include "src/calibrate/demand.hpp"
#include "src/calibrate/price.hpp"
#include "src/calibrate/prices.hpp"
#include "src/trace/columns.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/history.hpp"

namespace costrisk::trace {
namespace {

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text << "\nlacks: " << part;
}

History demand_of(const std::string& text, std::optional<RateUnit> unit = {}) {
  HistoryColumns columns;
  columns.quantity = Quantity::demand;
  columns.unit = unit;
  return parse_history(text, "f.csv", columns);
}

History capacity_of(const std::string& text) {
  HistoryColumns columns;
  columns.quantity = Quantity::capacity;
  return parse_history(text, "f.csv", columns);
}

bool is_mended(const History& history, const std::string& part) {
  for (const std::string& text : history.reading.mended)
    if (text.find(part) != std::string::npos) return true;
  return false;
}

/// A file of its own for each test, gone with it.
class File {
 public:
  explicit File(const std::string& bytes) { std::ofstream(path(), std::ios::binary) << bytes; }
  ~File() { std::filesystem::remove(path()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  static std::filesystem::path path() {
    return std::filesystem::temp_directory_path() /
           (std::string("costrisk_") + testing::UnitTest::GetInstance()->current_test_info()->name());
  }
};

std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

TEST(Sources, CompressedMembersAreReadOneAfterTheOther) {
  std::string text = "t,v\n";
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + ",1\n";
  const std::string packed = gzipped(text.substr(0, 100'000)) + gzipped(text.substr(100'000));
  {
    const File file(packed);
    EXPECT_EQ(read_whole(File::path()), text);
    EXPECT_EQ(read_csv(File::path()).rows.size(), 200'000u);
  }
  const File cut(packed.substr(0, packed.size() - 20));
  expect_part(complaint([] { read_whole(File::path()); }), "ends early");
}

TEST(Sources, DamagedDataAreSaidToBe) {
  std::string packed = gzipped(std::string(100'000, 'x') + "t,v\n1,2\n");
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
  const File file(packed);
  expect_part(complaint([] { read_whole(File::path()); }), "is compressed, and");
}

TEST(Sources, OtherKindsOfFilesAreNamed) {
  for (const auto& [start, name] : {std::pair("PAR1xxxx", "parquet"), std::pair("PK\x03\x04xxxx", "zip archive"),
                                    std::pair("\x28\xB5\x2F\xFDxxxx", "zstd"), std::pair("\xFF\xFEt\0", "UTF-16")}) {
    const File file(start);
    expect_part(complaint([] { read_whole(File::path()); }), name);
  }
}

TEST(Tables, MayHaveNoHeaderOrOneTwice) {
  const CsvTable bare = parse_csv("0,4\n60,5\n", "f", FirstRow::either);
  EXPECT_FALSE(bare.has_header);
  EXPECT_EQ(bare.header[1], "column 2");
  EXPECT_EQ(bare.rows.size(), 2u);
  const CsvTable twice = parse_csv("a,b\n1,2\na,b\n3,4\n", "f");
  EXPECT_EQ(twice.rows.size(), 2u);
  EXPECT_EQ(twice.repeated_headers, 1u);
  EXPECT_EQ(parse_csv("sep=;\na;b\n1;2\n", "f").rows[0].cells[1], "2");
}

TEST(Columns, DurationsAreNoTimes) {
  const auto column = [](const std::string& text) {
    const CsvTable table = parse_csv(text, "f.csv");
    return table.header[time_column(table, table.rows, "").column];
  };
  EXPECT_EQ(column("runtime_ms,response_time,created_at\n5974,23.8,2026-03-02T00:00:00Z\n"), "created_at");
  EXPECT_EQ(column("latency_ms,Timestamp\n3,5\n"), "Timestamp");
  EXPECT_EQ(column("queue_time,arrival_time\n3,5\n"), "arrival_time");
  EXPECT_EQ(column("e2e_duration,request_timestamp\n1,1767571200\n"), "request_timestamp");
  expect_part(complaint([&] { column("created_at,started_at\n2026-03-02,2026-03-03\n"); }),
              "created_at, started_at would do: name one with --time-column");
}

TEST(Columns, TimesComeInManyForms) {
  EXPECT_EQ(demand_of("timestamp_ms,rate\n0,1\n1000,1\n").gap_seconds, 1.0);
  EXPECT_EQ(demand_of("t_hours,rate\n0,1\n1,1\n2,1\n").gap_seconds, 3600.0);
  EXPECT_EQ(demand_of("ts,rate\n1767571200000,1\n1767571260000,1\n").gap_seconds, 60.0);
  EXPECT_EQ(demand_of("date,rate\n20260105,1\n20260106,1\n").gap_seconds, 86400.0);
  const History clock = demand_of("date,clock,rate\n2026-01-05,06:00,1\n2026-01-05,07:00,1\n");
  EXPECT_EQ(clock.gap_seconds, 3600.0);
  EXPECT_EQ(clock.time_seconds[0], 1767592800.0);
}

TEST(Histories, OfTwoValuesOfAnInstantTheLastCounts) {
  const History steps = capacity_of("0,0\n21529,0\n21529,4\n21556,4\n21556,12\n21637,12\n21637,3\n");
  EXPECT_EQ(steps.time_seconds, (std::vector<double>{0, 21529, 21556, 21637}));
  EXPECT_EQ(steps.value, (std::vector<double>{0, 4, 12, 3}));
  EXPECT_TRUE(steps.at_changes);
  const History once = capacity_of("t,up\n0,1\n60,1\n60,0\n120,1\n180,1\n");
  EXPECT_EQ(once.value[1], 0.0);
  EXPECT_TRUE(is_mended(once, "the last one counts"));
  std::string zones = "time,zone,up\n";
  for (int i = 0; i < 20; ++i)
    for (const char* zone : {"a,1", "b,0", "c,1"}) zones += std::to_string(60 * i) + "," + zone + "\n";
  HistoryColumns columns;
  columns.value = "up";
  expect_part(complaint([&] { parse_history(zones, "f.csv", columns); }), "a file of several series?");
}

TEST(Histories, EventsAreCountedUp) {
  const History nodes = capacity_of("0,add,a\n0,add,b\n60,remove,a\n90,add,c\n90,remove,b\n");
  EXPECT_EQ(nodes.time_seconds, (std::vector<double>{0, 60, 90}));
  EXPECT_EQ(nodes.value, (std::vector<double>{2, 1, 1}));
  const History words = capacity_of(
      "when_time,event,instance_id\n2026-01-05T00:00Z,launched,i-1\n2026-01-05T01:00Z,preempted,i-1\n"
      "2026-01-05T02:00Z,preempted,i-9\n2026-01-05T03:00Z,launched,i-2\n");
  EXPECT_EQ(words.value, (std::vector<double>{1, 0, 0, 1}));
  ASSERT_EQ(words.reading.dropped.size(), 1u);
  expect_part(words.reading.dropped[0].why, "had not come");
}

TEST(Histories, TheLatestFirstIsTurnedRoundAndEmptyValuesAreLeftOut) {
  const History turned = demand_of("time,rate\n120,3\n60,\n0,1\n");
  EXPECT_EQ(turned.value, (std::vector<double>{1, 3}));
  EXPECT_TRUE(is_mended(turned, "turned round"));
  EXPECT_EQ(turned.reading.rows, 3u);
  EXPECT_EQ(turned.reading.dropped[0].count, 1u);
}

TEST(Histories, JitterAndAFewMissingSamplesAreMadeGood) {
  calibrate::Dice dice(5);
  std::string text = "time,up\n";
  for (int i = 0; i < 400; ++i)
    if (i != 100 && i != 250 && i != 251)
      text += std::to_string(1767571200 + 300 * i + static_cast<int>(4.0 * dice.uniform()) - 2) + ",1\n";
  const History history = capacity_of(text);
  EXPECT_EQ(history.gap_seconds, 0.0);
  const History even = evened(history);
  EXPECT_EQ(even.size(), 400u);
  EXPECT_NEAR(even.gap_seconds, 300.0, 0.05);
  EXPECT_TRUE(is_mended(even, "early or late"));
  EXPECT_TRUE(is_mended(even, "3 samples are missing in 2 places"));
  // A clock that drifts stays even: every sample is a second late on the one before.
  std::string drift = "time,up\n";
  for (int i = 0; i < 500; ++i) drift += std::to_string(301 * i + (i % 3 == 0 ? 1 : 0)) + ",1\n";
  EXPECT_EQ(evened(capacity_of(drift)).size(), 500u);
}

TEST(Histories, TooManyMissingSamplesAreRefused) {
  std::string text = "time,up\n";
  for (int i = 0; i < 100; ++i)
    if (i < 40 || i >= 60) text += std::to_string(300 * i) + ",1\n";
  expect_part(complaint([&] { evened(capacity_of(text)); }), "(20 missing)");
}

TEST(Rates, CountsAreRatesOverTheirWindow) {
  EXPECT_DOUBLE_EQ(demand_of("timestamp,requests\n0,7200\n3600,3600\n").value[0], 2.0);
  EXPECT_DOUBLE_EQ(demand_of("timestamp,requests_per_minute\n0,120\n60,60\n").value[0], 2.0);
  EXPECT_DOUBLE_EQ(demand_of("timestamp,rps\n0,2\n60,1\n").value[0], 2.0);
  EXPECT_DOUBLE_EQ(demand_of("timestamp,x\n0,7200\n3600,1\n", RateUnit::count).value[0], 2.0);
  expect_part(complaint([] { demand_of("timestamp,value\n0,7200\n3600,3600\n"); }), "what does 'value' count?");
  EXPECT_EQ(demand_of("timestamp,requests\n0,7200\n3600,3600\n").reading.taken.back().as, "requests in 3600 s each");
}

TEST(Rates, CountersGrowFromTheirBeginning) {
  std::string text = "time,http_requests_total\n";
  int total = 5000;
  for (int i = 0; i < 60; ++i) {
    if (i == 30) total = 0;  // begun anew
    text += std::to_string(60 * i) + "," + std::to_string(total) + "\n";
    total += 120;
  }
  const History counter = demand_of(text);
  EXPECT_EQ(counter.size(), 59u);
  EXPECT_DOUBLE_EQ(counter.value[0], 2.0);
  EXPECT_DOUBLE_EQ(counter.value[29], 0.0);
  std::string rising = "time,requests\n";
  for (int i = 0; i < 60; ++i) rising += std::to_string(60 * i) + "," + std::to_string(100 + i) + "\n";
  expect_part(complaint([&] { demand_of(rising); }), "never falls");
}

TEST(Json, PrometheusRangesAreRead) {
  const std::string series =
      R"({"metric":{"job":"api"},"values":[[1767571200,"1.5"],[1767571500,"1.7"],[1767571800,"NaN"],[1767572100,"1.6"]]})";
  const auto document = [](const std::string& results) {
    return R"({"status":"success","data":{"resultType":"matrix","result":[)" + results + "]}}";
  };
  const History history = demand_of(document(series));
  EXPECT_EQ(history.value, (std::vector<double>{1.5, 1.7, 1.6}));
  EXPECT_EQ(history.reading.dropped[0].count, 1u);
  EXPECT_EQ(evened(history).size(), 4u);
  expect_part(
      complaint([&] { demand_of(document(series + "," + R"({"metric":{"job":"web"},"values":[[1767571200,"1"]]})")); }),
      "2 series");
  // Pages of one query, one after the other.
  EXPECT_EQ(demand_of(document(R"({"metric":{"job":"api"},"values":[[1767572400,"1.4"]]})") + "\n" + document(series))
                .value.back(),
            1.4);
}

TEST(Json, StatisticsOfProvidersAreRates) {
  const History cloud_watch = demand_of(
      R"({"Label":"RequestCount","Datapoints":[{"Timestamp":"2026-01-05T01:00:00+00:00","Sum":5400.0,"Unit":"Count"},
          {"Timestamp":"2026-01-05T00:00:00+00:00","Sum":3600.0,"Unit":"Count"}]})");
  EXPECT_EQ(cloud_watch.value, (std::vector<double>{1.0, 1.5}));
  const History metric_data = demand_of(
      R"({"MetricDataResults":[{"Id":"m1","Label":"RequestCount","Timestamps":["2026-01-05T00:01:00Z","2026-01-05T00:00:00Z"],
          "Values":[120.0,60.0],"StatusCode":"Complete"}]})");
  EXPECT_EQ(metric_data.value, (std::vector<double>{1.0, 2.0}));
  const History azure = demand_of(
      R"({"interval":"PT1M","value":[{"name":{"value":"Requests"},"unit":"Count","timeseries":[{"data":[
          {"timeStamp":"2026-01-05T00:00:00Z","total":60.0},{"timeStamp":"2026-01-05T00:01:00Z"},
          {"timeStamp":"2026-01-05T00:02:00Z","total":120.0},{"timeStamp":"2026-01-05T00:03:00Z","total":30.0}]}]}]})");
  EXPECT_EQ(azure.value, (std::vector<double>{1.0, 2.0, 0.5}));
  const History google = demand_of(
      R"({"timeSeries":[{"metric":{"type":"run.googleapis.com/request_count"},"metricKind":"DELTA","points":[
          {"interval":{"endTime":"2026-01-05T00:02:00Z"},"value":{"int64Value":"120"}},
          {"interval":{"endTime":"2026-01-05T00:01:00Z"},"value":{"int64Value":"60"}}]}]})");
  EXPECT_EQ(google.value, (std::vector<double>{1.0, 2.0}));
  expect_part(
      complaint([] {
        demand_of(R"({"Label":"x","Datapoints":[{"Timestamp":"2026-01-05T01:00:00Z","Sum":5.0,"Average":1.0}]})");
      }),
      "name one with --value-column");
}

TEST(Json, ObjectsAreRows) {
  EXPECT_EQ(demand_of(R"([{"time": 0, "rate": 1}, {"time": 60, "rate": 2}])").value, (std::vector<double>{1, 2}));
  EXPECT_EQ(demand_of("{\"time\": 0, \"rate\": 1}\n{\"time\": 60, \"rate\": 2}\n").value, (std::vector<double>{1, 2}));
  const RequestLog log = parse_request_log(
      "{\"created\": 1767571200, \"usage\": {\"prompt_tokens\": 5, \"completion_tokens\": 7}}\n"
      "{\"created\": 1767571201, \"usage\": {\"prompt_tokens\": 9, \"completion_tokens\": 1}}\n",
      "l.jsonl");
  EXPECT_EQ(log.input_tokens, (std::vector<double>{5, 9}));
  EXPECT_EQ(log.output_tokens, (std::vector<double>{7, 1}));
}

TEST(RequestLogs, TokensHaveManyNames) {
  const RequestLog log = parse_request_log(
      "Timestamp,Model,Request tokens,Response tokens,Total tokens\n5,GPT-4,472,18,490\n45,GPT-4,10,,10\n", "l.csv");
  EXPECT_EQ(log.input_tokens, (std::vector<double>{472, 10}));
  EXPECT_EQ(log.output_tokens[0], 18.0);
  EXPECT_TRUE(std::isnan(log.output_tokens[1]));
  const RequestLog other = parse_request_log("time,toks_of_prompt\n5,472\n45,10\n", "l.csv");
  EXPECT_TRUE(other.input_tokens.empty());
  const RequestLog unread = parse_request_log("time,my tokens\n5,472\n45,10\n", "l.csv");
  ASSERT_FALSE(unread.reading.mended.empty());
  expect_part(unread.reading.mended[0], "my tokens");
}

TEST(Capacities, OfALogOfChangesHaveExactTimes) {
  calibrate::Dice dice(31);
  std::string log = "time,instances\n";
  double time = 0.0;
  const calibrate::SojournLaw up = calibrate::log_normal(3.0, 1.2), down = calibrate::log_normal(1.0, 1.0);
  for (int i = 0; i < 300; ++i) {
    log += std::to_string(static_cast<long>(time)) + "," + (i % 2 == 0 ? "24" : std::to_string(i % 7 + 3)) + "\n";
    time += 3600.0 * (i % 2 == 0 ? up : down).draw(dice);
  }
  calibrate::CapacityOptions options;
  options.instances = 24;
  options.replications = 0;
  const calibrate::FittedZone zone = calibrate::fit_zone(capacity_of(log), options);
  EXPECT_TRUE(zone.at_changes);
  EXPECT_TRUE(calibrate::holds(zone.up.log_normal.mean_hours, 3.0)) << zone.up.log_normal.mean_hours.value;
  EXPECT_TRUE(calibrate::holds(zone.down.log_normal.mean_hours, 1.0)) << zone.down.log_normal.mean_hours.value;
  EXPECT_NEAR(zone.share_check().difference(), 0.0, 1e-9);
}

}  // namespace
}  // namespace costrisk::trace

namespace costrisk::calibrate {
namespace {

TEST(Price, OfASpikyMarketKeepsTheMeanThatIsPaid) {
  // 0.2 for twenty hours, 2 for two: no log-normal price, and 0.3636 over time.
  trace::History spiky;
  spiky.file = "spiky.csv";
  Dice dice(8);
  double time = 0.0;
  for (int i = 0; i < 240; ++i) {
    spiky.time_seconds.push_back(time);
    spiky.value.push_back(i % 2 == 0 ? 0.2 + 0.01 * dice.uniform() : 2.0);
    time += 3600.0 * (i % 2 == 0 ? 18.0 + 4.0 * dice.uniform() : 1.5 + dice.uniform());
  }
  const PriceFit fit = fit_price(spiky);
  ASSERT_TRUE(fit.cap);
  EXPECT_NEAR(fit.mean.value, trace::mean_over_time(spiky), 1e-12);
  EXPECT_NEAR(fit.mean_check().difference(), 0.0, 1e-6);
  EXPECT_NEAR(mean_below_cap(fit.law_mean, fit.process.volatility.value, *fit.cap), fit.mean.value, 1e-6);
  EXPECT_TRUE(std::isfinite(fit.mean.high));
}

TEST(Price, TheLastOneHoldsUntilTheQuery) {
  trace::History prices;
  prices.file = "p.csv";
  for (int i = 0; i < 20; ++i) {
    prices.time_seconds.push_back(3600.0 * i);
    prices.value.push_back(i % 2 == 0 ? 1.0 : 3.0);
  }
  PriceOptions options;
  options.until_seconds = 3600.0 * 39.0;
  // Nineteen hours of 1 and 3 in turn, of which ten are of 1, and twenty of 3.
  EXPECT_NEAR(fit_price(prices, options).mean.value, (10.0 + 9.0 * 3.0 + 20.0 * 3.0) / 39.0, 1e-12);
  options.until_seconds = -1.0;
  EXPECT_THROW(fit_price(prices, options), results::FormatError);
}

PublishedPrices prices_of(const std::vector<std::string>& files) {
  PublishedPrices prices;
  for (std::size_t i = 0; i < files.size(); ++i) prices.add(files[i], "f" + std::to_string(i));
  return prices;
}

std::string entry(const std::string& time, const std::string& price, const std::string& product = "Linux/UNIX") {
  return R"({"AvailabilityZone": "us-east-1a", "InstanceType": "p4d.24xlarge", "ProductDescription": ")" + product +
         R"(", "SpotPrice": ")" + price + R"(", "Timestamp": ")" + time + R"("})";
}

std::string page(const std::string& entries) { return "{\"SpotPriceHistory\": [" + entries + "]}"; }

TEST(PriceFiles, PagesOfAQueryAreOneMarket) {
  const std::string one = page(entry("2026-08-03T00:00:00Z", "10.0")), two = page(entry("2026-08-01T00:00:00Z", "1.0"));
  for (const auto& prices : {prices_of({one + two}), prices_of({one, two}), prices_of({"[" + one + "," + two + "]"}),
                             prices_of({two, one})}) {
    ASSERT_EQ(prices.histories.size(), 1u);
    EXPECT_EQ(prices.histories[0].prices.value, (std::vector<double>{1.0, 10.0}));
  }
}

TEST(PriceFiles, TextOfTheCommandLineIsRead) {
  const PublishedPrices prices =
      prices_of({"SPOTPRICEHISTORY\tus-east-1a\tp4d.24xlarge\tLinux/UNIX\t11.1\t2026-08-03T07:08:10+00:00\n"
                 "SPOTPRICEHISTORY\tus-east-1a\tp4d.24xlarge\tLinux/UNIX\t11.2\t2026-08-02T07:08:10+00:00\n"});
  ASSERT_EQ(prices.histories.size(), 1u);
  EXPECT_EQ(prices.histories[0].prices.value, (std::vector<double>{11.2, 11.1}));
}

TEST(PriceFiles, AProductThatIsAloneIsTakenAndOthersAreNamed) {
  const auto markets = [](const std::string& text) {
    const PublishedPrices prices = prices_of({text});
    return published_markets(prices.offers, prices.histories);
  };
  EXPECT_EQ(markets(page(entry("2026-08-03T00:00:00Z", "10", "Windows"))).size(), 1u);
  EXPECT_EQ(markets(page(entry("2026-08-03T00:00:00Z", "10", "Linux/UNIX (Amazon VPC)") + "," +
                         entry("2026-08-03T00:00:00Z", "12", "Windows")))
                .size(),
            1u);
  try {
    markets(
        page(entry("2026-08-03T00:00:00Z", "10", "Windows") + "," + entry("2026-08-03T00:00:00Z", "12", "SUSE Linux")));
    FAIL();
  } catch (const results::FormatError& error) {
    EXPECT_NE(std::string(error.what()).find("products SUSE Linux, Windows"), std::string::npos) << error.what();
  }
}

TEST(PriceFiles, AzureRetailPricesBecomeOffers) {
  const auto item = [](const std::string& sku, double price, const std::string& more = "") {
    return R"({"currencyCode":"USD","retailPrice":)" + std::to_string(price) +
           R"(,"armRegionName":"eastus","effectiveStartDate":"2026-01-01T00:00:00Z","meterName":")" + sku +
           R"(","skuName":")" + sku +
           R"(","serviceName":"Virtual Machines","armSkuName":"Standard_ND96asr_v4","type":"Consumption","unitOfMeasure":"1 Hour")" +
           more + "}";
  };
  const PublishedPrices prices =
      prices_of({"{\"Items\":[" + item("ND96asr", 27.197) + "," + item("ND96asr Spot", 9.79) + "," +
                 item("ND96asr Low Priority", 5.0) + "," + item("ND96asr", 30.0, R"(,"productName":"NDv4 Windows")") +
                 "],\"NextPageLink\":null}"});
  ASSERT_EQ(prices.offers.size(), 1u);
  EXPECT_DOUBLE_EQ(*prices.offers[0].on_demand, 27.197);
  EXPECT_DOUBLE_EQ(*prices.offers[0].spot, 9.79);
  EXPECT_EQ(prices.readings[0].dropped.size(), 2u);
}

TEST(PriceFiles, AcceleratorsInRowsOfTheirOwnAreJoinedOrTheMachineIsLeftOut) {
  trace::Reading reading;
  const auto offers = read_catalog(
      trace::parse_csv("InstanceType,AcceleratorName,AcceleratorCount,Region,AvailabilityZone,Price,SpotPrice\n"
                       "a2-highgpu-1g,,,r,r-a,1,0.5\na2-highgpu-4g,,,r,r-a,4,2\na3-highgpu-8g,,,r,r-a,9,2\n"
                       "n2-standard-8,,,r,r-a,0.4,0.1\ng2-standard-48,,,r,r-a,2,1\n"
                       ",A100,1,r,r-a,3,1\n,A100,4,r,r-a,11,4\n,L4,1,r,r-a,0.5,0.2\n,tpu-v6e-8,1,r,r-b,21.6,7.3\n"
                       ",tpu-v6e-8,1,q,q-b,0,\n",
                       "c.csv"),
      reading);
  std::map<std::string, Offer> by_name;
  for (const Offer& offer : offers) by_name[offer.instance] = offer;
  EXPECT_DOUBLE_EQ(*by_name.at("a2-highgpu-1g").on_demand, 4.0);
  EXPECT_DOUBLE_EQ(*by_name.at("a2-highgpu-4g").spot, 6.0);
  EXPECT_EQ(by_name.at("a2-highgpu-4g").gpus, 4);
  EXPECT_DOUBLE_EQ(*by_name.at("g2-standard-48").on_demand, 2.0 + 4.0 * 0.5) << "four L4, of a row for one";
  EXPECT_DOUBLE_EQ(*by_name.at("n2-standard-8").on_demand, 0.4);
  EXPECT_DOUBLE_EQ(*by_name.at("tpu-v6e-8").on_demand, 21.6);
  EXPECT_FALSE(by_name.contains("a3-highgpu-8g")) << "eight H100 for the price of the machine";
  EXPECT_EQ(reading.dropped.size(), 2u);
}

}  // namespace
}  // namespace costrisk::calibrate
