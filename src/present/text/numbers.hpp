// Numbers as people read them: money in thousands or millions, shares in percent, durations, counts.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace costrisk::present {

/// One unit for a whole column of money: "$k", "€M", and what to divide by.
struct MoneyUnit {
  double divisor = 1.0;
  std::string name;  ///< "$k" for USD, "€M" for EUR, "CHF k"
  int decimals = 0;  ///< shown after the point
};

/// The unit in which the largest finite magnitude of `amounts` has one to four digits before the point.
MoneyUnit money_unit(std::span<const double> amounts, const std::string& currency);

/// An amount in a unit, "43.9"; "inf" for what is not to be had, "–" for NaN.
std::string money(double amount, const MoneyUnit& unit);

/// A difference of amounts with its sign, "+43.9"; what rounds to nothing has none.
std::string signed_money(double difference, const MoneyUnit& unit);

/// An amount by itself, to so many digits: "$1.71M", "$66.0k", "$0.405", "CHF 12.0".
std::string money_with_unit(double amount, const std::string& currency, int digits = 3);

/// A price of something small, to at least two decimals and three digits: "51.23", "0.0123"; infinity and NaN as money.
std::string price(double amount);

/// The sign of a currency, "$" for USD, or its code where it has none here.
std::string currency_sign(const std::string& currency);

/// A share in percent: "12.3 %", "0.04 %", "0 %" only for zero and "100 %" only for one.
std::string percent(double share);

/// Hours as "36.0 h", from three days on as "12.5 d"; "never" for infinity.
std::string hours(double hours);

/// A count with thousands set apart: "100 000" as "100,000".
std::string count(std::uint64_t number);

/// A count of things: "1 future", "20,000 futures".
std::string counted(std::uint64_t number, const std::string& thing);

/// A duration of a wait: "40 ms", "0.4 s", "12 s", "3 min 20 s", "1 h 5 min".
std::string wait(double seconds);
/// Likewise of requests; "beyond" where it is infinite.
std::string latency(double seconds);

/// A month, from 1 on, in three letters: "Jan".
const char* month_name(unsigned month);

/// A rate with a metric prefix: "31.2k", "1.24M".
std::string rate(double per_second);

}  // namespace costrisk::present
