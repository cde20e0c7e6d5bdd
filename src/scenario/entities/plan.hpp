// Plans: what is compared. How a plan runs jobs and services, and what it commits to.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/scenario/entities/job.hpp"
#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Scenario;

/// @tparam Assignment with a member `optimizations`
template <class Assignment, class Rows>
void optimizations_row(Rows& row) {
  row.references(
      "optimizations", &Assignment::optimizations, Kind::optimization,
      {.about = "optimizations in use; []: none, in place of those of the plan that it extends", .may_be_empty = true});
}

/// @tparam Contract with members `from_seconds` and `term_seconds`
template <class Contract, class Rows>
void term_rows(Rows& row) {
  row.instant("from", &Contract::from_seconds,
              {.about = "when it begins", .range = non_negative, .fallback = "\"0s\""});
  row.instant(
      "term", &Contract::term_seconds,
      {.about = "how long it holds, or the date of its end", .range = positive, .since = "from", .required = true});
}

/// One of the ways in which a gang may be bought.
struct JobPurchase {
  int market = 0;
  Purchase buy = Purchase::on_demand;
  double after_seconds = 0.0;

  static constexpr std::string_view table_name = "purchases";
  template <class Rows>
  static void fields(Rows& row) {
    row.reference("market", &JobPurchase::market, Kind::market, {.about = "where", .required = true});
    row.choice("buy", &JobPurchase::buy, purchase_names, {.about = "how the gang is bought", .required = true});
    row.duration("after", &JobPurchase::after_seconds,
                 {.about = "in-order: taken when the gang has had nothing for so long",
                  .range = non_negative,
                  .fallback = "\"0s\""});
  }
};

/// The owner of what nobody used.
inline constexpr std::string_view unused_owner = "unused";
/// What a contract's `unused` says where not the name of an owner: owners pay by what they use of the plan's contracts.
inline constexpr std::string_view pro_rata = "pro-rata";

/// @tparam Contract with members `owner`, `unused` and `use_after`
template <class Contract, class Rows>
void contract_rows(Rows& row) {
  row.label("owner", &Contract::owner, {.about = "whose uses are covered first; absent: all are alike"});
  row.label("unused", &Contract::unused,
            {.about = "who pays for what is not used: the name of an owner, \"pro-rata\" (all, by what they use of the "
                      "plan's commitments and savings plans) or \"unused\"",
             .fallback = "\"unused\""});
  row.law_or_word("after_horizon", &Contract::use_after,
                  {{"as-used", std::nullopt}, {"stranded", 0.0}, {"of-use", 1.0}},
                  {.about = "share of what is owed after the horizon that will be of use; the rest is stranded, a cost",
                   .range = shares,
                   .fallback = "\"as-used\""});
}

/// How a plan runs a job.
struct JobAssignment {
  int job = 0;
  std::vector<int> markets;  ///< tried in order; of purchases, their markets
  Choose choose = Choose::first;
  int instances = 1;
  Policy policy = Policy::on_demand;
  std::optional<Checkpoint> checkpoint;  ///< the job's own, or the plan's override
  double restart_seconds = 0.0;          ///< likewise
  Law margin_hours;                      ///< drawn once per future
  enum class Foresight { exact, planned };
  Foresight foresight = Foresight::exact;
  std::vector<JobPurchase> purchases;  ///< in order; none: `markets` with what the policy buys
  using Upgrade = costrisk::Upgrade;
  Upgrade upgrade = Upgrade::never;
  bool split = false;  ///< it may hold several purchases at once
  std::vector<int> optimizations;

  static constexpr std::array<const char*, 2> choose_names = {"first", "cheapest"};
  static constexpr std::array<const char*, 2> foresight_names = {"exact", "planned"};
  static constexpr std::array<const char*, 3> upgrade_names = {"never", "when-cheaper", "always"};

  /// Whether the gang may ever be bought so in the i-th of its markets.
  bool may_hold(std::size_t i, Purchase buy) const;

