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
    loading_row(row, &Law::loading);
    row.alternatives({{"low", "mode", "high"}, {"median", "spread"}, {"p10", "p90"}}, true);
  }
};

}  // namespace

const Table& law_table() { return table_of<LawKeys>(); }

bool Process::is_given(const TableReader& table) { return table.number("volatility") > 0.0; }

}  // namespace costrisk::scenario
