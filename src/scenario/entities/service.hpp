// Services: autoscaled fleets that answer a demand.
#pragma once

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

struct Service {
  std::string name, owner;
  int demand = 0;
  std::vector<MarketRate> rate;        ///< requests per second one instance sustains
  bool rate_is_output_tokens = false;  ///< the rates are output tokens per second
  double unserved_penalty = 0.0;       ///< per request
  std::optional<Queue> queue;

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
    row.number("unserved_penalty", &Service::unserved_penalty,
               {.about = "per request turned away", .range = non_negative, .fallback = "0"});
    row.table("queue", &Service::queue, {.about = "work that waits instead of being lost; absent: it does not wait"});
    row.derived(&Service::rate_is_output_tokens);
    row.alternatives({{"rate"}, {"output_token_rate"}}, false);
  }
};

extern template const TableOf<Service>& table_of<Service>();

/// Notes rates of tokens where the demand has none.
void complete(const TableReader& table, const Service& service, const Scenario& scenario);

}  // namespace costrisk::scenario
