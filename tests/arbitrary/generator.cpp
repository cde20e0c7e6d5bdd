// Writes a scenario from the top of the file to its plans, remembering what later parts may refer to.
#include "tests/arbitrary/generator.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/arbitrary/workload_writer.hpp"

namespace costrisk::arbitrary {

namespace {

struct Plan {
  std::string name;
  bool reserves = false;
};

/// What a plan draws on capacity of its own, by market.
using Allotted = std::map<std::string, int>;

class Generator : WorkloadWriter {
 public:
  Generator(std::uint64_t seed, Chance chance) : WorkloadWriter(seed, chance) {}

  Files run() {
    write_frame();
    write_factors();
    has_services_ = draws_.chance(0.6);
    const bool has_jobs = !has_services_ || draws_.chance(0.6);
    const int markets = draws_.whole(1, 4);
    for (int i = 0; i < markets; ++i) write_market(i);
    if (has_services_) {
      const int demands = draws_.whole(1, 2);
      for (int i = 0; i < demands; ++i) write_demand(i);
    }
    if (has_jobs) {
      const int jobs = draws_.whole(1, 3);
      for (int i = 0; i < jobs; ++i) write_job(i);
    }
    if (has_services_) {
      const int services = draws_.whole(1, 3);
      for (int i = 0; i < services; ++i) write_service(i);
      const int hosted = draws_.whole(0, 2);
      for (int i = 0; i < hosted; ++i) write_serverless(i);
    }
    const int optimizations = draws_.whole(0, 2);
    for (int i = 0; i < optimizations; ++i) write_optimization(i);
    plan_count_ = draws_.whole(1, 4);
    const int items = draws_.chance(0.4) ? 0 : draws_.whole(1, 5);
    for (int i = 0; i < items; ++i) write_item(i);
    for (int i = 0; i < plan_count_; ++i) write_plan(i);
    later([this] {
      const int budgets = draws_.chance(0.4) ? draws_.whole(1, 3) : 0;
      for (int i = 0; i < budgets; ++i) write_budget(i);
      return budgets;
    });
    write_goal();
    return {text_, traces_};
  }

 private:
  void write_plan(int i) {
    Plan plan{plan_name(i)};
    line("\n[[plan]]");
    key("name", in_quotes(plan.name));
    const bool extends = i > 0 && !plans_.back().reserves && draws_.chance(0.25);
    if (extends) key("extends", in_quotes(plans_.back().name));
    if (draws_.chance(0.3))
      key("credit", fmt::format("{{ amount = {}{} }}", number(5.0, 5e4),
                                draws_.chance(0.5) ? ", until = " + duration(0.1 * d(step_), 1.2 * d(horizon_)) : ""));
    Allotted allotted;
    if (!extends) {
      std::vector<std::pair<bool, std::size_t>> workloads;
      for (std::size_t j = 0; j < jobs_.size(); ++j) workloads.emplace_back(true, j);
      for (std::size_t s = 0; s < services_.size(); ++s) workloads.emplace_back(false, s);
      for (const auto& [is_job, index] : draws_.some_of(workloads)) {
        if (is_job)
          write_job_assignment(jobs_[index], allotted);
        else
          write_service_assignment(services_[index], allotted);
      }
    }
    for (const auto& [name, instances] : allotted) {
      write_capacity(name, instances);
      plan.reserves = true;
    }
    if (draws_.chance(0.45)) write_contracts();
    later([this] {
      const int promises = draws_.chance(0.35) ? draws_.whole(1, 2) : 0;
      for (int promise = 0; promise < promises; ++promise) write_spend_commitment();
      return promises;
    });
    plans_.push_back(plan);
  }

  Names those_that_sell(const Names& names, bool Market::*what) const {
    Names found;
    std::copy_if(names.begin(), names.end(), std::back_inserter(found),
                 [&](const std::string& name) { return market(name).*what; });
    return found;
  }

