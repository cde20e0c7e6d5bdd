// What the page's script draws from: the results' JSON, rounded, and what the page shows of it.
#pragma once

#include <nlohmann/json.hpp>

#include "src/present/page/sections.hpp"

namespace costrisk::present::html {

/// The document of `--json` with the quantities that charts show, to six digits, and beside it:
/// "page": {"featured", "shown", "levels", "start", "horizon_hours", "period", "sign", "budget": the budget line,
/// "exceedance" and "density" by plan, "finish" by job and plan, "deadlines" by job, "owners" of services}.
nlohmann::ordered_json page_data(const Material& material, const BudgetLine& budget);

}  // namespace costrisk::present::html