  static constexpr std::string_view table_name = "plan.job";
  template <class Rows>
  static void fields(Rows& row) {
    row.references("markets", &JobAssignment::markets, Kind::market,
                   {.about = "tried in order; absent: the markets of the job's throughput"})
        .written_if([](const JobAssignment& assignment) { return assignment.purchases.empty(); });
    row.tables("purchases", &JobAssignment::purchases,
               {.about = "in place of markets: where and how the gang is bought, in order"})
        .written_if([](const JobAssignment& assignment) { return !assignment.purchases.empty(); });
    row.choice("upgrade", &JobAssignment::upgrade, upgrade_names,
               {.about = "whether a gang moves to another purchase, or market, that it could have: one that stands "
                         "before, or one that is cheaper by more than the move",
                .fallback = "\"never\""});
    row.boolean("split", &JobAssignment::split,
                {.about = "in-order: the gang may hold several purchases at once, and takes of each what it has left",
                 .fallback = "false"});
    row.choice("choose", &JobAssignment::choose, choose_names,
               {.about = "when starting, the first market of the list or the cheapest by price over throughput",
                .fallback = "\"first\""});
    row.integer("instances", &JobAssignment::instances, {.about = "size of the gang", .range = fleet, .fallback = "1"});
    row.choice("policy", &JobAssignment::policy, policy_names,
               {.about = "how instances are bought from step to step", .fallback = "\"on-demand\""});
    row.table("checkpoint", &JobAssignment::checkpoint, {.about = "in place of the job's, key by key"});
    row.duration("restart", &JobAssignment::restart_seconds, {.about = "in place of the job's", .range = non_negative});
    row.hours_law("margin", &JobAssignment::margin_hours,
                  {.about = "time before the deadline by which greedy and uniform-progress want to be done",
                   .range = non_negative,
                   .fallback = "\"0h\""});
    row.choice("foresight", &JobAssignment::foresight, foresight_names,
               {.about = "what greedy and uniform-progress know of the work: exactly what it is, or its median until "
                         "more than that is done",
                .fallback = "\"exact\""});
    optimizations_row<JobAssignment>(row);
    row.derived(&JobAssignment::job);
  }
};

struct Pool {
  int market = 0;
  Purchase buy = Purchase::on_demand;
  double share = 1.0;
  int max = 4096;
  double after_seconds = 0.0;

  static constexpr std::string_view table_name = "pools";
  template <class Rows>
  static void fields(Rows& row) {
    row.reference("market", &Pool::market, Kind::market, {.about = "where", .required = true});
    row.choice("buy", &Pool::buy, purchase_names, {.about = "how its instances are bought", .required = true});
    row.number("share", &Pool::share,
               {.about = "share of what the pools before it left", .range = shares, .fallback = "1"});
    row.integer(
        "max", &Pool::max,
        {.about = "most instances; absent: 4096, for a reserved pool what is committed", .range = fleet_or_none});
    row.duration(
        "after", &Pool::after_seconds,
        {.about = "taken for what those before it have left for so long", .range = non_negative, .fallback = "\"0s\""});
  }
};

/// What an instance loads before its first request.
struct ColdStart {
  double image_gb = 0.0, pull_gb_per_second = 0.0;
  double model_gb = 0.0, load_gb_per_second = 0.0;

  double seconds() const { return image_gb / pull_gb_per_second + model_gb / load_gb_per_second; }

  static constexpr std::string_view table_name = "cold_start";
  template <class Rows>
  static void fields(Rows& row) {
    row.number("image_gb", &ColdStart::image_gb,
               {.about = "GB of the container's image", .range = non_negative, .fallback = "0"});
    row.number("pull_gb_per_s", &ColdStart::pull_gb_per_second,
               {.about = "GB a second at which it is pulled", .range = positive, .fallback = "1"});
    row.number("model_gb", &ColdStart::model_gb,
               {.about = "GB of the model's weights", .range = non_negative, .fallback = "0"});
    row.number("load_gb_per_s", &ColdStart::load_gb_per_second,
               {.about = "GB a second at which they are loaded", .range = positive, .fallback = "1"});
  }
};

/// How a plan runs a service.
struct ServiceAssignment {
  int service = 0;
  double utilization = 1.0;
  int min = 0, max = 4096;
  double scale_up_delay_seconds = 0.0;
  std::optional<ColdStart> cold_start;
  double scale_down_window_seconds = 0.0;
  int warm = 0;
  double warm_price = 1.0;
  std::vector<Pool> pools;
  int overflow = -1;  ///< index into Scenario::serverless; -1: turned away
  std::vector<int> optimizations;

  /// From wanting an instance to its first request.
  double start_up_seconds() const { return scale_up_delay_seconds + (cold_start ? cold_start->seconds() : 0.0); }

