// Services: autoscaled fleets that answer a demand.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Scenario;

struct Queue {
  double drain_seconds = 0.0;
  double limit_requests = 0.0;

  static constexpr std::string_view table_name = "queue";
  template <class Rows>
  static void fields(Rows& row) {
    row.duration(
        "drain", &Queue::drain_seconds,
        {.about = "the fleet is sized to work off the queue within this", .range = positive, .required = true});
    row.number("limit", &Queue::limit_requests,
               {.about = "requests that may wait", .range = positive, .required = true});
  }
};

/// How long requests take, by the load of what is in service.
struct Latency {
  enum class Model { curve, mmc };
  Model model = Model::curve;
  NumberPairs curve;                           ///< load, seconds
  std::optional<double> service_time_seconds;  ///< of M/M/c
  double objective_seconds = 0.0;

  static constexpr std::array<const char*, 2> model_names = {"curve", "mmc"};

  static constexpr std::string_view table_name = "latency";
  template <class Rows>
  static void fields(Rows& row) {
    row.duration("objective", &Latency::objective_seconds,
                 {.about = "requests that take no longer meet it", .range = positive, .required = true});
    row.choice("model", &Latency::model, model_names,
               {.about = "latency by a measured curve, or as in a queue with as many servers as the fleet works on "
                         "requests at a time (M/M/c)",
                .fallback = "\"curve\""});
    row.number_pairs("curve", &Latency::curve,
                     {.about = "[load, seconds]: a percentile that was measured, by the share of what is in service "
                               "that is used; linear between the points",
                      .range = non_negative});
    row.duration("service_time", &Latency::service_time_seconds,
                 {.about = "mmc: how long a request takes that need not wait", .range = positive});
  }
};

/// What one replica of a service needs of an instance: whole GPUs, or slices of one GPU.
struct Replica {
  std::optional<int> gpus, slices;

  static constexpr std::string_view table_name = "replica";
  template <class Rows>
  static void fields(Rows& row) {
    row.integer("gpus", &Replica::gpus, {.about = "whole GPUs that one replica takes", .range = {1.0, 1024.0}});
    row.integer("slices", &Replica::slices,
                {.about = "slices of one GPU that one replica takes; in place of gpus", .range = {1.0, 64.0}});
    row.alternatives({{"gpus"}, {"slices"}}, true);
  }
};

struct Service {
  std::string name, owner;
  int demand = 0;
  std::vector<MarketRate> rate;        ///< requests per second one instance sustains
  bool rate_is_output_tokens = false;  ///< the rates are output tokens per second
  std::vector<MarketRate> input_rate;  ///< input tokens per second; none: they take no time
  double unserved_penalty = 0.0;       ///< per request
  std::optional<Queue> queue;
  std::optional<Latency> latency;
  std::optional<Replica> replica;

  static constexpr std::string_view table_name = "service";
  template <class Rows>
  static void fields(Rows& row) {
    row.text("name", &Service::name, {.about = "an autoscaled fleet that answers a demand", .required = true});
    row.key({.name = "like", .about = "another service to start from"});
    row.label_or("owner", &Service::owner, "name", {.about = "who pays; absent: the service's name"});
    row.reference("demand", &Service::demand, Kind::demand, {.about = "the demand it answers", .required = true});
    row.rates("rate", Type::law, &Service::rate,
              {.about = "requests per second one instance sustains within its objective, by market", .range = positive})
        .alternative(&Service::rate_is_output_tokens, false);
    row.rates(
           "output_token_rate", Type::law, &Service::rate,
           {.about = "output tokens per second one instance sustains, by market; in place of rate", .range = positive})
        .alternative(&Service::rate_is_output_tokens, true);
    row.rates("input_token_rate", Type::law, &Service::input_rate,
              {.about = "input tokens per second one instance reads (prefill) while it writes none, by market; beside "
                        "output_token_rate; absent: they take no time",
               .range = positive});
    row.number("unserved_penalty", &Service::unserved_penalty,
               {.about = "per request turned away", .range = non_negative, .fallback = "0"});
    row.table("queue", &Service::queue, {.about = "work that waits instead of being lost; absent: it does not wait"});
    row.table("latency", &Service::latency,
              {.about = "how long requests take, and how long they may; absent: results know no latency"});
    row.table("replica", &Service::replica,
              {.about = "what one replica needs: rates are then of a replica, and as many run in an instance as fit; "
                        "absent: rates are of an instance"});
    row.derived(&Service::rate_is_output_tokens);
    row.alternatives({{"rate"}, {"output_token_rate", "input_token_rate"}}, false);
  }
};

extern template const TableOf<Service>& table_of<Service>();

/// Counts replicas; notes rates of tokens where the demand has none, a latency that is none, and markets whose
/// instances hold no replica.
void complete(const TableReader& table, Service& service, const Scenario& scenario);

}  // namespace costrisk::scenario
