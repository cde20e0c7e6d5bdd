// Optimizations: what raises throughput, and what it costs a plan to use it.
#pragma once

#include <string>

#include "src/scenario/entities/values.hpp"

namespace costrisk::scenario {

struct Optimization {
  std::string name;
  Law throughput;
  Law once;

  static constexpr std::string_view table_name = "optimization";
  template <class Rows>
  static void fields(Rows& row) {
    row.text("name", &Optimization::name, {.about = "quantization, batching, packing, …", .required = true});
    row.key({.name = "like", .about = "another optimization to start from"});
    row.law("throughput", &Optimization::throughput,
            {.about = "what it multiplies throughput by", .range = positive, .required = true});
    row.law("once", &Optimization::once,
            {.about = "paid by each plan that uses it", .range = non_negative, .fallback = "0"});
  }
};

extern template const TableOf<Optimization>& table_of<Optimization>();

}  // namespace costrisk::scenario