  static constexpr std::string_view table_name = "plan.service";
  template <class Rows>
  static void fields(Rows& row) {
    row.number("utilization", &ServiceAssignment::utilization,
               {.about = "the autoscaler's target", .range = positive_share, .fallback = "0.7"});
    row.integer("min", &ServiceAssignment::min, {.about = "fewest instances", .range = fleet_or_none, .fallback = "0"});
    row.integer("max", &ServiceAssignment::max, {.about = "most instances", .range = fleet, .fallback = "4096"});
    row.duration(
        "scale_up_delay", &ServiceAssignment::scale_up_delay_seconds,
        {.about = "from wanting an instance to its first request", .range = non_negative, .fallback = "\"0s\""});
    row.table("cold_start", &ServiceAssignment::cold_start,
              {.about = "what an instance loads before its first request, on top of scale_up_delay; absent: nothing"});
    row.duration("scale_down_window", &ServiceAssignment::scale_down_window_seconds,
                 {.about = "an instance is kept until it was not wanted for this long",
                  .range = non_negative,
                  .fallback = "\"0s\""});
    row.integer("warm", &ServiceAssignment::warm,
                {.about = "instances kept started but idle: they stand in at once for what has not started or is lost",
                 .range = fleet_or_none,
                 .fallback = "0"});
    row.number("warm_price", &ServiceAssignment::warm_price,
               {.about = "price of a warm instance over the on-demand price in the first pool's market",
                .range = shares,
                .fallback = "1"});
    row.tables("pools", &ServiceAssignment::pools,
               {.about = "where its instances come from, filled in order; none: overflow alone"});
    row.reference("overflow", &ServiceAssignment::overflow, Kind::serverless,
                  {.about = "what answers requests beyond the fleet; absent: they are turned away"});
    optimizations_row<ServiceAssignment>(row);
    row.derived(&ServiceAssignment::service);
  }
};

struct Commitment {
  int market = 0;
  enum class Kind { discount, capacity };
  Kind kind = Kind::discount;
  int instances = 0;
  double price_per_hour = 0.0;
  double upfront = 0.0;
  double from_seconds = 0.0;
  double term_seconds = 0.0;
  std::string owner = {};             ///< whose uses are covered first; empty: all are alike
  std::string unused = "unused";      ///< who pays for what is not used: an owner, or pro_rata
  std::optional<Law> use_after = {};  ///< share of what is owed after the horizon; empty: as it was used

  static constexpr std::array<const char*, 2> kind_names = {"discount", "capacity"};

  static constexpr std::string_view table_name = "plan.commitment";
  template <class Rows>
  static void fields(Rows& row) {
    row.reference("market", &Commitment::market, scenario::Kind::market, {.about = "where", .required = true});
    row.choice("kind", &Commitment::kind, kind_names,
               {.about = "discount: covers on-demand use; capacity: instances of one's own for reserved use",
                .fallback = "\"discount\""});
    row.integer("instances", &Commitment::instances,
                {.about = "how many; 0: no commitment", .range = fleet_or_none, .required = true});
    row.number("price_per_hour", &Commitment::price_per_hour,
               {.about = "per committed instance, used or not", .range = non_negative, .required = true});
    row.number("upfront", &Commitment::upfront,
               {.about = "paid at its beginning, for all instances together", .range = non_negative, .fallback = "0"});
    term_rows<Commitment>(row);
    contract_rows<Commitment>(row);
  }
};

struct SavingsPlan {
  double spend_per_hour = 0.0;
  std::vector<std::pair<int, double>> discounts;  ///< market, discount
  double from_seconds = 0.0;
  double term_seconds = 0.0;
  std::string owner = {};             ///< whose uses are covered first; empty: all are alike
  std::string unused = "unused";      ///< who pays for what is not used: an owner, or pro_rata
  std::optional<Law> use_after = {};  ///< share of what is owed after the horizon; empty: as it was used

  static constexpr std::string_view table_name = "plan.savings_plan";
  template <class Rows>
  static void fields(Rows& row) {
    row.number("spend_per_hour", &SavingsPlan::spend_per_hour,
               {.about = "committed spend, used or not; 0: no savings plan", .range = non_negative, .required = true});
    row.numbers_by_name(
        "discounts", &SavingsPlan::discounts, Kind::market,
        {.about = "discount on the on-demand price, by market", .range = {0.0, 1.0, false, true}, .required = true});
    term_rows<SavingsPlan>(row);
    contract_rows<SavingsPlan>(row);
  }
};

