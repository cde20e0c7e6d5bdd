// Charts as static SVG: for builds without the page's script, and for readers that run none.
#pragma once

#include <string>
#include <vector>

#include "src/present/page/chart.hpp"

namespace costrisk::present::html {

/// An svg element 720 units wide, coloured by the page's style sheet. Plans that are not shown at first are left out.
std::string static_chart(const Chart& chart, const std::vector<PlanStyle>& plans);

}  // namespace costrisk::present::html
