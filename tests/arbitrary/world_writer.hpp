// The world of a generated scenario: its frame, factors, markets and demands, and the traces that they replay.
#pragma once

#include "tests/arbitrary/writer.hpp"

namespace costrisk::arbitrary {

struct Market {
  std::string name;
  bool sells_on_demand = false, sells_spot = false;
  int gpus = 0, slices = 1;
  bool ages = false;   ///< how soon its spot is reclaimed hangs on age, or on factors
  bool frees = false;  ///< early reclaims are free
};

struct Demand {
  std::string name;
  double base = 0.0;  ///< about as many requests a second
  bool tells_tokens = false;
  double input_tokens = 0.0;  ///< about as many a request
};

class WorldWriter : protected Writer {
 protected:
  using Writer::Writer;

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
    if (draws_.chance(0.4)) line("[allocation]\ncovered = " + draws_.one_of({"\"pro-rata\"", "\"order\""}));
    line("[simulation]");
    key("paths", "1000");
    key("seed", fmt::format("{}", draws_.whole(0, 1'000'000)));
    if (draws_.chance(0.2)) {
      key("bins", later_.one_of({"\"month\"", "\"month\"", "\"quarter\""}));
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
    if (draws_.chance(0.5)) market.gpus = draws_.whole(0, 8);
    if (market.gpus > 0) key("gpus", fmt::format("{}", market.gpus));
    if (market.gpus > 0 && draws_.chance(0.5)) market.slices = draws_.whole(1, 7);
    if (market.slices > 1) key("slices_per_gpu", fmt::format("{}", market.slices));
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
    const double drawn_price = draws_.log_linear(0.3, 30.0);
    const double list_price = later_.chance(0.2) ? 2.0 : drawn_price;
    market.sells_on_demand = i == 0 || draws_.chance(0.75);
    market.sells_spot = i == 1 || draws_.chance(0.65);
    if (market.sells_on_demand) {
      const std::string price = law(list_price, Of::amounts);
      const bool limited = random_ && draws_.chance(0.35);
      key("on_demand", limited ? fmt::format("{{ price = {}, capacity = {} }}", price, capacity()) : price);
    }
    if (market.sells_spot) write_spot(list_price, market);
    markets_.push_back(market);
  }

  void write_spot(double list_price, Market& market) {
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
    const double life = draws_.log_linear(3.0 * d(step_), 10.0 * d(horizon_) + 3.0 * d(step_));
    if (random_ && draws_.chance(0.4)) {
      key("reclaim_every", law(life, Of::durations));
    } else if (random_ && draws_.chance(0.5)) {
      std::string text = "mean = " + law(life, Of::durations);
      if (draws_.chance(0.4))
        text += ", cv = " + number(0.4, 3.0);
      else if (draws_.chance(0.7))
        text += ", shape = " + number(0.5, 4.0);
      if (later_.chance(0.25)) text = "survival = " + survival(life);
      key("reclaim", "{ " + text + and_loading() + " }");
      market.ages = true;
    }
    // Fleets know of it no more than how often instances are reclaimed by chance.
    double longest_free = 5.0 * d(step_);
    if ((random_ || !has_services_) && draws_.chance(0.25)) {
      const std::int64_t most = time(0.7 * d(step_), d(horizon_) + d(step_));
      key("max_lifetime", duration(most));
      market.ages = true;
      // Whether all is free that ends together at that age is left open.
      longest_free = std::min(longest_free, 0.9 * d(most));
    }
    market.frees = later_.chance(0.3);
    if (market.frees) key("free_within", later([&] { return duration(0.1 * d(step_), longest_free); }));
    if (draws_.chance(0.5)) key("notice", duration(d(second), 0.3 * d(step_) + 2.0 * d(second)));
  }

  /// Points of a curve whose lives are about `life` long.
  std::string survival(double life) {
    std::string text;
    double hours = 0.0, share = 1.0;
    for (int points = later_.whole(1, 6); points > 0; --points) {
      hours += later_.linear(0.1, 1.0) * life / d(hour);
      if (later_.chance(0.8)) share *= later_.linear(0.4, 1.0);
      text += fmt::format("{}[{:.6g}, {:.6g}]", text.empty() ? "" : ", ", hours, share);
    }
    return "[" + text + "]";
  }

  // Demands

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
        key("growth", random_ && draws_.chance(0.6)
                          ? "{ low = -0.1, mode = 0.05, high = 0.6 }"
                          : number_text(draws_.linear(-0.5, horizon_ > 60 * day ? 0.2 : 1.0)));
      if (draws_.chance(0.5)) key("profile", draws_.one_of({"\"flat\"", "\"business\"", "\"consumer\""}));
      if (draws_.chance(0.3)) key("by_hour", numbers(24));
      if (draws_.chance(0.3)) key("by_weekday", numbers(7));
      if (random_ && draws_.chance(0.5))
        key("noise",
            fmt::format("{{ volatility = {}, half_life = {}{} }}", number(0.05, 0.5), half_life(), and_loading()));
      if (random_ && draws_.chance(0.3))
        key("bursts", fmt::format("{{ {}, multiplier = {} }}", renewal(), number(0.3, 3.0)));
    }
    if (demand.tells_tokens) {
      demand.input_tokens = draws_.log_linear(50.0, 5000.0);
      const double cached = later_.linear(0.0, 0.8);
      std::string share;
      if (later_.chance(0.5))
        share = ", cached_share = " +
                (random_ ? fmt::format("{{ from = {}, to = {} }}", number_text(cached), number_text(cached + 0.2))
                         : number_text(cached));
      key("tokens", fmt::format("{{ input = {}, output = {}{} }}", law(demand.input_tokens),
                                law(draws_.log_linear(20.0, 1000.0)), share));
    }
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

  std::vector<std::pair<std::string, std::string>> traces_;
  int step_count_ = 0;
  bool has_services_ = false;
  bool has_budget_ = false;
  std::vector<Market> markets_;
  std::vector<Demand> demands_;
};

}  // namespace costrisk::arbitrary
