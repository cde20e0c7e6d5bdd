// Jobs: gang-scheduled, checkpointed training or batch work.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Scenario;

struct Checkpoint {
  double interval_seconds = 0.0;  ///< 0: an interruption loses nothing
  double write_seconds = 0.0;

  static constexpr std::string_view table_name = "checkpoint";
  template <class Rows>
  static void fields(Rows& row) {
    row.duration(
        "interval", &Checkpoint::interval_seconds,
        {.about = "run time between checkpoints; \"0s\": an interruption loses nothing", .range = non_negative});
    row.duration(
        "write", &Checkpoint::write_seconds,
        {.about = "pause to write one; give its real length, since a reclaim with as much notice loses nothing",
         .range = non_negative,
         .fallback = "\"0s\""});
  }
};

struct Attempts {
  double success = 1.0;
  int max = 1;

  static constexpr std::string_view table_name = "attempts";
  template <class Rows>
  static void fields(Rows& row) {
    row.number("success", &Attempts::success,
               {.about = "share of finished runs that please", .range = success_share, .required = true});
    row.integer("max", &Attempts::max,
                {.about = "runs after which whatever came out is accepted", .range = {1.0, 1000.0}, .required = true});
  }
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

  static constexpr std::array<const char*, 2> unfinished_names = {"buy-out", "ignore"};

  static constexpr std::string_view table_name = "job";
  template <class Rows>
  static void fields(Rows& row) {
    row.text("name", &Job::name, {.about = "gang-scheduled, checkpointed training or batch work", .required = true});
    row.key({.name = "like", .about = "another job to start from"});
    row.label_or("owner", &Job::owner, "name", {.about = "who pays; absent: the job's name"});
    row.law("work", &Job::work_instance_hours,
            {.about = "instance-hours at throughput 1; drawn anew for each run", .range = positive, .required = true});
    row.rates("throughput", Type::number, &Job::throughput,
              {.about = "speed in each market the job can run in", .range = positive, .required = true});
    row.number("scaling", &Job::scaling,
               {.about = "efficiency kept at each doubling of the gang", .range = positive_share, .fallback = "1"});
    row.table("checkpoint", &Job::checkpoint, {.about = "absent: an interruption loses all work"});
    row.duration("restart", &Job::restart_seconds,
                 {.about = "provisioning and loading, after each start, switch or interruption",
                  .range = non_negative,
                  .fallback = "\"0s\""});
    row.instant("release", &Job::release_seconds,
                {.about = "when the first run may begin", .range = non_negative, .fallback = "\"0s\""});
    row.duration(
        "repeat", &Job::repeat_seconds,
        {.about = "from one release to the next before the horizon; absent: released once", .range = positive});
    row.table("attempts", &Job::attempts,
              {.about = "a finished run may fail to please and starts over; absent: always pleases"});
    row.instant("deadline", &Job::deadline_seconds,
                {.about = "after each release, or the date for the first; absent: none, and policies work towards the "
                          "horizon",
                 .range = positive,
                 .since = "release"});
    row.number("late_penalty", &Job::late_penalty_per_hour,
               {.about = "per hour late", .range = non_negative, .fallback = "0"});
    row.choice("unfinished", &Job::unfinished, unfinished_names,
               {.about = "work left at the horizon is priced at on-demand, or ignored", .fallback = "\"buy-out\""});
    row.number("state_gb", &Job::state_gb,
               {.about = "moved, and paid for as egress, when the job changes market",
                .range = non_negative,
                .fallback = "0"});
  }
};

extern template const TableOf<Job>& table_of<Job>();

/// Notes which values of the job cannot stand together, or do not fit the horizon.
void complete(const TableReader& table, const Job& job, const Scenario& scenario);

/// Notes that the table of a job, or of what a plan makes of it, has a checkpoint without an interval.
void check_interval(const TableReader& owner);

}  // namespace costrisk::scenario
