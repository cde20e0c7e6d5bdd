// The validated scenario: what a scenario file means once every include, `like`, `extends`, default
// and reference is resolved. Plain data; nothing here reads a file or draws a number.
//
// Conventions: durations are in seconds (`_seconds`) unless a field says otherwise, money in the
// scenario's currency, shares in 0..1. Cross references are indices into the vectors of `Scenario`.
// A law of a duration (a mean sojourn, an MTBF) is a law of hours.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/model/terms.hpp"
#include "src/trace/history.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

/// A loading on a factor: the weight `beta` of that factor in a standard-normal mixture.
struct Loading {
  int factor = 0;  ///< index into Scenario::factors
  double beta = 0.0;
};
using Loadings = std::vector<Loading>;  ///< sum of beta² is at most 1

/// A value that is known, or drawn once per future.
struct Law {
  enum class Kind { constant, triangular, log_normal };
  Kind kind = Kind::constant;
  double low = 0.0;     ///< triangular
  double mode = 0.0;    ///< triangular; the value of a constant
  double high = 0.0;    ///< triangular
  double median = 0.0;  ///< log-normal
  double spread = 0.0;  ///< log-normal: standard deviation of the logarithm
  Loadings loading;
  std::string address;  ///< where the value stands: "market.p4d.on_demand.price"; also its stream's name

  static Law constant(double value) {
    Law law;
    law.mode = value;
    return law;
  }
  bool is_constant() const { return kind == Kind::constant; }
};

/// Log-normal durations by mean and coefficient of variation.
struct DurationLaw {
  double mean_seconds = 0.0;
  double cv = 1.0;
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
};

/// A measured trace in place of laws.
struct History {
  enum class Sampling { replay, window, bootstrap };
  std::string path;     ///< resolved against the folder of the file that names it
  std::string written;  ///< the same as the scenario file itself would write it: relative to its folder, or absolute
  std::string column;   ///< of a CSV file; empty: the only one beside the time
  Sampling sampling = Sampling::replay;
  double offset_seconds = 0.0;          ///< replay: where in the trace the horizon begins
  std::optional<double> every_seconds;  ///< replay: how much later each path begins than the one before
  double block_seconds = 0.0;           ///< bootstrap of prices and demands; 0: not given
  std::string joint;                    ///< histories of one name are drawn together; empty: those of the same file
  std::shared_ptr<const trace::History> trace;  ///< what the file holds
  std::string content_sha256;                   ///< of the file's bytes
};

struct Shock {
  Renewal renewal;
  double size = 0.0;  ///< standard deviations
};

struct Factor {
  std::string name;
  double half_life_seconds = 0.0;  ///< infinity: "forever"
  std::optional<Shock> shock;
};

/// One side (up or down) of a capacity process.
struct Sojourn {
  Law mean_hours;
  double cv = 1.0;
};

struct Capacity {
  Sojourn up, down;
  std::optional<Law> depth;  ///< instances; redrawn for each up-run; absent: unlimited
  Loadings loading;
};

struct SpotPrice {
  Law mean;                        ///< per instance-hour
  std::optional<Process> process;  ///< absent: constant over the path
  double cap = 0.0;                ///< infinity: none
};

struct Spot {
  std::optional<SpotPrice> price;    ///< absent only where a history gives the price
  std::optional<Capacity> capacity;  ///< absent: always up
  std::optional<Law> reclaim_every_hours;
  double notice_seconds = 0.0;
  std::optional<History> capacity_history, price_history;
};

struct OnDemand {
  Law price;  ///< per instance-hour
  std::optional<Capacity> capacity;
};

struct Repricing {
  double every_seconds = 0.0;
  Law multiplier;
};

struct Market {
  std::string name, provider, region, instance, as_of;
  int gpus = 0;
  std::optional<Law> hardware_mtbf_hours;
  double billing_increment_seconds = 1.0;
  double billing_minimum_seconds = 0.0;
  double egress_per_gb = 0.0;
  std::optional<Repricing> repricing;
  std::optional<OnDemand> on_demand;
  std::optional<Spot> spot;
};

struct Change {
  double at_seconds = 0.0;
  Law multiplier;
  double chance = 1.0;
};

struct Bursts {
  Renewal renewal;
  double multiplier = 1.0;
};

struct Tokens {
  Law input, output;  ///< per request
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
};

struct Checkpoint {
  double interval_seconds = 0.0;  ///< 0: an interruption loses nothing
  double write_seconds = 0.0;
};

struct Attempts {
  double success = 1.0;
  int max = 1;
};

