// The live page: one HTML file with a scenario and the engine in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace costrisk::present {

/// The engine for browsers, as the build of src/live leaves it.
struct BrowserEngine {
  std::string script;             ///< what loads it
  std::vector<std::byte> packed;  ///< WebAssembly, gzip
};

/// A value that the page has a slider for.
struct Slider {
  std::string address;
  std::optional<double> from, to;  ///< absent: around the scenario's own; of durations hours
};

struct LivePage {
  std::string title;
  std::string file;  ///< the scenario's, in the command that the page shows
  /// Options of the command line that the scenario was read with, each with what it was given: "--set", "budget=3000".
  std::vector<std::pair<std::string, std::string>> options;
  std::string currency;
  std::string toml;                                                       ///< the scenario, resolved
  std::vector<std::pair<std::string, std::vector<std::byte>>> histories;  ///< path as the scenario has it, bytes
  std::vector<Slider> sliders;                                            ///< none: the page chooses
  std::uint64_t paths = 0;                                                ///< futures of a settled run
};

std::string live_page(const LivePage& page, const BrowserEngine& engine);

}  // namespace costrisk::present
