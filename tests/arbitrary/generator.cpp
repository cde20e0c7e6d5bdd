// Writes a scenario from the top of the file to its plans, remembering what later parts may refer to.
#include "tests/arbitrary/generator.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "tests/arbitrary/draws.hpp"

namespace costrisk::arbitrary {

namespace {

constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

using Names = std::vector<std::string>;

struct Market {
  std::string name;
  bool sells_on_demand = false, sells_spot = false;
};

struct Demand {
  std::string name;
  double base = 0.0;  ///< about as many requests a second
  bool tells_tokens = false;
};

struct Job {
  std::string name;
  Names markets;  ///< where it can run
  bool has_checkpoint = false, has_deadline = false;
};

struct Service {
  std::string name, demand;
  Names markets;
};

struct Serverless {
  std::string name;
  bool priced_by_tokens = false;
};

struct Plan {
  std::string name;
  bool reserves = false;
};

/// What a plan draws on capacity of its own, by market.
using Allotted = std::map<std::string, int>;

class Generator {
 public:
  Generator(std::uint64_t seed, Chance chance)
      : draws_(seed * 2 + (chance == Chance::some ? 1 : 0)), random_(chance == Chance::some) {}

  Files run() {
    write_frame();
    write_factors();
    const int markets = draws_.whole(1, 4);
    for (int i = 0; i < markets; ++i) write_market(i);
    const bool has_services = draws_.chance(0.6), has_jobs = !has_services || draws_.chance(0.6);
    if (has_services) {
      const int demands = draws_.whole(1, 2);
      for (int i = 0; i < demands; ++i) write_demand(i);
    }
    if (has_jobs) {
      const int jobs = draws_.whole(1, 3);
      for (int i = 0; i < jobs; ++i) write_job(i);
    }
    if (has_services) {
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
    write_goal();
    return {text_, traces_};
  }

 private:
  // Lines

  void line(const std::string& text) { text_ += text + "\n"; }
  void key(const std::string& name, const std::string& value) { line(name + " = " + value); }

  // Values

  std::string number(double low, double high) { return number_text(draws_.log_linear(low, high)); }

  /// A time between two, often of a round length.
  std::int64_t time(double low, double high) {
    const double drawn = draws_.log_linear(std::max(1.0, low), std::max(1.0, high));
    const std::int64_t grains[] = {step_, step_ / 2, step_ / 4, hour, minute, second, second, 1};
    for (std::int64_t grain : grains) {
      if (grain == 0 || draws_.chance(0.6)) continue;
      const std::int64_t round = std::llround(drawn / static_cast<double>(grain)) * grain;
      if (round > 0 && static_cast<double>(round) >= low && static_cast<double>(round) <= high) return round;
    }
    return std::clamp(std::llround(drawn), std::max<long long>(1, std::llround(std::ceil(low))),
                      std::max<long long>(1, std::llround(std::floor(high))));
  }
  std::string duration(double low, double high) { return in_quotes(duration_text(time(low, high))); }
  std::string duration(std::int64_t milliseconds) { return in_quotes(duration_text(milliseconds)); }

  /// Weights on factors, whose squares add up to less than 1; empty: none.
  std::string loading() {
    if (!random_ || factors_.empty() || !draws_.chance(0.4)) return "";
    std::string text;
    double left = 0.95;
    for (const std::string& factor : draws_.some_of(factors_)) {
      const double weight = std::sqrt(left * draws_.uniform()) * (draws_.chance(0.3) ? -1.0 : 1.0);
      left -= weight * weight;
      text += fmt::format("{}{} = {:.3f}", text.empty() ? "" : ", ", in_quotes(factor), weight);
    }
    return "loading = { " + text + " }";
  }
  std::string and_loading() {
    const std::string text = loading();
    return text.empty() ? "" : ", " + text;
  }

  enum class Of { numbers, durations };

  /// A law around a value, which no low, mode, high or percentile is far from.
  std::string law(double middle, Of of = Of::numbers, double widest = 0.35) {
    const auto text = [&](double value) {
      return of == Of::numbers ? number_text(value) : duration(std::max<std::int64_t>(1, std::llround(value)));
    };
    if (!random_ || draws_.chance(0.45)) return text(middle);
    const double spread = draws_.linear(0.05, widest);
    switch (draws_.whole(0, 2)) {
      case 0:
        return fmt::format("{{ low = {}, mode = {}, high = {}{} }}", text(middle * (1.0 - spread)), text(middle),
                           text(middle * (1.0 + 2.0 * spread)), and_loading());
      case 1:
        return fmt::format("{{ median = {}, spread = {:.3f}{} }}", text(middle), spread, and_loading());
      default:
        return fmt::format("{{ p10 = {}, p90 = {}{} }}", text(middle * std::exp(-1.28 * spread)),
                           text(middle * std::exp(1.28 * spread)), and_loading());
    }
  }

  std::string half_life() {
    if (draws_.chance(0.15)) return "\"forever\"";
    return duration(0.3 * d(step_), 5.0 * d(horizon_) + d(step_));
  }

  std::string renewal() {
    const double every = draws_.log_linear(3.0 * d(step_), 2.0 * d(horizon_) + 3.0 * d(step_));
    return fmt::format("every = {}, duration = {{ mean = {}, cv = {} }}", duration(every, every * 1.2),
                       duration(std::max(0.5 * d(step_), 0.1 * every), std::max(d(step_), 0.8 * every)), cv());
  }

  std::string cv() { return draws_.chance(0.1) ? "0" : number(0.3, 2.0); }

  static double d(std::int64_t milliseconds) { return static_cast<double>(milliseconds); }

  // The frame

  void write_frame() {
    static const std::vector<std::int64_t> steps = {
        minute, 61 * second, 90 * second, 5 * minute, 7 * minute, 10 * minute, 13 * minute, 15 * minute, hour / 2, hour,
        hour,   hour,        90 * minute, 2 * hour,   3 * hour,   6 * hour,    7 * hour,    13 * hour,   day / 2,  day};
    static const std::vector<int> counts = {1,  2,  3,   7,   13,  31,  32,  33,  48,  63,  64, 65,
                                            96, 97, 127, 128, 129, 168, 191, 192, 193, 257, 389};
    step_ = draws_.one_of(steps);
    step_count_ = draws_.chance(0.6) ? draws_.one_of(counts) : draws_.whole(1, 300);
    horizon_ = step_ * step_count_;
    key("step", duration(step_));
    key("horizon", duration(horizon_));
    if (draws_.chance(0.7))
      key("start", fmt::format("2026-{:02}-{:02}T{:02}:{:02}:{:02}", draws_.whole(1, 12), draws_.whole(1, 28),
                               draws_.whole(0, 23), draws_.chance(0.5) ? 0 : draws_.whole(0, 59),
                               draws_.chance(0.8) ? 0 : draws_.whole(0, 59)));
    if (draws_.chance(0.4)) key("accounting", draws_.one_of({"\"effective\"", "\"billed\""}));
    has_budget_ = draws_.chance(0.3);
    if (has_budget_) key("budget", number(10.0, 1e5));
    line("[simulation]");
    key("paths", "1000");
    key("seed", fmt::format("{}", draws_.whole(0, 1'000'000)));
    if (draws_.chance(0.2)) {
      key("bins", "\"month\"");
    } else {
      const double shortest = std::max(d(step_), d(horizon_) / 12.0);
      key("bins", duration(shortest, 3.0 * shortest));
    }
  }

  void write_factors() {
    if (!random_) return;
    const int count = draws_.whole(0, 3);
    for (int i = 0; i < count; ++i) {
      const std::string name = fmt::format("factor {}", i);
      line("\n[[factor]]");
      key("name", in_quotes(name));
      key("half_life", half_life());
      if (draws_.chance(0.4))
        key("shock", fmt::format("{{ {}, size = {} }}", renewal(), number_text(draws_.linear(-1.5, 3.0))));
      factors_.push_back(name);
    }
  }

  // Histories

  /// Adds a trace file and says its name.
  /// @param shortest it covers at least so much
  /// @param value of a time since the beginning; times come about so far apart
  template <class Value>
  std::string trace(std::int64_t shortest, Value&& value) {
    // In a table, seconds from 1e8 on are since 1970.
    const bool is_json = draws_.chance(0.5) || shortest > 50'000'000 * second;
    const std::string name = fmt::format("trace{}.{}", traces_.size(), is_json ? "json" : "csv");
    const std::int64_t gap =
        std::max<std::int64_t>(second, time(d(shortest) / 250.0, d(shortest) / 20.0) / second * second);
    const auto count = static_cast<std::size_t>(shortest / gap + 2);
    std::string text;
    if (is_json) {
      for (std::size_t i = 0; i < count; ++i)
        text += (i ? ", " : "") + number_text(value(static_cast<std::int64_t>(i) * gap, gap));
      text = fmt::format("{{ \"gap_seconds\": {}, \"data\": [{}] }}\n", gap / second, text);
    } else {
      text = "t_seconds,value\n";
      std::int64_t at = 0;
      for (std::size_t i = 0; at <= shortest + 3 * gap; ++i) {
        text += fmt::format("{},{}\n", at / second, number_text(value(at, gap)));
        at += std::max<std::int64_t>(second,
                                     std::llround(d(gap) * (i % 3 ? 1.0 : draws_.linear(0.2, 1.5))) / second * second);
      }
    }
    traces_.emplace_back(name, text);
    return name;
  }

  /// `history = …` with how it is sampled, of a trace made for that.
  template <class Value>
  std::string history(bool is_capacity, bool is_demand, Value&& value) {
    const int way = random_ ? draws_.whole(0, 2) : 0;
    const std::int64_t offset = draws_.whole(0, 20) * step_;
    if (way == 0) {
      std::string text = fmt::format("history = {}", in_quotes(trace(horizon_ + offset + step_, value)));
      if (draws_.chance(0.5)) text += ", sampling = \"replay\"";
      if (offset > 0) text += ", offset = " + duration(offset);
      if (random_ && draws_.chance(0.3)) text += ", every = " + duration(draws_.whole(1, 5) * step_);
      return text;
    }
    const std::int64_t length = std::max(3 * horizon_, 60 * step_) + (is_demand ? 3 * day : 0);
    const std::string name = in_quotes(trace(length, value));
    if (way == 1) return fmt::format("history = {}, sampling = \"window\"", name);
    if (is_capacity) return fmt::format("history = {}, sampling = \"bootstrap\"", name);
    return fmt::format("history = {}, sampling = \"bootstrap\", block = {}", name,
                       duration(draws_.whole(1, 24) * step_));
  }

  std::string capacity_history() {
    const bool counts = draws_.chance(0.4);
    const double stays = draws_.linear(0.6, 0.95);
    const int most = draws_.whole(2, 12);
    int value = 1;
    return history(true, false, [this, counts, stays, most, value](std::int64_t at, std::int64_t gap) mutable {
      // It begins with whole runs of both kinds, for those who draw runs.
      if (const std::int64_t run = at / (2 * std::max(step_, gap)); run < 4) return static_cast<double>(run % 2);
      if (!draws_.chance(stays)) value = value > 0 && draws_.chance(0.6) ? 0 : counts ? draws_.whole(1, most) : 1;
      return static_cast<double>(value);
    });
  }

  std::string level_history(bool is_demand, double middle) {
    double x = 0.0;
    return history(false, is_demand, [this, middle, x](std::int64_t, std::int64_t) mutable {
      x = 0.8 * x + draws_.linear(-0.3, 0.3);
      return middle * std::exp(x);
    });
  }

  // Markets

  std::string capacity() {
    const double up = draws_.log_linear(std::max(2.0 * d(step_), d(horizon_) / 40.0), d(horizon_) + 2.0 * d(step_));
    const double down = up * draws_.log_linear(0.05, 2.0);
    const auto mean = [&](double length) { return law(std::max(0.3 * d(step_), length), Of::durations, 0.25); };
    std::string text =
        fmt::format("up = {{ mean = {}, cv = {} }}, down = {{ mean = {}, cv = {} }}", mean(up), cv(), mean(down), cv());
    if (draws_.chance(0.4)) text += ", depth = " + law(draws_.log_linear(1.5, 30.0), Of::numbers, 0.6);
    return "{ " + text + and_loading() + " }";
  }

  void write_market(int i) {
    Market market;
    market.name = i == 2 ? "zone two" : fmt::format("m{}", i);
    line("\n[[market]]");
    key("name", in_quotes(market.name));
    if (draws_.chance(0.3)) key("gpus", fmt::format("{}", draws_.whole(0, 8)));
    if (draws_.chance(0.6)) key("egress_per_gb", number(0.005, 0.2));
    if (random_ && draws_.chance(0.4))
      key("hardware_mtbf", law(draws_.log_linear(4.0 * d(step_), 50.0 * d(horizon_) + 4.0 * d(step_)), Of::durations));
    if (draws_.chance(0.5)) {
      std::string billing = "increment = " + duration(d(second), 1.5 * d(step_));
      if (draws_.chance(0.6)) billing += ", minimum = " + duration(d(second), 3.0 * d(step_));
      key("billing", "{ " + billing + " }");
    }
    if (random_ && draws_.chance(0.3))
      key("repricing", fmt::format("{{ every = {}, multiplier = {} }}",
                                   duration(0.15 * d(horizon_) + d(step_), 2.0 * d(horizon_) + 2.0 * d(step_)),
                                   law(draws_.linear(0.7, 1.15))));
    const double list_price = draws_.log_linear(0.3, 30.0);
    market.sells_on_demand = i == 0 || draws_.chance(0.75);
    market.sells_spot = i == 1 || draws_.chance(0.65);
    if (market.sells_on_demand) {
      const std::string price = law(list_price);
      const bool limited = random_ && draws_.chance(0.35);
      key("on_demand", limited ? fmt::format("{{ price = {}, capacity = {} }}", price, capacity()) : price);
    }
    if (market.sells_spot) write_spot(list_price);
    markets_.push_back(market);
  }

  void write_spot(double list_price) {
    line("[market.spot]");
    const double mean = list_price * draws_.linear(0.2, 0.8);
    const int kind = draws_.whole(0, 3);
    if (kind == 0) {
      key("price", "{ " + level_history(false, mean) + " }");
    } else if (kind == 1 || !random_) {
      key("price", law(mean));
    } else {
      std::string price =
          fmt::format("mean = {}, volatility = {}, half_life = {}", law(mean), number(0.05, 0.6), half_life());
      if (draws_.chance(0.5)) price += ", cap = " + number_text(mean * draws_.linear(0.9, 2.5));
      key("price", "{ " + price + and_loading() + " }");
    }
    const int limit = draws_.whole(0, 3);
    if (limit == 0 || (limit < 3 && !random_))
      key("capacity", "{ " + capacity_history() + " }");
    else if (limit < 3)
      key("capacity", capacity());
    if (random_ && draws_.chance(0.5))
      key("reclaim_every", law(draws_.log_linear(3.0 * d(step_), 10.0 * d(horizon_) + 3.0 * d(step_)), Of::durations));
    if (draws_.chance(0.5)) key("notice", duration(d(second), 0.3 * d(step_) + 2.0 * d(second)));
  }

  // Demands and workloads

  void write_demand(int i) {
    Demand demand;
    demand.name = fmt::format("demand {}", i);
    demand.base = draws_.log_linear(0.5, 300.0);
    demand.tells_tokens = draws_.chance(0.5);
    line("\n[[demand]]");
    key("name", in_quotes(demand.name));
    if (draws_.chance(0.2)) {
      for (const std::string& part : split(level_history(true, demand.base))) line(part);
    } else {
      key("base", law(demand.base));
      if (draws_.chance(0.4))
        key("growth", random_ && draws_.chance(0.6) ? "{ low = -0.1, mode = 0.05, high = 0.6 }"
                                                    : number_text(draws_.linear(-0.5, 1.0)));
      if (draws_.chance(0.5)) key("profile", draws_.one_of({"\"flat\"", "\"business\"", "\"consumer\""}));
      if (draws_.chance(0.3)) key("by_hour", numbers(24));
      if (draws_.chance(0.3)) key("by_weekday", numbers(7));
      if (random_ && draws_.chance(0.5))
        key("noise",
            fmt::format("{{ volatility = {}, half_life = {}{} }}", number(0.05, 0.5), half_life(), and_loading()));
      if (random_ && draws_.chance(0.3))
        key("bursts", fmt::format("{{ {}, multiplier = {} }}", renewal(), number(0.3, 3.0)));
    }
    if (demand.tells_tokens)
      key("tokens", fmt::format("{{ input = {}, output = {} }}", law(draws_.log_linear(50.0, 5000.0)),
                                law(draws_.log_linear(20.0, 1000.0))));
    if (draws_.chance(0.4)) {
      std::string changes;
      const int count = draws_.whole(1, 3);
      for (int c = 0; c < count; ++c) {
        const std::int64_t at = before_horizon();
        changes +=
            fmt::format("{}{{ at = {}, multiplier = {}{} }}", c ? ", " : "", duration(at),
                        law(draws_.log_linear(0.4, 2.0)), draws_.chance(0.5) ? ", chance = " + chance_text() : "");
      }
      key("change", "[" + changes + "]");
    }
    demands_.push_back(demand);
  }

  static Names split(const std::string& text) {
    Names parts;
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t to = std::min(text.find(", ", from), text.size());
      parts.push_back(text.substr(from, to - from));
      from = to + 2;
    }
    return parts;
  }

