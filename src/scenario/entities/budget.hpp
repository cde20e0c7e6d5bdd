// Budgets: what an owner, or all of them together, may be charged in each period.
#pragma once

#include <string>

#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Scenario;

struct Budget {
  std::string name;
  std::string owner;  ///< empty: the whole plan
  double amount = 0.0;
  Per per = Per::horizon;

  static constexpr std::string_view table_name = "budget";
  template <class Rows>
  static void fields(Rows& row) {
    row.text("name", &Budget::name, {.about = "name of the budget", .required = true});
    row.key({.name = "like", .about = "another budget to start from"});
    row.label("owner", &Budget::owner, {.about = "who is charged; absent: the whole plan"});
    row.number("amount", &Budget::amount, {.about = "for each period", .range = non_negative, .required = true});
    row.choice("per", &Budget::per, per_names,
               {.about = "the whole horizon, or each year, quarter or month of the calendar; of a period that the "
                         "horizon cuts off the amount is its part",
                .fallback = "\"horizon\""});
  }
};

extern template const TableOf<Budget>& table_of<Budget>();

/// Notes an owner that owns nothing.
void complete(const TableReader& table, const Budget& budget, const Scenario& scenario);

}  // namespace costrisk::scenario
