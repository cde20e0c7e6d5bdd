// Each reader with the first uses that the program makes of its result.
#include "tests/fuzz/readers.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "src/backtest/published_cases.hpp"
#include "src/present/text/calibrations.hpp"
#include "src/scenario/reader/load.hpp"
#include "src/scenario/reader/resolved.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/history.hpp"

namespace costrisk::fuzz {

namespace {

/// Runs `use`; what it refuses is in order. Returns whether it refused nothing.
template <class Use>
bool taken(const Use& use) {
  try {
    use();
    return true;
  } catch (const trace::FormatError&) {
  } catch (const scenario::InvalidScenario&) {
  }
  return false;
}

void use_history(const trace::History& history) {
  taken([&] { calibrate::fit_price(history); });
  taken([&] { calibrate::fit_demand(calibrate::rates_of(history)); });
  taken([&] { trace::evened(history); });
  taken([&] {
    calibrate::CapacityOptions options;
    options.replications = 0;
    present::capacity_findings(calibrate::fit_capacities({history}, options), options);
  });
}

bool read_csv(const std::string& text) {
  return taken([&] {
    const trace::CsvTable table = trace::parse_csv(text, "f.csv");
    for (const trace::CsvRow& row : table.rows)
      if (row.cells.size() != table.header.size()) throw std::logic_error("a row of another length came through");
  });
}

bool read_history_csv(const std::string& text) {
  return taken([&] { use_history(trace::parse_history_csv(text, "f.csv")); });
}

bool read_history_json(const std::string& text) {
  return taken([&] { use_history(trace::parse_history_json(text, "f.json")); });
}

bool read_request_log(const std::string& text) {
  return taken([&] {
    const trace::RequestLog log = trace::parse_request_log(text, "f.csv");
    taken([&] { calibrate::fit_demand(calibrate::rates_of(log)); });
  });
}

bool read_catalog(const std::string& text) {
  return taken([&] {
    trace::Reading reading;
    const auto offers = calibrate::read_catalog(trace::parse_csv(text, "f.csv"), reading);
    present::market_findings(calibrate::published_markets(offers, {}));
  });
}

bool read_spot_history(const std::string& text) {
  return taken([&] {
    const auto histories = calibrate::read_spot_history(text, "f.json");
    present::market_findings(calibrate::published_markets({}, histories));
  });
}

bool read_advisor(const std::string& text) {
  return taken([&] {
    const auto document = nlohmann::json::parse(text, nullptr, false);
    calibrate::advice_of(document, "us-east-1", "p4d.24xlarge");
  });
}

bool read_bill(const std::string& text) {
  return taken([&] {
    calibrate::BillingOptions options;
    options.owner_tag = "team";
    present::billing_findings(calibrate::read_bill(text, "f.csv", options), options);
  });
}

bool read_lifetimes(const std::string& text) {
  return taken([&] {
    const calibrate::Lifetimes lifetimes = calibrate::read_lifetimes(trace::parse_csv(text, "f.csv"));
    present::lifetime_findings(lifetimes, calibrate::fit_lifetimes(lifetimes));
  });
}

bool read_printed_cases(const std::string& text) {
  return taken([&] { backtest::parse_printed_cases(text, "f.json"); });
}

bool read_scenario(const std::string& text) {
  return taken([&] {
    const scenario::Loaded loaded = scenario::load_text(text, "f.toml", {}, "/nowhere");
    // What it has resolved to is a scenario again.
    const std::string resolved = scenario::resolved_toml(loaded.scenario);
    try {
      scenario::load_text(resolved, "resolved.toml", {}, "/nowhere");
    } catch (const scenario::InvalidScenario& error) {
      throw std::logic_error(fmt::format("the resolved scenario is refused:\n{}\n{}", error.what(), resolved));
    }
  });
}

std::string trace_json() {
  std::string values;
  for (int run = 0; run < 40; ++run)
    for (int i = 0; i < 1 + (run * run * 7 + run) % 6; ++i) values += run % 2 == 0 ? "1,0," : "0,1,";
  return R"({"metadata": {"gap_seconds": 600}, "data": [)" + values + "1]}";
}

std::string history_csv() {
  std::string text = "timestamp,value\n";
  for (int i = 0; i < 60; ++i)
    text += fmt::format("2026-01-{:02}T{:02}:00:00Z,{}.5\n", 5 + i / 24, i % 24, 1 + i * 7 % 5);
  return text;
}

std::string request_log() {
  std::string text = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  for (int i = 0; i < 150; ++i)
    text += fmt::format("2026-01-05 00:{:02}:{:02}.5,{},{}\n", i * 7 / 60 % 60, i * 7 % 60, 10 + i, i);
  return text;
}

std::string spot_history() {
  std::string entries;
  for (int i = 20; i > 0; --i)
    entries += fmt::format(
        R"({}{{"AvailabilityZone": "us-east-1a", "InstanceType": "p4d.24xlarge", "ProductDescription": "Linux/UNIX", )"
        R"("SpotPrice": "{}.25", "Timestamp": "2026-01-05T{:02}:00:00+00:00"}})",
        i == 20 ? "" : ", ", 8 + i * 5 % 3, i);
  return R"({"SpotPriceHistory": [)" + entries + "]}";
}

const char* const scenario_text = R"(name = "seed"
horizon = "1w"
step = "1h"
budget = 5000
[[factor]]
name = "f"
half_life = "2d"
[[market]]
name = "home"
hardware_mtbf = "6300h"
on_demand = { price = 3.0, capacity = { up = { mean = "20d", cv = 2.0 }, down = { mean = "9h" }, loading = { f = 0.5 } } }
[market.spot]
price = { mean = 1.0, volatility = 0.25, half_life = "3d", cap = 3.0, loading = { f = 0.5 } }
capacity = { up = { mean = "5h", cv = 2.5 }, down = { mean = "2h", cv = 1.7 }, depth = { median = 12, spread = 1.0 } }
reclaim_every = "400h"
[[demand]]
name = "chat"
base = { low = 1, mode = 2, high = 4 }
profile = "business"
bursts = { every = "3d", multiplier = 3.0, duration = { mean = "5h" } }
[[job]]
name = "train"
work = { median = 20, spread = 0.1 }
throughput = { home = 1.0 }
checkpoint = { interval = "30m", write = "3m" }
deadline = "5d"
[[service]]
name = "api"
demand = "chat"
rate = { home = 4.0 }
[[item]]
name = "storage"
monthly = { p10 = 10, p90 = 30 }
[[plan]]
name = "plan"
[plan.job.train]
policy = "uniform-progress"
instances = 2
[plan.service.api]
pools = [ { market = "home", buy = "spot", share = 0.5 }, { market = "home", buy = "on-demand" } ]
)";

std::vector<Reader> make_readers() {
  const std::vector<std::string> csv_words = {",",    ";",  "\t",    "\"",  "\"\"", "\n", "\r\n", "\xEF\xBB\xBF",
                                              "NULL", "-1", "1e308", "nan", "inf",  "0"};
  const std::vector<std::string> json_words = {"{",    "}",    "[",     "]",  ",", ":",       "\"",
                                               "null", "true", "1e999", "-1", "0", "\\u0000", "[[[[[[[["};
  const auto with = [](std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  return {
      {"csv", read_csv, {"a,b\n1,\"x \"\"y\"\", z\"\n\n2,3\n", "a;b\n1;2\n"}, csv_words},
      {"history-csv",
       read_history_csv,
       {history_csv(), "t_seconds,usd_per_hour\n0,1\n600,2\n1300,1.5\n5000,1\n",
        "0,add,a\n0,add,b\n60,remove,a\n90,add,c\n", "date,clock,rate\n20260105,06:00,1\n20260106,07:00,\n"},
       with(csv_words, {"2026-01-05T00:00:00Z", "2026-02-30", "+02:00", "99999999", "100000000", "timestamp"})},
      {"history-json",
       read_history_json,
       {trace_json(), R"({"gap_seconds": 60, "data": [0, 1.5, 3]})",
        R"({"data":{"result":[{"metric":{"job":"a"},"values":[[1767571200,"1.5"],[1767571500,"NaN"]]}]}})",
        R"({"Label":"n","Datapoints":[{"Timestamp":"2026-01-05T01:00:00Z","Sum":5.0,"Unit":"Count"}]})",
        R"({"MetricDataResults":[{"Id":"m","Label":"n","Timestamps":["2026-01-05T01:00:00Z"],"Values":[2]}]})",
        R"({"value":[{"name":{"value":"n"},"timeseries":[{"data":[{"timeStamp":"2026-01-05T00:00Z","total":6}]}]}]})",
        R"({"timeSeries":[{"points":[{"interval":{"endTime":"2026-01-05T00:00Z"},"value":{"int64Value":"6"}}]}]})",
        "{\"time\": 0, \"rate\": 1}\n{\"time\": 60, \"rate\": 2}\n", "[[0, 1], [60, 2]]"},
       with(json_words, {"\"gap_seconds\"", "\"metadata\"", "\"data\""})},
      {"request-log",
       read_request_log,
       {request_log(), "time,input_tokens,output_tokens\n0,1,2\n0,3,4\n7200,5,6\n14400,1,1\n"},
       with(csv_words, {"2026-01-05 00:00:00.123456", "input_tokens", "prompt_tokens"})},
      {"catalog",
       read_catalog,
       {"InstanceType,AcceleratorName,AcceleratorCount,vCPUs,Price,SpotPrice,Region,AvailabilityZone\n"
        "p4d.24xlarge,A100,8.0,96,21.957642,8.9,us-east-1,us-east-1a\ng5.xlarge,A10G,1,4,1.006,,us-east-1,us-east-"
        "1b\n"},
       with(csv_words, {"Price", "SpotPrice", "us-east-1a"})},
      {"spot-history",
       read_spot_history,
       {spot_history(), spot_history() + spot_history(),
        "SPOTPRICEHISTORY\tus-east-1a\tp4d\tLinux/UNIX\t11.1\t2026-08-03T07:08:10+00:00\n"},
       with(json_words, {"\"SpotPriceHistory\"", "\"SpotPrice\"", "\"0\"", "\"Timestamp\""})},
      {"advisor",
       read_advisor,
       {R"({"ranges": [{"index": 0, "label": "<5%", "max": 5}, {"index": 4, "label": ">20%", "max": 100}],
            "spot_advisor": {"us-east-1": {"Linux": {"p4d.24xlarge": {"r": 4, "s": 60}}}}})"},
       with(json_words, {"\"r\"", "\"s\"", "\"ranges\"", "\"max\"", "100"})},
      {"bill",
       read_bill,
       {"BilledCost,EffectiveCost,ListCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,"
        "BillingPeriodStart,BillingPeriodEnd,ServiceCategory,ServiceName,Tags,CommitmentDiscountId,"
        "CommitmentDiscountStatus,CommitmentDiscountCategory\n"
        "73,73,80,USD,Usage,2026-01-01T00:00Z,2026-01-04T01:00Z,2026-01-01T00:00Z,2026-02-01T00:00Z,Storage,S3,"
        "\"{\"\"team\"\": \"\"x\"\"}\",,,\n"
        "10,8,20,USD,Usage,2026-01-01T00:00Z,2026-01-02T00:00Z,2026-01-01T00:00Z,2026-02-01T00:00Z,Compute,EC2,,"
        "sp-1,Used,Spend\n"
        "-5,-5,-5,USD,Credit,2026-01-01T00:00Z,2026-01-02T00:00Z,2026-01-01T00:00Z,2026-02-01T00:00Z,Compute,EC2,,,,"
        "\n"},
       with(csv_words, {"Usage", "Purchase", "Credit", "Tax", "Adjustment", "Unused", "{\"\"team\"\":\"\"x\"\"}"})},
      {"lifetimes",
       read_lifetimes,
       {"lifetime_hours,lost\n1,1\n2,1\n5,0\n4,1\n3,1\n",
        "start,end,reclaimed\n2026-01-05,2026-01-06,yes\n2026-01-05,2026-01-05 12:00,no\n2026-01-05,,\n",
        "start,end,reason\n2026-01-05,2026-01-06,user\n2026-01-05,2026-01-05 12:00,preempted\n"},
       with(csv_words, {"yes", "no", "2026-01-05T00:00Z"})},
      {"printed-cases",
       read_printed_cases,
       {R"({"cases": [{"trace": "z.json", "start_index": 3, "policy": "strawman", "task_hours": 2, "deadline_hours": 4,
            "restart_overhead_hours": 0.1, "gap_seconds": 600, "price_spot": 1, "price_ondemand": 3, "cost": 2.5,
            "finish_hours": 2.5, "spot_hours": 2.5, "ondemand_hours": 0, "idle_hours": 0, "preemptions": 0}]})"},
       with(json_words, {"\"policy\"", "\"rc_threshold\"", "-3", "1e30"})},
      {"scenario",
       read_scenario,
       {scenario_text},
       {"[",
        "]",
        "{",
        "}",
        "\"",
        "=",
        ".",
        "-1",
        "0",
        "1e99",
        "inf",
        "nan",
        "\n",
        "#",
        "'",
        "\\",
        "[[",
        "]]",
        "\"5h\"",
        "\"0s\"",
        "\"forever\"",
        "like = \"home\"\n",
        "true",
        "\t",
        ",",
        "9223372036854775807",
        "2026-01-01",
        "\"\"\"",
        "\xC3\xA9",
        "include = [\"x.toml\"]\n",
        "history = \"x.json\"\n",
        "\"replay\"",
        "\"spot\"",
        "policy"}},
  };
}

}  // namespace

const std::vector<Reader>& readers() {
  static const std::vector<Reader> all = make_readers();
  return all;
}

const Reader& reader_named(std::string_view name) {
  std::string known;
  for (const Reader& reader : readers()) {
    if (name == reader.name) return reader;
    known += std::string(" ") + reader.name;
  }
  throw std::invalid_argument("there is no reader '" + std::string(name) + "'; there are:" + known);
}

}  // namespace costrisk::fuzz
