/// @file
/// A page in which a scenario is simulated as its values are moved.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "costrisk/errors.hpp"
#include "costrisk/export.hpp"
#include "costrisk/scenario.hpp"

namespace costrisk {

/// A value that a live page has a slider for.
struct LiveSlider {
  std::string address;         ///< of a number or a duration, as Scenario::get takes it
  std::optional<double> from;  ///< where the slider begins, of durations hours; absent: below the scenario's value
  std::optional<double> to;    ///< where it ends, likewise; absent: above that value
};

/// What a live page has, and what it is made of.
struct LivePageOptions {
  std::vector<LiveSlider> sliders;  ///< none: the page chooses among budget, deadlines, prices, demands and plans
  std::uint64_t paths = 20000;      ///< futures after which the page has settled, at most 2^20
  std::string file;                 ///< the scenario's, as the command reads that the page shows
  /// Options of that command that the scenario was read with, each with its value: {"--set", "budget=3000"}.
  std::vector<std::pair<std::string, std::string>> options;
  /// Where costrisk_live.js and costrisk_live.wasm.gz lie; empty: `live` beside the program, or share/costrisk/live of
  /// the installation that the program is part of.
  std::filesystem::path engine;
};

/// One HTML file, with the scenario, its histories and the engine in it, that works offline. The engine is the same as
/// that of a run, compiled to WebAssembly: a settled page has the figures of `costrisk run --paths` to the last bit.
/// @throws InvalidScenario, FileError where a history or the engine cannot be read
/// @throws InputError where the engine is not there, or an address has no number or duration
COSTRISK_API std::string live_page(const Scenario& scenario, const LivePageOptions& options = {});

}  // namespace costrisk
