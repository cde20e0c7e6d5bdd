// The texts of the benchmark scenarios.
#include "src/course/bench_scenario.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace costrisk::course {

namespace {

constexpr const char* frame = R"(step = "15m"
budget = 200_000
[simulation]
paths = 100_000
seed = 42
[[market]]
name = "a"
hardware_mtbf = "6300h"
billing = { increment = "1s", minimum = "60s" }
on_demand = 21.957642
[market.spot]
price = { mean = 8.90, volatility = 0.25, half_life = "3d", cap = 21.957642 }
capacity = { up = { mean = "5.5h", cv = 2.5 }, down = { mean = "1.8h", cv = 1.7 } }
reclaim_every = "400h"
notice = "2m"
[[market]]
name = "b"
like = "a"
[market.spot]
capacity = { up = { mean = "9.8h", cv = 2.6 }, down = { mean = "1.1h", cv = 1.3 } }
)";

constexpr const char* job = R"(checkpoint = { interval = "30m", write = "3m" }
restart = "10m"
deadline = "75d"
late_penalty = 500.0
)";

constexpr const char* service_entities = R"([[demand]]
name = "requests"
base = 35.0
growth = { low = 0.02, mode = 0.08, high = 0.2 }
profile = "consumer"
noise = { volatility = 0.2, half_life = "6h" }
bursts = { every = "10d", multiplier = 3.0, duration = { mean = "5h", cv = 1.0 } }
[[service]]
name = "chat"
demand = "requests"
rate = { a = 4.0, b = 4.0 }
unserved_penalty = 0.002
)";

const std::vector<std::pair<std::string, std::string>> job_ways = {
    {"on-demand", R"(policy = "on-demand")"},
    {"spot", R"(policy = "spot")"},
    {"greedy", R"(policy = "greedy")"},
    {"uniform", R"(policy = "uniform-progress")"},
};
const std::vector<std::pair<std::string, std::string>> service_ways = {
    {"on-demand", R"(pools = [ { market = "MARKET", buy = "on-demand" } ])"},
    {"spot", R"(pools = [ { market = "MARKET", buy = "spot" }, { market = "MARKET", buy = "on-demand" } ])"},
    {"mixed",
     R"(pools = [ { market = "MARKET", buy = "spot", share = 0.5 }, { market = "MARKET", buy = "on-demand" } ])"},
    {"capped",
     R"(pools = [ { market = "MARKET", buy = "spot", max = 8 }, { market = "MARKET", buy = "on-demand", max = 40 } ])"},
};

std::string market_name(int i) { return std::string(1, static_cast<char>('a' + i)); }

std::string job_of(int markets) {
  std::string throughput;
  for (int i = 0; i < markets; ++i) throughput += fmt::format("{}{} = 1.0", i > 0 ? ", " : "", market_name(i));
  return fmt::format("[[job]]\nname = \"train\"\nwork = {{ median = 9600, spread = 0.2 }}\nthroughput = {{ {} }}\n{}",
                     throughput, job);
}

std::string job_table(const std::string& way, bool b_first, int markets) {
  std::string list = b_first ? R"("b", "a")" : R"("a", "b")";
  for (int i = 2; i < markets; ++i) list += fmt::format(", \"{}\"", market_name(i));
  return fmt::format("[plan.job.train]\nmarkets = [{}]\ninstances = 8\n{}\n", list, way);
}
std::string service_table(std::string way, bool b_first) {
  for (std::size_t at; (at = way.find("MARKET")) != std::string::npos;) way.replace(at, 6, b_first ? "b" : "a");
  return fmt::format(
      "[plan.service.chat]\nutilization = 0.7\nmin = 2\nmax = 60\nscale_up_delay = \"4m\"\n"
      "scale_down_window = \"30m\"\n{}\n",
      way);
}

}  // namespace

std::string bench_scenario(const BenchShape& shape) {
  const BenchCase scenario = shape.scenario;
  std::string text = fmt::format("name = \"benchmark\"\nhorizon = \"{}\"\n", shape.horizon) + frame;
  for (int i = 2; i < shape.markets; ++i)
    text += fmt::format("[[market]]\nname = \"{0}\"\nlike = \"a\"\n", market_name(i));
  text += job_of(shape.markets);
  if (scenario != BenchCase::jobs) text += service_entities;
  const auto add_plan = [&](const std::string& name) { text += fmt::format("[[plan]]\nname = \"{}\"\n", name); };
  switch (scenario) {
    case BenchCase::jobs:
    case BenchCase::plans:
      for (const bool b_first : {false, true})
        for (std::size_t i = 0; i < job_ways.size(); ++i) {
          add_plan(job_ways[i].first + (b_first ? " b first" : ""));
          text += job_table(job_ways[i].second, b_first, shape.markets);
          if (scenario == BenchCase::plans) text += service_table(service_ways[i].second, b_first);
        }
      break;
    case BenchCase::grid:
      for (const auto& [job_name, job_way] : job_ways)
        for (std::size_t i = 0; i < 2; ++i) {
          add_plan(fmt::format("{} and {}", job_name, service_ways[i].first));
          text += job_table(job_way, false, shape.markets) + service_table(service_ways[i].second, false);
        }
      break;
    case BenchCase::commitments:
      for (int i = 0; i < shape.commitment_plans; ++i) {
        add_plan(fmt::format("{} committed", i));
        text += job_table(job_ways[3].second, false, shape.markets) + service_table(service_ways[2].second, false);
        if (i > 0)
          text += fmt::format(
              "[[plan.commitment]]\nmarket = \"a\"\ninstances = {}\nprice_per_hour = 13.0\nterm = \"1y\"\n", i);
      }
      break;
  }
  return text;
}

}  // namespace costrisk::course
