// Items: anything else on the bill.
#pragma once

#include <string>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Scenario;

struct Item {
  std::string name, owner;
  enum class Kind { monthly, once, per_1000, share };
  Kind kind = Kind::monthly;
  Law amount;                ///< per month, once, or per 1000 requests; a constant share for Kind::share
  int demand = -1;           ///< per_1000
  std::vector<Category> of;  ///< share
  double chance = 1.0;
  double from_seconds = 0.0;
  double until_seconds = 0.0;  ///< the horizon where not given
  std::vector<int> plans;      ///< the plans that pay it (all of them where not given)

  static constexpr std::string_view table_name = "item";
  template <class Rows>
  static void fields(Rows& row) {
    const auto is_paid_in_time = [](const Item& item) { return item.kind != Kind::share; };
    row.text("name", &Item::name, {.about = "anything else on the bill", .required = true});
    row.key({.name = "like", .about = "another item to start from"});
    row.label_or("owner", &Item::owner, "name", {.about = "who pays; absent: the item's name"});
    row.law("monthly", &Item::amount,
            {.about = "amount per calendar month, paid evenly over it", .range = non_negative})
        .alternative(&Item::kind, Kind::monthly);
    row.law("once", &Item::amount, {.about = "amount paid at the start", .range = non_negative})
        .alternative(&Item::kind, Kind::once);
    row.law("per_1000", &Item::amount, {.about = "amount per 1000 requests served", .range = non_negative})
        .alternative(&Item::kind, Kind::per_1000);
    row.reference("demand", &Item::demand, scenario::Kind::demand, {.about = "per_1000: whose requests"});
    row.number("share", &Item::amount, {.about = "share of the categories in of", .range = shares})
        .alternative(&Item::kind, Kind::share);
    row.choices(
        "of", &Item::of, category_names,
        {.about = "share: the categories it is taken of",
         .choices = {"commitment", "on-demand", "spot", "serverless", "egress", "penalty", "one-off", "unfinished"}});
    row.number("chance", &Item::chance,
               {.about = "share of the futures in which it is paid", .range = shares, .fallback = "1"});
    row.instant("from", &Item::from_seconds, {.about = "when it begins", .range = non_negative, .fallback = "\"0s\""})
        .written_if(is_paid_in_time);
    row.instant("until", &Item::until_seconds, {.about = "when it ends; absent: the horizon", .range = positive})
        .written_if(is_paid_in_time);
    row.references("plans", &Item::plans, scenario::Kind::plan, {.about = "the plans that pay it; absent: all"});
    row.derived(&Item::kind);
    row.alternatives({{"monthly"}, {"once"}, {"per_1000", "demand"}, {"share", "of"}}, true);
  }
};

extern template const TableOf<Item>& table_of<Item>();

/// Fills in the end and the plans where they are not given, and notes which values cannot stand together.
void complete(const TableReader& table, Item& item, const Scenario& scenario);

}  // namespace costrisk::scenario
