// Overrides of single values, as given by --set ADDRESS=VALUE.
#pragma once

#include <string>

#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/node.hpp"

namespace costrisk::scenario {

/// What stands for the file in messages about overrides.
inline constexpr const char* override_source = "--set";

/// Sets the value at an address of a composed document: "market.p4d.spot.price.mean=9.5", "horizon=13w",
/// "plan.spot first.job.pretrain.instances=16". The value is TOML; a bare word that is no TOML value is a
/// text. An optional key is created. Problems are noted with the override as the text they stand in.
void apply_override(const std::string& assignment, Diagnostics& diagnostics, Node& root);

}  // namespace costrisk::scenario