  std::string chance_text() { return random_ ? number_text(draws_.linear(0.1, 0.9)) : draws_.one_of({"0", "1"}); }
  /// From 0 to less than the horizon.
  std::int64_t before_horizon() {
    return draws_.chance(0.2) ? 0 : std::min(horizon_ - 1, time(0.05 * d(step_), 0.95 * d(horizon_)));
  }
  std::string numbers(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += (i ? ", " : "") + number_text(draws_.linear(0.2, 2.0));
    return "[" + text + "]";
  }
  Names names_of_markets() const {
    Names names;
    for (const Market& market : markets_) names.push_back(market.name);
    return names;
  }
  const Market& market(const std::string& name) const {
    return *std::find_if(markets_.begin(), markets_.end(), [&](const Market& m) { return m.name == name; });
  }
  std::string owner() { return draws_.one_of({"\"research\"", "\"product\"", "\"platform\""}); }

  void write_job(int i) {
    Job job;
    job.name = fmt::format("job {}", i);
    job.markets = draws_.some_of(names_of_markets());
    if (std::find(job.markets.begin(), job.markets.end(), "m0") == job.markets.end()) job.markets.push_back("m0");
    line("\n[[job]]");
    key("name", in_quotes(job.name));
    if (draws_.chance(0.6)) key("owner", owner());
    // A gang of about 2 takes from a few steps to more than the horizon.
    const double span_hours = d(horizon_) * draws_.log_linear(0.03, 1.3) / d(hour);
    const double gang = draws_.log_linear(1.0, 6.0);
    key("work", law(std::max(1e-3, span_hours * gang)));
    std::string throughput;
    for (const std::string& name : job.markets)
      throughput += fmt::format("{}{} = {}", throughput.empty() ? "" : ", ", in_quotes(name),
                                draws_.chance(0.5) ? "1" : number(0.5, 2.5));
    key("throughput", "{ " + throughput + " }");
    if (draws_.chance(0.4)) key("scaling", number_text(draws_.linear(0.7, 1.0)));
    job.has_checkpoint = draws_.chance(0.7);
    if (job.has_checkpoint) key("checkpoint", checkpoint(span_hours));
    if (draws_.chance(0.75)) key("restart", duration(0.01 * d(step_), 1.5 * d(step_)));
    if (draws_.chance(0.3)) key("release", duration(before_horizon()));
    if (draws_.chance(0.3))
      key("repeat", duration(std::max(d(step_), 0.1 * d(horizon_)), std::max(2.0 * d(step_), 0.7 * d(horizon_))));
    if (draws_.chance(0.3))
      key("attempts", fmt::format("{{ success = {}, max = {} }}",
                                  random_ ? number_text(draws_.linear(0.3, 1.0)) : draws_.one_of({"1e-6", "1"}),
                                  draws_.whole(1, 3)));
    job.has_deadline = draws_.chance(0.7);
    if (job.has_deadline) {
      key("deadline", duration(0.5 * d(step_), 1.3 * d(horizon_) + d(step_)));
      if (draws_.chance(0.6)) key("late_penalty", number(0.5, 100.0));
    }
    if (draws_.chance(0.4)) key("unfinished", draws_.one_of({"\"buy-out\"", "\"ignore\""}));
    if (draws_.chance(0.5)) key("state_gb", number(1.0, 500.0));
    jobs_.push_back(job);
  }

