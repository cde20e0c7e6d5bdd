#include "src/present/text/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "src/present/text/numbers.hpp"
#include "src/present/text/toml_text.hpp"

namespace costrisk::present {

namespace {

std::string market_toml(const DraftMarket& market) {
  if (!market.toml.empty()) return market.toml;
  std::string text = fmt::format("[[market]]\nname = {}\ngpus = {}\n", toml_string(market.name), market.gpus);
  if (market.on_demand)
    text += fmt::format("on_demand = {}   # per instance-hour\n", rounded_number(market.on_demand_price, 8));
  if (market.spot_price)
    text += fmt::format(
        "[market.spot]\nprice = {}   # per instance-hour; calibrate price fits it to a history\n"
        "notice = \"2m\"\n"
        "reclaim_every = \"200h\"   # a guess: how often an instance is taken back; calibrate lifetimes\n"
        "[market.spot.capacity]   # a guess: calibrate capacity fits it to a history\n"
        "up = {{ mean = \"12h\", cv = 2 }}\ndown = {{ mean = \"2h\", cv = 1.5 }}\n",
        rounded_number(*market.spot_price, 8));
  return text;
}

/// A step that divides weeks and is short enough for the job.
std::string horizon_of(const Draft& draft) {
  if (draft.service) return "52w";
  const double weeks = std::ceil(1.3 * draft.job->deadline_hours / 168.0);
  return fmt::format("{:.0f}w", std::max(weeks, 1.0));
}

}  // namespace

std::string draft_toml(const Draft& draft) {
  if (draft.markets.empty()) throw std::invalid_argument("there is no market; expected prices, or an on-demand price");
  if (!draft.job && !draft.service) throw std::invalid_argument("nothing runs; expected a job or a service");
  const DraftMarket& first = draft.markets.front();
  const auto spot =
      std::find_if(draft.markets.begin(), draft.markets.end(), [](const auto& market) { return market.spot; });
  const bool any_spot = spot != draft.markets.end();
  const auto list_of = [&](bool with_spot) {
    std::string names;
    for (const DraftMarket& market : draft.markets)
      if (with_spot ? market.spot && market.on_demand : market.on_demand)
        names += (names.empty() ? "" : ", ") + toml_string(market.name);
    return names;
  };
  std::string text = fmt::format(
      "# A first scenario, made by costrisk init. What is marked as a guess is to be replaced.\n"
      "#   costrisk check FILE, run FILE, optimize FILE, sensitivity FILE (which of these numbers matter)\n"
      "name = {}\nhorizon = \"{}\"\nstep = \"1h\"\n",
      toml_string(draft.name), horizon_of(draft));
  if (draft.budget) text += fmt::format("budget = {}\n", rounded_number(*draft.budget, 12));
  text += "\n[simulation]\npaths = 20_000\n\n[goal]\n";
  if (draft.budget) text += "over_budget = 0.10   # over the budget in at most one future of ten\n";
  if (draft.job) text += fmt::format("late = {{ {} = 0.05 }}   # late in at most one of twenty\n", draft.job->name);
  if (draft.service) text += fmt::format("served = {{ {} = 0.999 }}\n", draft.service->name);
  for (const DraftMarket& market : draft.markets) text += "\n" + market_toml(market);

  if (draft.job) {
    const DraftJob& job = *draft.job;
    std::string throughput;
    for (const DraftMarket& market : draft.markets)
      throughput += fmt::format("{}{} = 1", throughput.empty() ? "" : ", ", market.name);
    text += fmt::format(
        "\n[[job]]\nname = {}\n"
        "work = {{ low = {}, mode = {}, high = {} }}   # instance-hours; the range is a guess\n"
        "throughput = {{ {} }}   # relative speed by market\n"
        "checkpoint = {{ interval = \"1h\", write = \"2m\" }}   # a guess\nrestart = \"10m\"   # a guess\n"
        "deadline = \"{}h\"\n",
        toml_string(job.name), rounded_number(0.9 * job.instance_hours, 6), rounded_number(job.instance_hours, 6),
        rounded_number(1.4 * job.instance_hours, 6), throughput, rounded_number(job.deadline_hours, 6));
  }
  if (draft.service) {
    const DraftService& service = *draft.service;
    text += fmt::format(
        "\n[[demand]]\nname = {}\nbase = {}   # requests a second at the start\n"
        "growth = {{ low = 0, mode = {}, high = {} }}   # a month; the range is a guess\n"
        "profile = \"consumer\"   # or \"business\"; calibrate demand fits all of it to a log\n"
        "noise = {{ volatility = 0.15, half_life = \"1w\" }}   # a guess\n",
        toml_string(service.name), rounded_number(service.requests_per_second, 8), rounded_number(service.growth, 4),
        rounded_number(2.0 * service.growth + 0.02, 4));
    std::string rates;
    for (const DraftMarket& market : draft.markets)
      rates += fmt::format("{}{} = {{ low = {}, mode = {}, high = {} }}", rates.empty() ? "" : ", ", market.name,
                           rounded_number(0.8 * service.rate, 5), rounded_number(service.rate, 5),
                           rounded_number(1.15 * service.rate, 5));
    text += fmt::format("\n[[service]]\nname = {}\ndemand = {}\nrate = {{ {} }}   # requests a second of an instance\n",
                        toml_string(service.name), toml_string(service.name), rates);
  }

  const auto plan = [&](const char* name, const std::string& job_lines, const std::string& pools,
                        const std::string& contracts) {
    text += fmt::format("\n[[plan]]\nname = \"{}\"\n{}", name, contracts);
    if (draft.job)
      text += fmt::format("[plan.job.{}]\ninstances = {}\n{}", draft.job->name, draft.job->instances, job_lines);
    if (draft.service)
      text += fmt::format(
          "[plan.service.{}]\nmin = 1\nutilization = 0.6\nscale_up_delay = \"5m\"\nscale_down_window = \"1h\"\n{}",
          draft.service->name, pools);
  };
  const std::string on_demand_pool = fmt::format("{{ market = {}, buy = \"on-demand\" }}", toml_string(first.name));
  plan("on-demand", fmt::format("markets = [{}]\npolicy = \"on-demand\"\n", list_of(false)),
       fmt::format("pools = [{}]\n", on_demand_pool), "");
  if (any_spot)
    plan("spot first", fmt::format("markets = [{}]\npolicy = \"uniform-progress\"\nmargin = \"6h\"\n", list_of(true)),
         fmt::format("pools = [{{ market = {}, buy = \"spot\", share = 0.5 }}, {}]\n", toml_string(spot->name),
                     on_demand_pool),
         "");
  const bool commits = draft.service && first.on_demand_price > 0.0;
  if (commits) {
    const DraftService& service = *draft.service;
    const int base = std::max(1, static_cast<int>(service.requests_per_second / service.rate));
    plan("committed", fmt::format("markets = [{}]\npolicy = \"on-demand\"\n", list_of(false)),
         fmt::format("pools = [{}]\n", on_demand_pool),
         fmt::format("commitment = [{{ market = {}, instances = {}, price_per_hour = {}, term = \"52w\" }}]   # the "
                     "price is a guess\n",
                     toml_string(first.name), base, rounded_number(0.65 * first.on_demand_price, 6)));
    text += fmt::format(
        "\n[search]   # what costrisk optimize may vary\nvary = [\"plan.committed.commitment.0.instances = 0..{}\", "
        "\"plan.committed.service.{}.utilization = 0.4..0.8:0.1\"]\n",
        4 * base + 4, service.name);
  } else if (draft.job) {
    const std::string name = any_spot ? "spot first" : "on-demand";
    text += fmt::format(
        "\n[search]   # what costrisk optimize may vary\nvary = [\"plan.{}.job.{}.instances = {}..{}\"{}]\n", name,
        draft.job->name, std::max(1, draft.job->instances / 2), 2 * draft.job->instances,
        any_spot ? fmt::format(", \"plan.{}.job.{}.margin = 0h..48h:12h\"", name, draft.job->name) : "");
  }
  return text;
}

}  // namespace costrisk::present