/// A promise to spend so much in each period, whose shortfall is due.
struct SpendCommitment {
  double amount = 0.0;
  Per per = Per::horizon;
  std::vector<Category> of;
  double from_seconds = 0.0, until_seconds = 0.0;
  std::string unused = "unused";      ///< who pays the shortfall
  std::optional<Law> use_after = {};  ///< share of what is owed after the horizon; empty: as in the last period
  double spent = 0.0;                 ///< of what remains of a scenario: in the period that has begun, before its start

  static std::vector<Category> usual_categories() {
    return {Category::commitment, Category::on_demand, Category::spot, Category::serverless, Category::egress};
  }

  static constexpr std::string_view table_name = "plan.spend_commitment";
  template <class Rows>
  static void fields(Rows& row) {
    row.number("amount", &SpendCommitment::amount,
               {.about = "to be spent in each period", .range = non_negative, .required = true});
    row.choice("per", &SpendCommitment::per, per_names,
               {.about = "the whole time from 'from' to 'until', or each year, quarter or month of it",
                .fallback = "\"horizon\""});
    row.choices("of", &SpendCommitment::of, category_names,
                {.about = "categories that count; absent: all of these but item and one-off",
                 .choices = {"commitment", "on-demand", "spot", "serverless", "egress", "item", "one-off"}});
    row.instant("from", &SpendCommitment::from_seconds,
                {.about = "when it begins", .range = non_negative, .fallback = "\"0s\""});
    row.instant("until", &SpendCommitment::until_seconds,
                {.about = "when it ends; absent: the horizon", .range = positive});
    row.label("unused", &SpendCommitment::unused,
              {.about = "who pays what is not spent: the name of an owner, or \"unused\"", .fallback = "\"unused\""});
    row.law_or_word(
        "after_horizon", &SpendCommitment::use_after, {{"as-used", std::nullopt}, {"stranded", 0.0}, {"of-use", 1.0}},
        {.about = "share of what is promised for the time after the horizon that will be of use; the rest is stranded",
         .range = shares,
         .fallback = "\"as-used\""});
    row.derived(&SpendCommitment::spent);
  }
};

struct Credit {
  double amount = 0.0;
  double until_seconds = 0.0;

  static constexpr std::string_view table_name = "plan.credit";
  template <class Rows>
  static void fields(Rows& row) {
    row.number("amount", &Credit::amount,
               {.about = "pays the first part of the bill", .range = non_negative, .required = true});
    row.instant("until", &Credit::until_seconds, {.about = "when it lapses; absent: the horizon", .range = positive});
  }
};

struct Plan {
  std::string name;
  std::optional<Credit> credit;
  std::vector<JobAssignment> jobs;
  std::vector<ServiceAssignment> services;
  std::vector<Commitment> commitments;
  std::vector<SavingsPlan> savings_plans;
  std::vector<SpendCommitment> spend_commitments;

  static constexpr std::string_view table_name = "plan";
  template <class Rows>
  static void fields(Rows& row) {
    row.text("name", &Plan::name, {.about = "name of the plan", .required = true});
    row.key({.name = "extends", .about = "another plan to start from"});
    row.table("credit", &Plan::credit, {.about = "absent: none"});
    row.sections_by_name("job", &Plan::jobs, &JobAssignment::job, Kind::job,
                         {.about = "how the plan runs a job, by job"});
    row.sections_by_name("service", &Plan::services, &ServiceAssignment::service, Kind::service,
                         {.about = "how the plan runs a service, by service"});
    row.sections("commitment", &Plan::commitments, {.about = "instances committed to for a term"});
    row.sections("savings_plan", &Plan::savings_plans, {.about = "spend committed to for a term"});
    row.sections("spend_commitment", &Plan::spend_commitments,
                 {.about = "a bill promised to the provider, whose shortfall is due"});
  }
};

extern template const TableOf<Plan>& table_of<Plan>();

/// Fills in what the plan takes over from its jobs and from the horizon, puts its assignments in the order of what they
/// run, and notes where it asks for more than its markets sell or it has committed.
/// @param services the tables of the scenario's services
void complete(const TableReader& table, Plan& plan, const Scenario& scenario, const std::vector<TableReader>& services);

}  // namespace costrisk::scenario