  std::string checkpoint(double span_hours) {
    if (draws_.chance(0.25)) return "{ interval = \"0s\" }";
    const double shortest = std::max(0.05 * d(step_), d(hour) * span_hours / 60.0);
    std::string text = "interval = " + duration(shortest, std::max(2.0 * shortest, 0.3 * d(horizon_)));
    if (draws_.chance(0.8)) text += ", write = " + duration(0.002 * d(step_), 0.3 * shortest + 0.01 * d(step_));
    return "{ " + text + " }";
  }

  void write_service(int i) {
    Service service;
    service.name = fmt::format("service {}", i);
    const Demand& demand = draws_.one_of(demands_);
    service.demand = demand.name;
    service.markets = draws_.some_of(names_of_markets());
    line("\n[[service]]");
    key("name", in_quotes(service.name));
    if (draws_.chance(0.6)) key("owner", owner());
    key("demand", in_quotes(service.demand));
    const bool by_tokens = demand.tells_tokens && draws_.chance(0.4);
    const double fleet = draws_.log_linear(1.0, 40.0);
    std::string rates;
    for (const std::string& name : service.markets) {
      const double rate = demand.base / fleet * draws_.log_linear(0.5, 2.0) * (by_tokens ? 150.0 : 1.0);
      rates += fmt::format("{}{} = {}", rates.empty() ? "" : ", ", in_quotes(name), law(rate, Of::numbers, 0.2));
    }
    key(by_tokens ? "output_token_rate" : "rate", "{ " + rates + " }");
    if (draws_.chance(0.6)) key("unserved_penalty", number(1e-5, 0.05));
    if (draws_.chance(0.4))
      key("queue",
          fmt::format("{{ drain = {}, limit = {} }}", duration(0.3 * d(step_), 10.0 * d(step_)),
                      number(0.05 * demand.base * d(step_) / d(second), 10.0 * demand.base * d(step_) / d(second))));
    services_.push_back(service);
  }

