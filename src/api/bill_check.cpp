// Forecasts held against bills: options of the interface in, what came of them out.
#include <fmt/format.h>

#include "costrisk/backtest.hpp"
#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/api/tables.hpp"
#include "src/backtest/bill_check.hpp"
#include "src/present/text/actuals.hpp"
#include "src/present/text/bill_check.hpp"
#include "src/present/text/reading.hpp"
#include "src/run/explained_run.hpp"
#include "src/run/run.hpp"
#include "src/scenario/reader/dates.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk {

namespace {

BillCheck checked(const scenario::Scenario& scenario, std::uint64_t first_path, std::uint64_t paths,
                  const BillCheckOptions& options) {
  if (options.bills.empty()) throw InputError("there is no bill; expected one file or more");
  backtest::BillCheckOptions check;
  for (const std::filesystem::path& bill : options.bills) {
    trace::require_file(bill);
    check.bills.push_back(bill.string());
  }
  check.owner_tag = options.owner_tag;
  check.owner_column = options.owner_column;
  if (!options.until.empty()) {
    const auto instant = trace::parse_instant(options.until);
    if (!instant)
      throw InputError(fmt::format("'{}' is no date; expected one such as 2027-07-01", trace::shown(options.until)));
    check.until_seconds = instant->seconds - scenario::seconds_since_1970(scenario.start);
  }
  check.run.first_path = first_path;
  check.run.paths = options.paths;
  check.paths = paths;
  check.run.threads = options.threads;
  check.run.backend = options.backend;
  check.run.progress = options.progress;
  check.run.stop = &Access::stop(options.cancellation);
  run::require_backend(options.backend, {});
  const backtest::BillCheck found = backtest::check_bill(scenario, check);
  if (found.paths == 0) throw Cancelled("the check was cancelled before any of its futures was done");

  BillCheck result;
  for (const backtest::PlanBillCheck& plan : found.plans) {
    result.plans.push_back(plan.plan);
    result.held.push_back(plan.held());
    for (const backtest::OwnerBillCheck& owner : plan.owners) {
      const auto add = [&](const backtest::BillPeriod& p) {
        result.checks.push_back({plan.plan, owner.owner, p.name, p.came, p.mean, p.p5, p.p25, p.p50, p.p75, p.p95,
                                 p.transform, p.within50(), p.within90()});
      };
      for (const backtest::BillPeriod& month : owner.months) add(month);
      if (owner.months.size() > 1) add(owner.all);
    }
  }
  result.verdict = present::bill_verdict(found);
  result.read.address = "bill";
  for (const trace::Reading& reading : found.read.actuals->paid->readings) {
    result.read.text += (result.read.text.empty() ? "" : "; ") + present::reading_text(reading);
    for (const std::string& remark : present::reading_remarks(reading)) result.read.remarks.push_back(remark);
  }
  for (std::string& remark : present::bill_remarks(found.read)) result.read.remarks.push_back(std::move(remark));
  result.tables = tables_of(present::bill_tables(found));
  result.json = trace::json_text(present::bill_json(found));
  return result;
}

}  // namespace

BillCheck check_forecast(const Scenario& scenario, const BillCheckOptions& options) {
  return at_boundary([&] {
    const auto loaded = Access::data(scenario).loaded();
    return checked(loaded->scenario, 0, loaded->scenario.simulation.paths, options);
  });
}

BillCheck check_forecast(const Results& results, const BillCheckOptions& options) {
  return at_boundary([&] {
    const Results::Data& data = Access::data(results);
    const scenario::Scenario scenario =
        data.scenario ? *data.scenario
                      : run::scenario_of(data.results, data.file, options.histories.string(), options.root.string());
    return checked(scenario, data.results.first_path, data.results.paths, options);
  });
}

}  // namespace costrisk
