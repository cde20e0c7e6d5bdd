// Overrides of single values, as given by --set ADDRESS=VALUE.
#pragma once

#include <string>
#include <vector>

#include "src/scenario/reader/assignment.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/node.hpp"

namespace costrisk::scenario {

/// Sets the value at an address of a composed document: "market.p4d.spot.price.mean=9.5", "horizon=13w",
/// "plan.spot first.job.pretrain.instances=16". The value is TOML; a bare word that is no TOML value is a
/// text. An optional key is created. "ADDRESS *= FACTOR" multiplies the number, duration or law that is there. In an
/// address * stands for any text: "market.p5-*.on_demand.price=66", "market.*.price *= 1.2"; what fits is set in all
/// tables that are there. A value that `like` or `extends` copied from one that is set, and that is not set itself, is
/// named in a warning. Problems are noted with the assignment as the text they stand in, under the name of its source.
void apply_override(const Assignment& assignment, Diagnostics& diagnostics, Node& root);

/// A number, duration or law of a scenario, that can be multiplied.
struct NumberAt {
  std::string address;
  double value = 0.0;  ///< hours of a duration; of a law its mode or median
  bool is_integer = false;
};

/// Every one that stands in a document with the long spellings (a resolved text), a law as one, and none that is 0.
/// Those of tables that only say how to simulate or what to aim for are left out.
std::vector<NumberAt> numbers_of(const Node& root);

}  // namespace costrisk::scenario