  void write_serverless(int i) {
    Serverless serverless;
    serverless.name = fmt::format("hosted {}", i);
    line("\n[[serverless]]");
    key("name", in_quotes(serverless.name));
    serverless.priced_by_tokens = draws_.chance(0.5);
    if (!serverless.priced_by_tokens || draws_.chance(0.3)) key("per_request", law(draws_.log_linear(1e-5, 1e-2)));
    if (serverless.priced_by_tokens)
      key("per_million", fmt::format("{{ input = {}, output = {} }}", law(draws_.log_linear(0.1, 3.0)),
                                     law(draws_.log_linear(0.5, 10.0))));
    if (draws_.chance(0.5)) key("max_rate", number(0.1, 100.0));
    serverless_.push_back(serverless);
  }

  void write_optimization(int i) {
    const std::string name = fmt::format("optimization {}", i);
    line("\n[[optimization]]");
    key("name", in_quotes(name));
    key("throughput", law(draws_.linear(0.9, 2.0)));
    if (draws_.chance(0.6)) key("once", law(draws_.log_linear(1.0, 1000.0)));
    optimizations_.push_back(name);
  }

  void write_item(int i) {
    line("\n[[item]]");
    key("name", fmt::format("\"item {}\"", i));
    if (draws_.chance(0.5)) key("owner", owner());
    const int kind = draws_.whole(demands_.empty() ? 1 : 0, 3);
    const std::string amount = law(draws_.log_linear(1.0, 3000.0));
    if (kind == 0) {
      key("per_1000", law(draws_.log_linear(0.01, 2.0)));
      key("demand", in_quotes(draws_.one_of(demands_).name));
    } else if (kind == 1) {
      key("monthly", amount);
    } else if (kind == 2) {
      key("once", amount);
    } else {
      key("share", number_text(draws_.linear(0.01, 0.3)));
      key("of", list_text(draws_.some_of(Names{"commitment", "on-demand", "spot", "serverless", "egress", "penalty",
                                               "one-off", "unfinished"})));
    }
    if (draws_.chance(0.3)) key("chance", chance_text());
    if (kind != 3 && draws_.chance(0.5)) {
      const std::int64_t from = before_horizon();
      key("from", duration(from));
      if (draws_.chance(0.5)) key("until", duration(from + time(0.1 * d(step_), d(horizon_))));
    }
    if (draws_.chance(0.3)) {
      Names plans;
      for (int p = 0; p < plan_count_; ++p) plans.push_back(plan_name(p));
      key("plans", list_text(draws_.some_of(plans)));
    }
  }

