// What a calibration has to say, in every form it is said in.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/calibrate/chart.hpp"
#include "src/calibrate/statistics.hpp"

namespace costrisk::calibrate {

struct Findings {
  std::string title;
  std::string toml;                   ///< a fragment of a scenario, with comments
  std::vector<Table> tables;          ///< estimates and goodness of fit
  std::vector<std::string> notes;     ///< how the data were taken
  std::vector<std::string> warnings;  ///< why the fit may not hold
  std::vector<Chart> charts;
  nlohmann::ordered_json json;
};

/// "5.4 (4.8 – 6.1)"
std::string estimate_text(const Estimate& estimate, int digits = 3);
nlohmann::ordered_json estimate_json(const Estimate& estimate);
/// "0.03"; "≤ 0.0001" for what is no larger than `smallest`, the least that can be told.
std::string p_text(double p, double smallest = 1e-4);

}  // namespace costrisk::calibrate