  void write_job_assignment(const Job& job, Allotted& allotted) {
    line(fmt::format("[plan.job.{}]", in_quotes(job.name)));
    std::string policy = draws_.one_of({"on-demand", "spot", "greedy", "uniform-progress", "reserved"});
    const Names on_demand = those_that_sell(job.markets, &Market::sells_on_demand);
    const Names spot = those_that_sell(job.markets, &Market::sells_spot);
    if (spot.empty() && policy != "reserved") policy = "on-demand";
    Names markets = draws_.some_of(policy == "on-demand" ? on_demand : policy == "spot" ? spot : job.markets);
    if (policy == "greedy" || policy == "uniform-progress") {
      const auto require = [&](const Names& sellers) {
        if (std::none_of(markets.begin(), markets.end(), [&](const std::string& name) {
              return std::find(sellers.begin(), sellers.end(), name) != sellers.end();
            }))
          markets.push_back(draws_.one_of(sellers));
      };
      require(on_demand);
      require(spot);
    }
    if (policy == "reserved") markets.resize(std::min<std::size_t>(2, markets.size()));
    const int instances = draws_.chance(0.3) ? 1 : draws_.whole(1, 9);
    const bool watches = policy == "greedy" || policy == "uniform-progress";
    const bool purchases = draws_.chance(watches ? 0.3 : 0.25) && policy != "reserved";
    if (purchases) {
      if (!watches) policy = "in-order";
      write_purchases(job, watches, instances, allotted);
    } else {
      key("markets", list_text(markets));
      if ((policy == "spot" || policy == "on-demand") && draws_.chance(0.3)) key("upgrade", upgrade());
    }
    if (instances > 1 || draws_.chance(0.3)) key("instances", fmt::format("{}", instances));
    key("policy", in_quotes(policy));
    if (!purchases && draws_.chance(0.35)) key("choose", draws_.one_of({"\"first\"", "\"cheapest\""}));
    if (draws_.chance(0.2)) key("restart", duration(0.01 * d(step_), 0.8 * d(step_)));
    if (job.has_checkpoint && draws_.chance(0.2))
      key("checkpoint", "{ write = " + duration(0.002 * d(step_), 0.1 * d(step_)) + " }");
    if (watches) {
      if (draws_.chance(0.35)) {
        const std::string margin = duration(0.01 * d(job.deadline), 0.6 * d(job.deadline));
        key("margin", random_ && later_.chance(0.3) ? margin_law(job) : margin);
      }
      if (draws_.chance(0.35)) key("foresight", draws_.one_of({"\"exact\"", "\"planned\""}));
    }
    write_optimizations_used();
    if (policy == "reserved")
      for (const std::string& name : markets) allotted[name] += instances;
  }

  std::string margin_law(const Job& job) {
    const double mode = later_.linear(0.01, 0.3) * d(job.deadline);
    const auto text = [](double milliseconds) { return in_quotes(duration_text(std::llround(milliseconds))); };
    return fmt::format("{{ low = {}, mode = {}, high = {} }}", text(0.5 * mode), text(mode), text(1.8 * mode));
  }

  std::string upgrade() { return draws_.one_of({"\"never\"", "\"when-cheaper\"", "\"always\""}); }

  /// What a gang may take, each market and way once, in any order; of gambles and of what is sure one at least, where a
  /// deadline is watched.
  void write_purchases(const Job& job, bool watches, int instances, Allotted& allotted) {
    std::vector<std::pair<std::string, std::string>> sure, gambles;
    for (const std::string& name : job.markets) {
      if (market(name).sells_on_demand) sure.emplace_back(name, "on-demand");
      if (market(name).sells_spot) gambles.emplace_back(name, "spot");
      if (gambles.empty() || draws_.chance(0.4)) gambles.emplace_back(name, "reserved");
    }
    std::vector<std::pair<std::string, std::string>> entries = gambles;
    entries.insert(entries.end(), sure.begin(), sure.end());
    entries = draws_.some_of(entries);
    for (const auto* kind : {&sure, &gambles})
      if (watches && std::none_of(entries.begin(), entries.end(),
                                  [&](const auto& entry) { return (entry.second == "on-demand") == (kind == &sure); }))
        entries.push_back(draws_.one_of(*kind));
    const bool is_refused = std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
      return entry.second == "spot" && (market(entry.first).ages || market(entry.first).frees);
    });
    const bool splits = !watches && !is_refused && later_.chance(0.6);
    std::string text;
    for (const auto& [name, buy] : entries) {
      text += fmt::format("{}{{ market = {}, buy = {}", text.empty() ? "" : ", ", in_quotes(name), in_quotes(buy));
      if (!watches && draws_.chance(0.35)) text += ", after = " + duration(0.1 * d(step_), 6.0 * d(step_));
      text += " }";
      if (buy == "reserved") allotted[name] += splits ? later_.whole(1, instances) : instances;
    }
    key("purchases", "[" + text + "]");
    if (splits) key("split", "true");
    if (!watches && draws_.chance(0.6)) key("upgrade", upgrade());
  }

  void write_optimizations_used() {
    if (!optimizations_.empty() && draws_.chance(0.35)) key("optimizations", list_text(draws_.some_of(optimizations_)));
  }

