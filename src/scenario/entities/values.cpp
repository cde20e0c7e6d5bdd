#include "src/scenario/entities/values.hpp"

#include "src/scenario/entities/fields.hpp"

namespace costrisk::scenario {
namespace {

/// The keys of a law. Which of them are given says what law it is; `law_of` in table_reader.cpp reads them.
struct LawKeys {
  using Of = Law;
  static constexpr std::string_view table_name = "law";
  template <class Rows>
  static void fields(Rows& row) {
    row.key({.name = "low", .about = "triangular: smallest value"});
    row.key({.name = "mode", .about = "triangular: most likely value"});
    row.key({.name = "high", .about = "triangular: largest value"});
    row.key({.name = "median", .about = "log-normal: median"});
    row.key({.name = "spread",
             .about = "log-normal: standard deviation of the logarithm",
             .type = Type::number,
             .range = spread_range});
    row.key({.name = "p10", .about = "log-normal: 10th percentile"});
    row.key({.name = "p90", .about = "log-normal: 90th percentile"});
    row.key({.name = "from", .about = "uniform: smallest value"});
    row.key({.name = "to", .about = "uniform: largest value"});
    row.key({.name = "mean", .about = "normal: mean, before it is cut off where values may not be"});
    row.key({.name = "sd", .about = "normal: standard deviation, likewise"});
    row.key({.name = "min", .about = "PERT, with mode: smallest value"});
    row.key({.name = "max", .about = "PERT: largest value"});
    row.key({.name = "values", .about = "discrete: the values there are", .arity = Arity::list});
    row.key({.name = "weights",
             .about = "discrete: how often each of them comes; absent: all alike",
             .type = Type::number,
             .arity = Arity::list,
             .range = non_negative});
    row.key({.name = "file",
             .about = "discrete: a CSV file, relative to this file, whose values are those there are",
             .type = Type::path});
    row.key({.name = "column", .about = "discrete: the column with the values; hours, where they are durations"});
    row.key({.name = "times",
             .about = "discrete: what the values of the file are multiplied by; absent: 1",
             .type = Type::number});
    loading_row(row, &Law::loading);
    row.alternatives({{"low", "mode", "high"},
                      {"median", "spread"},
                      {"p10", "p90"},
                      {"from", "to"},
                      {"mean", "sd"},
                      {"min", "mode", "max"},
                      {"values", "weights"},
                      {"file", "column", "times"}},
                     true);
  }
};

}  // namespace

const Table& law_table() { return table_of<LawKeys>(); }

bool is_amount_of_law(std::string_view key) {
  for (const std::string_view other : {"spread", "weights", "loading", "file", "column", "times"})
    if (key == other) return false;
  return law_table().find(key) != nullptr;
}

bool Process::is_given(const TableReader& table) { return table.number("volatility") > 0.0; }

}  // namespace costrisk::scenario