  // Plans

  static std::string plan_name(int i) { return fmt::format("plan {}", i); }

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
    key("markets", list_text(markets));
    if (instances > 1 || draws_.chance(0.3)) key("instances", fmt::format("{}", instances));
    key("policy", in_quotes(policy));
    if (draws_.chance(0.35)) key("choose", draws_.one_of({"\"first\"", "\"cheapest\""}));
    if (draws_.chance(0.2)) key("restart", duration(0.01 * d(step_), 0.8 * d(step_)));
    if (job.has_checkpoint && draws_.chance(0.2))
      key("checkpoint", "{ write = " + duration(0.002 * d(step_), 0.1 * d(step_)) + " }");
    write_optimizations_used();
    if (policy == "reserved")
      for (const std::string& name : markets) allotted[name] += instances;
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
      if (draws_.chance(0.6)) key(window, duration(0.02 * d(step_), d(step_) * draws_.log_linear(0.1, 60.0)));
    const bool tells_tokens = std::find_if(demands_.begin(), demands_.end(), [&](const Demand& x) {
                                return x.name == service.demand;
                              })->tells_tokens;
    std::vector<Serverless> hosted;
    std::copy_if(serverless_.begin(), serverless_.end(), std::back_inserter(hosted),
                 [&](const Serverless& x) { return tells_tokens || !x.priced_by_tokens; });
    const bool overflows = !hosted.empty() && draws_.chance(0.6);
    if (overflows) key("overflow", in_quotes(draws_.one_of(hosted).name));
    std::string pools;
    const int count = draws_.whole(overflows ? 0 : 1, 4);
    for (int p = 0; p < count; ++p) {
      const Market& where = market(draws_.one_of(service.markets));
      Names ways = {"reserved"};
      if (where.sells_on_demand) ways.insert(ways.end(), {"on-demand", "on-demand"});
      if (where.sells_spot) ways.insert(ways.end(), {"spot", "spot"});
      const std::string buy = draws_.one_of(ways);
      std::string pool = fmt::format("market = {}, buy = {}", in_quotes(where.name), in_quotes(buy));
      if (draws_.chance(0.4)) pool += ", share = " + number_text(draws_.linear(0.1, 1.0));
      const int most = draws_.whole(1, 15);
      if (buy == "reserved" || draws_.chance(0.3)) pool += fmt::format(", max = {}", most);
      if (buy == "reserved") allotted[where.name] += most;
      pools += (p ? ", { " : "{ ") + pool + " }";
    }
    key("pools", "[" + pools + "]");
    write_optimizations_used();
  }

