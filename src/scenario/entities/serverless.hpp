// Serverless offers: hosted services paid by use.
#pragma once

#include <optional>
#include <string>

#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Serverless {
  std::string name;
  Law per_request;
  Law input_per_million, output_per_million;
  std::optional<Law> cached_input_per_million;
  double max_rate = infinite;  ///< requests per second; infinity: unlimited
  std::optional<double> latency_seconds;

  struct PerMillion {
    using Of = Serverless;
    static constexpr std::string_view table_name = "per_million";
    template <class Rows>
    static void fields(Rows& row) {
      row.law("input", &Serverless::input_per_million,
              {.about = "per million input tokens", .range = non_negative, .fallback = "0"});
      row.law("cached_input", &Serverless::cached_input_per_million,
              {.about = "per million input tokens read from the cache; absent: as other input", .range = non_negative});
      row.law("output", &Serverless::output_per_million,
              {.about = "per million output tokens", .range = non_negative, .fallback = "0"});
    }
  };

  static constexpr std::string_view table_name = "serverless";
  template <class Rows>
  static void fields(Rows& row) {
    row.text("name", &Serverless::name, {.about = "a hosted service paid by use", .required = true});
    row.key({.name = "like", .about = "another one to start from"});
    row.law("per_request", &Serverless::per_request,
            {.about = "price of a request", .range = non_negative, .fallback = "0"});
    row.part("per_million", PerMillion{}, {.about = "prices of tokens"});
    row.number("max_rate", &Serverless::max_rate,
               {.about = "requests per second; absent: unlimited", .range = positive});
    row.duration(
        "latency", &Serverless::latency_seconds,
        {.about = "how long a request takes; absent: no longer than a service's objective", .range = positive});
  }
};

extern template const TableOf<Serverless>& table_of<Serverless>();

}  // namespace costrisk::scenario
