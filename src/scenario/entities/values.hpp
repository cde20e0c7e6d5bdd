// Values that entities of many kinds consist of: laws, durations, processes, loadings.
//
// Conventions of all entities: durations are in seconds (`_seconds`) unless a member says otherwise, money in the
// scenario's currency, shares in 0..1. Cross references are indices into the vectors of `Scenario`. A law of a duration
// (a mean sojourn, an MTBF) is a law of hours. Defaults stand in the rows; a member is initialized with nothing, 0, 1
// or no limit, or with the default of its row.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/scenario/entities/schema.hpp"

namespace costrisk::scenario {

class TableReader;

using NumberPair = std::array<double, 2>;
using NumberPairs = std::vector<NumberPair>;

/// A member of a member.
template <class T, class Outer, class Inner>
struct Through {
  Outer T::*outer;
  Inner Outer::*inner;
};
template <class T, class Outer, class Inner>
Through<T, Outer, Inner> through(Outer T::*outer, Inner Outer::*inner) {
  return {outer, inner};
}

/// A loading on a factor: the weight `beta` of that factor in a standard-normal mixture.
struct Loading {
  int factor = 0;  ///< index into Scenario::factors
  double beta = 0.0;
};
using Loadings = std::vector<Loading>;  ///< sum of beta² is at most 1

template <class Rows, class Member>
void loading_row(Rows& row, Member member) {
  row.loadings("loading", member,
               {.about = "weights on factors; the sum of their squares is at most 1", .range = correlation});
}

/// A value that is known, or drawn once per future. Its keys, in law_table(), mean what the key with the law does.
struct Law {
  using Kind = LawKind;
  Kind kind = Kind::constant;
  double low = 0.0;                  ///< triangular, PERT, uniform
  double mode = 0.0;                 ///< triangular, PERT; the value of a constant
  double high = 0.0;                 ///< triangular, PERT, uniform
  double median = 0.0;               ///< log-normal; normal, where it is not cut off
  double spread = 0.0;               ///< standard deviation: log-normal, of the logarithm; normal
  double least = -infinite;          ///< normal: cut off there
  double most = infinite;            ///< likewise
  std::vector<double> values = {};   ///< discrete, ascending
  std::vector<double> weights = {};  ///< discrete: as many
  Loadings loading;
  std::string address;  ///< where the value stands: "market.p4d.on_demand.price"; also its stream's name

  static Law constant(double value) {
    Law law;
    law.mode = value;
    return law;
  }
  bool is_constant() const { return kind == Kind::constant; }
};

/// What amounts are told by: the whole time, or calendar years, quarters, months.
enum class Per { horizon, year, quarter, month };
inline constexpr std::array<const char*, 4> per_names = {"horizon", "year", "quarter", "month"};
/// Months of a period; 0: the whole time.
constexpr int months_of(Per per) {
  switch (per) {
    case Per::horizon:
      return 0;
    case Per::year:
      return 12;
    case Per::quarter:
      return 3;
    case Per::month:
      return 1;
  }
  __builtin_unreachable();
}

/// A rate (throughput, requests per second) that a workload reaches in one market.
struct MarketRate {
  int market = 0;
  Law rate;          ///< of an instance, or of a replica in it
  int replicas = 1;  ///< in an instance
};

/// Log-normal durations by mean and coefficient of variation.
struct DurationLaw {
  double mean_seconds = 0.0;
  double cv = 1.0;

  static constexpr std::string_view table_name = "duration";
  template <class Rows>
  static void fields(Rows& row) {
    row.duration("mean", &DurationLaw::mean_seconds, {.about = "mean", .range = positive, .required = true});
    row.number("cv", &DurationLaw::cv, {.about = "standard deviation over mean", .range = cv_range, .fallback = "1"});
  }
};

/// On/off renewal: exponential gaps of mean `every_seconds` from the end of one event to the start of
/// the next, log-normal durations.
struct Renewal {
  double every_seconds = 0.0;
  DurationLaw duration;
};

/// A stationary Ornstein–Uhlenbeck process on the logarithm, with factor loadings.
struct Process {
  double volatility = 0.0;         ///< stationary standard deviation of the logarithm
  double half_life_seconds = 0.0;  ///< infinity: one draw per future
  Loadings loading;

  /// Without volatility there is none.
  static bool is_given(const TableReader& table);
};

/// Local civil time of the scenario's start; the profiles and calendar months follow it.
struct StartTime {
  int year = 2026, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

}  // namespace costrisk::scenario