  void write_service_assignment(const Service& service, Allotted& allotted) {
    line(fmt::format("[plan.service.{}]", in_quotes(service.name)));
    if (draws_.chance(0.6)) key("utilization", number_text(draws_.linear(0.4, 1.0)));
    int least = 0;
    if (draws_.chance(0.4)) {
      least = draws_.whole(0, 5);
      key("min", fmt::format("{}", least));
    }
    // Thousands of instances at the highest price that there could be may be more money than can be counted.
    if (step_ > (random_ ? 10 * minute : hour) || draws_.chance(0.4))
      key("max", fmt::format("{}", std::max(1, least) + draws_.whole(0, 40)));
    for (const char* window : {"scale_up_delay", "scale_down_window"})
      if (draws_.chance(0.6)) key(window, duration(0.02 * d(step_), d(step_) * draws_.log_linear(0.1, 50.0)));
    if (draws_.chance(0.15))
      key("cold_start", fmt::format("{{ image_gb = {}, pull_gb_per_s = {}, model_gb = {} }}", number(1.0, 20.0),
                                    number(0.05, 1.0), number(1.0, 30.0)));
    const bool tells_tokens = std::find_if(demands_.begin(), demands_.end(), [&](const Demand& x) {
                                return x.name == service.demand;
                              })->tells_tokens;
    std::vector<Serverless> hosted;
    std::copy_if(serverless_.begin(), serverless_.end(), std::back_inserter(hosted),
                 [&](const Serverless& x) { return tells_tokens || !x.priced_by_tokens; });
    const bool overflows = !hosted.empty() && draws_.chance(0.6);
    if (overflows) key("overflow", in_quotes(draws_.one_of(hosted).name));
    std::string pools;
    bool first_sells_on_demand = false;
    const int count = draws_.whole(overflows ? 0 : 1, 4);
    for (int p = 0; p < count; ++p) {
      const Market& where = market(draws_.one_of(service.markets));
      if (p == 0) first_sells_on_demand = where.sells_on_demand;
      Names ways = {"reserved"};
      if (where.sells_on_demand) ways.insert(ways.end(), {"on-demand", "on-demand"});
      if (where.sells_spot) ways.insert(ways.end(), {"spot", "spot"});
      const std::string buy = draws_.one_of(ways);
      std::string pool = fmt::format("market = {}, buy = {}", in_quotes(where.name), in_quotes(buy));
      if (later_.chance(0.3)) pool += ", after = " + later([this] { return duration(0.1 * d(step_), 6.0 * d(step_)); });
      if (draws_.chance(0.4)) pool += ", share = " + number_text(draws_.linear(0.1, 1.0));
      const int most = draws_.whole(1, 15);
      if (buy == "reserved" || draws_.chance(0.3)) pool += fmt::format(", max = {}", most);
      if (buy == "reserved") allotted[where.name] += most;
      pools += (p ? ", { " : "{ ") + pool + " }";
    }
    key("pools", "[" + pools + "]");
    if (first_sells_on_demand && draws_.chance(0.25)) {
      key("warm", fmt::format("{}", draws_.whole(1, 6)));
      if (draws_.chance(0.6)) key("warm_price", number_text(draws_.linear(0.0, 1.0)));
    }
    write_optimizations_used();
  }

  std::string term() {
    std::string text;
    if (draws_.chance(0.5)) text += "\nfrom = " + duration(before_horizon());
    return text +
           "\nterm = " + (draws_.chance(0.3) ? "\"1y\"" : duration(0.3 * d(step_), 1.5 * d(horizon_) + d(step_)));
  }

  /// Whom a contract serves first, who pays for what is left of it, and what it is worth after the horizon.
  void write_parties() {
    if (draws_.chance(0.35)) key("owner", in_quotes(draws_.one_of(owners_)));
    if (draws_.chance(0.4))
      key("unused", in_quotes(draws_.chance(0.4) ? draws_.one_of(owners_) : draws_.one_of({"unused", "pro-rata"})));
    if (draws_.chance(0.6)) write_use_after_horizon();
  }
  void write_use_after_horizon() {
    const std::string word = draws_.one_of({"\"as-used\"", "\"stranded\"", "\"of-use\"", ""});
    key("after_horizon", word.empty() ? law(draws_.linear(0.1, 0.5)) : word);
  }