/// A rate (throughput, requests per second) that a workload reaches in one market.
struct MarketRate {
  int market = 0;
  Law rate;
};

struct Job {
  std::string name, owner;
  Law work_instance_hours;             ///< at throughput 1; drawn anew for each run
  std::vector<MarketRate> throughput;  ///< markets it can run in; constants
  double scaling = 1.0;
  std::optional<Checkpoint> checkpoint;  ///< absent: an interruption loses all work
  double restart_seconds = 0.0;
  double release_seconds = 0.0;
  std::optional<double> repeat_seconds;
  std::optional<Attempts> attempts;
  std::optional<double> deadline_seconds;  ///< after each release
  double late_penalty_per_hour = 0.0;
  enum class Unfinished { buy_out, ignore };
  Unfinished unfinished = Unfinished::buy_out;
  double state_gb = 0.0;
};

struct Queue {
  double drain_seconds = 0.0;
  double limit_requests = 0.0;
};

struct Service {
  std::string name, owner;
  int demand = 0;
  std::vector<MarketRate> rate;        ///< requests per second one instance sustains
  bool rate_is_output_tokens = false;  ///< the rates are output tokens per second
  double unserved_penalty = 0.0;       ///< per request
  std::optional<Queue> queue;
};

struct Serverless {
  std::string name;
  Law per_request;
  Law input_per_million, output_per_million;
  double max_rate = 0.0;  ///< requests per second; infinity: unlimited
};

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
};

struct Optimization {
  std::string name;
  Law throughput;
  Law once;
};

/// How a plan runs a job.
struct JobAssignment {
  int job = 0;
  std::vector<int> markets;  ///< tried in order
  Choose choose = Choose::first;
  int instances = 1;
  Policy policy = Policy::on_demand;
  std::optional<Checkpoint> checkpoint;  ///< the job's own, or the plan's override
  double restart_seconds = 0.0;          ///< likewise
  std::vector<int> optimizations;
};

struct Pool {
  int market = 0;
  Purchase buy = Purchase::on_demand;
  double share = 1.0;
  int max = 4096;
};

/// How a plan runs a service.
struct ServiceAssignment {
  int service = 0;
  double utilization = 1.0;
  int min = 0, max = 4096;
  double scale_up_delay_seconds = 0.0;
  double scale_down_window_seconds = 0.0;
  std::vector<Pool> pools;
  int overflow = -1;  ///< index into Scenario::serverless; -1: turned away
  std::vector<int> optimizations;
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
};

struct SavingsPlan {
  double spend_per_hour = 0.0;
  std::vector<std::pair<int, double>> discounts;  ///< market, discount
  double from_seconds = 0.0;
  double term_seconds = 0.0;
};

struct Credit {
  double amount = 0.0;
  double until_seconds = 0.0;
};

struct Plan {
  std::string name;
  std::optional<Credit> credit;
  std::vector<JobAssignment> jobs;
  std::vector<ServiceAssignment> services;
  std::vector<Commitment> commitments;
  std::vector<SavingsPlan> savings_plans;
};

struct Goal {
  std::optional<double> over_budget;
  std::vector<std::pair<int, double>> late;    ///< job, largest share accepted
  std::vector<std::pair<int, double>> served;  ///< service, smallest share accepted
};

/// Local civil time of the scenario's start; the profiles and calendar months follow it.
struct StartTime {
  int year = 2026, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

enum class Accounting { effective, billed };

struct Simulation {
  std::uint64_t paths = 100'000;
  std::uint64_t seed = 42;
  std::vector<double> probabilities = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999};
  double bin_seconds = 604'800.0;
  bool calendar_months = false;  ///< bins = "month"
};

struct Scenario {
  std::string name, currency = "USD";
  StartTime start;
  double horizon_seconds = 0.0;
  double step_seconds = 0.0;
  std::optional<double> budget;
  Accounting accounting = Accounting::effective;
  Simulation simulation;
  Goal goal;
  std::vector<Factor> factors;
  std::vector<Market> markets;
  std::vector<Demand> demands;
  std::vector<Job> jobs;
  std::vector<Service> services;
  std::vector<Serverless> serverless;
  std::vector<Item> items;
  std::vector<Optimization> optimizations;
  std::vector<Plan> plans;

  double step_hours() const { return step_seconds / seconds_per_hour; }
  double horizon_hours() const { return horizon_seconds / seconds_per_hour; }
  std::int64_t steps() const { return static_cast<std::int64_t>(horizon_seconds / step_seconds + 0.5); }
};

}  // namespace costrisk::scenario
