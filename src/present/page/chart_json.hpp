// Charts as the page's script reads them.
#pragma once

#include <nlohmann/json.hpp>

#include "src/present/page/chart.hpp"

namespace costrisk::present::html {

/// {"id", "kind", "plan", axes, series}; numbers that do not exist or are infinite are null.
nlohmann::ordered_json chart_json(const Chart& chart);

/// A number to so many digits, of which curves need no more than a screen can show.
double rounded(double value, int digits = 6);

}  // namespace costrisk::present::html