  /// Commitments that hold what is allotted, all of it at some time.
  void write_capacity(const std::string& name, int instances) {
    const int first = draws_.chance(0.3) && instances > 1 ? draws_.whole(1, instances - 1) : instances;
    for (const int part : {first, instances - first}) {
      if (part == 0) continue;
      line("[[plan.commitment]]");
      key("market", in_quotes(name));
      key("kind", "\"capacity\"");
      key("instances", fmt::format("{}", part + (draws_.chance(0.3) ? draws_.whole(1, 5) : 0)));
      key("price_per_hour", draws_.chance(0.2) ? "0" : number(0.1, 10.0));
      if (draws_.chance(0.4)) key("upfront", number(1.0, 5000.0));
      write_parties();
      // The second part must meet the first one.
      line(first == instances ? term().substr(1) : "term = " + duration(0.3 * d(step_), 1.5 * d(horizon_) + d(step_)));
    }
  }

  /// Something that is rare, or alike, in place of what is drawn.
  std::string at_times(const std::string& alike, double chance, const std::string& drawn) {
    return later_.chance(chance) ? alike : drawn;
  }

  void write_contracts() {
    const Names sellers = those_that_sell(names_of_markets(), &Market::sells_on_demand);
    const int commitments = draws_.whole(0, 3);
    for (int c = 0; c < commitments; ++c) {
      line("[[plan.commitment]]");
      key("market", in_quotes(draws_.one_of(sellers)));
      if (draws_.chance(0.3)) key("kind", "\"discount\"");
      key("instances", at_times("0", 0.1, fmt::format("{}", draws_.whole(1, 12))));
      key("price_per_hour", draws_.chance(0.2) ? "0" : at_times("1", 0.2, number(0.1, 10.0)));
      if (draws_.chance(0.5)) key("upfront", number(1.0, 5000.0));
      write_parties();
      line(term().substr(1));
    }
    const int savings = draws_.whole(0, 2);
    for (int s = 0; s < savings; ++s) {
      line("[[plan.savings_plan]]");
      key("spend_per_hour", at_times("0", 0.1, at_times("2", 0.2, number(0.2, 100.0))));
      std::string discounts;
      for (const std::string& name : draws_.some_of(sellers))
        discounts +=
            fmt::format("{}{} = {}", discounts.empty() ? "" : ", ", in_quotes(name),
                        at_times(number_text(0.1 * later_.whole(0, 4)), 0.4, number_text(draws_.linear(0.0, 0.7))));
      key("discounts", "{ " + discounts + " }");
      write_parties();
      line(term().substr(1));
    }
  }

  std::string per() { return draws_.one_of({"\"horizon\"", "\"year\"", "\"quarter\"", "\"month\"", "\"month\""}); }

  void write_spend_commitment() {
    line("[[plan.spend_commitment]]");
    key("amount", draws_.chance(0.1) ? "0" : number(10.0, 1e5));
    key("per", per());
    if (draws_.chance(0.5))
      key("of", list_text(draws_.some_of(
                    Names{"commitment", "on-demand", "spot", "serverless", "egress", "item", "one-off"})));
    const std::int64_t from = draws_.chance(0.5) ? 0 : before_horizon();
    if (from > 0) key("from", duration(from));
    if (draws_.chance(0.6)) key("until", duration(from + time(0.3 * d(step_), 2.0 * d(horizon_) + 60.0 * d(day))));
    if (draws_.chance(0.4)) key("unused", in_quotes(draws_.chance(0.7) ? draws_.one_of(owners_) : "unused"));
    if (draws_.chance(0.6)) write_use_after_horizon();
  }

  void write_budget(int i) {
    line("\n[[budgets]]");
    key("name", in_quotes(fmt::format("budget {}", i)));
    const bool owned = draws_.chance(0.6);
    if (owned) key("owner", in_quotes(draws_.one_of(owners_)));
    key("amount", number(1.0, 3e4));
    key("per", owned || !has_budget_ ? per() : "\"month\"");
  }

  void write_goal() {
    if (!draws_.chance(0.2)) return;
    line("\n[goal]");
    if (has_budget_) key("over_budget", "0.1");
    for (const Job& job : jobs_)
      if (job.has_deadline) key("late." + in_quotes(job.name), "0.05");
    for (const Service& service : services_) key("served." + in_quotes(service.name), "0.99");
  }

  std::vector<Plan> plans_;
};

}  // namespace

Files files(std::uint64_t seed, Chance chance) { return Generator(seed, chance).run(); }

Folder::Folder(std::uint64_t seed, Chance chance, const std::filesystem::path& directory)
    : path_(directory / fmt::format("costrisk-{}-{}-{}", chance == Chance::some ? "chance" : "known", seed, getpid())) {
  const Files written = files(seed, chance);
  std::filesystem::create_directories(path_);
  std::ofstream(scenario()) << written.scenario;
  for (const auto& [file, text] : written.traces) std::ofstream(path_ / file) << text;
}

void Folder::remove() const { std::filesystem::remove_all(path_); }

}  // namespace costrisk::arbitrary