  std::string term() {
    std::string text;
    if (draws_.chance(0.5)) text += "\nfrom = " + duration(before_horizon());
    return text +
           "\nterm = " + (draws_.chance(0.3) ? "\"1y\"" : duration(0.3 * d(step_), 1.5 * d(horizon_) + d(step_)));
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
      // The second part must meet the first one.
      line(first == instances ? term().substr(1) : "term = " + duration(0.3 * d(step_), 1.5 * d(horizon_) + d(step_)));
    }
  }

  void write_contracts() {
    const Names sellers = those_that_sell(names_of_markets(), &Market::sells_on_demand);
    const int commitments = draws_.whole(0, 3);
    for (int c = 0; c < commitments; ++c) {
      line("[[plan.commitment]]");
      key("market", in_quotes(draws_.one_of(sellers)));
      if (draws_.chance(0.3)) key("kind", "\"discount\"");
      key("instances", fmt::format("{}", draws_.whole(1, 12)));
      key("price_per_hour", draws_.chance(0.2) ? "0" : number(0.1, 10.0));
      if (draws_.chance(0.5)) key("upfront", number(1.0, 5000.0));
      line(term().substr(1));
    }
    const int savings = draws_.whole(0, 2);
    for (int s = 0; s < savings; ++s) {
      line("[[plan.savings_plan]]");
      key("spend_per_hour", number(0.2, 100.0));
      std::string discounts;
      for (const std::string& name : draws_.some_of(sellers))
        discounts += fmt::format("{}{} = {}", discounts.empty() ? "" : ", ", in_quotes(name),
                                 number_text(draws_.linear(0.0, 0.7)));
      key("discounts", "{ " + discounts + " }");
      line(term().substr(1));
    }
  }

  void write_goal() {
    if (!draws_.chance(0.2)) return;
    line("\n[goal]");
    if (has_budget_) key("over_budget", "0.1");
    for (const Job& job : jobs_)
      if (job.has_deadline) key("late." + in_quotes(job.name), "0.05");
    for (const Service& service : services_) key("served." + in_quotes(service.name), "0.99");
  }

  Draws draws_;
  const bool random_;
  std::string text_;
  std::vector<std::pair<std::string, std::string>> traces_;

  std::int64_t step_ = 0, horizon_ = 0;  ///< milliseconds
  int step_count_ = 0, plan_count_ = 0;
  bool has_budget_ = false;
  Names factors_, optimizations_;
  std::vector<Market> markets_;
  std::vector<Demand> demands_;
  std::vector<Job> jobs_;
  std::vector<Service> services_;
  std::vector<Serverless> serverless_;
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
