// Demands: requests to answer, and how they vary.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "src/scenario/entities/history.hpp"
#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Scenario;

struct Change {
  double at_seconds = 0.0;
  Law multiplier;
  double chance = 1.0;

  static constexpr std::string_view table_name = "change";
  template <class Rows>
  static void fields(Rows& row) {
    row.instant("at", &Change::at_seconds, {.about = "when it happens", .range = non_negative, .required = true});
    row.law("multiplier", &Change::multiplier,
            {.about = "what it multiplies the demand by from then on", .range = non_negative, .required = true});
    row.number("chance", &Change::chance,
               {.about = "share of the futures in which it happens", .range = shares, .fallback = "1"});
  }
};

struct Bursts {
  Renewal renewal;
  double multiplier = 1.0;

  static constexpr std::string_view table_name = "bursts";
  template <class Rows>
  static void fields(Rows& row) {
    row.duration("every", through(&Bursts::renewal, &Renewal::every_seconds),
                 {.about = "mean time from the end of one burst to the next", .range = positive, .required = true});
    row.number("multiplier", &Bursts::multiplier,
               {.about = "what a burst multiplies the demand by", .range = non_negative, .required = true});
    row.table("duration", through(&Bursts::renewal, &Renewal::duration),
              {.about = "how long a burst lasts: log-normal", .required = true});
  }
};

/// The keys of a demand's noise.
struct Noise {
  using Of = Process;
  static constexpr std::string_view table_name = "noise";
  template <class Rows>
  static void fields(Rows& row) {
    row.number("volatility", &Process::volatility,
               {.about = "standard deviation of the demand's logarithm", .range = spread_range, .required = true});
    row.duration_or_forever("half_life", &Process::half_life_seconds,
                            {.about = "how fast the noise forgets", .range = positive, .required = true});
    loading_row(row, &Process::loading);
  }
};

struct Tokens {
  Law input, output;                ///< per request
  std::optional<Law> cached_share;  ///< of the input

  static constexpr std::string_view table_name = "tokens";
  template <class Rows>
  static void fields(Rows& row) {
    row.law("input", &Tokens::input, {.about = "per request", .range = non_negative, .required = true});
    row.law("output", &Tokens::output, {.about = "per request", .range = non_negative, .required = true});
    row.law("cached_share", &Tokens::cached_share,
            {.about = "share of the input tokens that a serverless offer reads from its cache; absent: none",
             .range = shares});
  }
};

struct Demand {
  std::string name;
  Law base;              ///< requests per second at the start
  Law growth_per_month;  ///< compounding; a month is 730 h
  std::array<double, 24> by_hour{};
  std::array<double, 7> by_weekday{};  ///< Monday first
  std::optional<Process> noise;
  std::optional<Bursts> bursts;
  std::vector<Change> changes;
  std::optional<Tokens> tokens;
  std::optional<History> history;

  static constexpr std::string_view table_name = "demand";
  template <class Rows>
  static void fields(Rows& row) {
    const auto has_laws = [](const Demand& demand) { return !demand.history; };
    row.text("name", &Demand::name, {.about = "name of the demand", .required = true});
    row.key({.name = "like", .about = "another demand to start from"});
    row.law("base", &Demand::base, {.about = "requests per second at the start", .range = non_negative})
        .written_if(has_laws);
    row.law("growth", &Demand::growth_per_month,
            {.about = "per month, compounding", .range = {-1.0, 100.0, true, false}, .fallback = "0"})
        .written_if(has_laws);
    row.key({.name = "profile",
             .about = "the shape of days and weeks where by_hour or by_weekday are not given",
             .type = Type::choice,
             .choices = {"flat", "business", "consumer"},
             .fallback = "\"flat\""});
    row.numbers("by_hour", &Demand::by_hour,
                {.about = "multipliers of the hours of the day", .range = non_negative, .count = 24})
        .written_if(has_laws);
    row.numbers("by_weekday", &Demand::by_weekday,
                {.about = "multipliers of the days of the week, Monday first", .range = non_negative, .count = 7})
        .written_if(has_laws);
    row.table("noise", &Demand::noise, Noise{}, {.about = "fluctuation; absent: none"});
    row.table("bursts", &Demand::bursts, {.about = "temporary surges; absent: none"});
    row.tables("change", &Demand::changes, {.about = "launches, lost customers: lasting changes at set times"})
        .written_if([](const Demand& demand) { return !demand.changes.empty(); })
        .written_last();
    row.table("tokens", &Demand::tokens, {.about = "tokens per request; absent: not counted"}).written_last();
    row.group(&Demand::history);
    row.alternatives(
        {{"base", "growth", "profile", "by_hour", "by_weekday", "noise", "bursts"}, row.keys_of(History{})}, true);
  }
};

extern template const TableOf<Demand>& table_of<Demand>();

/// Fills in the profile and the path of the history, and notes which values cannot stand together.
void complete(const TableReader& table, Demand& demand, const Scenario& scenario);

}  // namespace costrisk::scenario
