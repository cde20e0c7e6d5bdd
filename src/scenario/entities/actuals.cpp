#include "src/scenario/entities/actuals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/entities/history.hpp"
#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {
namespace {

void check_until(const TableReader& table, const Actuals& actuals, const Scenario& scenario) {
  if (!table.has("until")) return;
  const double steps = actuals.until_seconds / scenario.step_seconds;
  if (actuals.until_seconds >= scenario.horizon_seconds)
    table.error("until",
                fmt::format("'until' is {} after the start, and the horizon {}; expected an instant before the "
                            "horizon, so that something is left to simulate",
                            duration_text(actuals.until_seconds), duration_text(scenario.horizon_seconds)));
  else if (steps != std::floor(steps))
    table.error("until", fmt::format("'until' is {} after the start, which is no whole number of steps of {}; expected "
                                     "one, or a shorter step",
                                     duration_text(actuals.until_seconds), duration_text(scenario.step_seconds)));
}

/// What of a job that has begun is done, the bill does not say.
void check_done(const TableReader& table, const Actuals& actuals, const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.jobs.size(); ++i) {
    const Job& job = scenario.jobs[i];
    const auto said = std::find_if(actuals.done.begin(), actuals.done.end(),
                                   [i](const auto& entry) { return entry.first == static_cast<int>(i); });
    const bool has_begun = job.release_seconds < actuals.until_seconds;
    if (said == actuals.done.end()) {
      if (has_begun && !job.repeat_seconds && !table.broken("done"))
        table.error(table.given("done") ? "done" : "until",
                    fmt::format("the job '{}' is released before 'until', and the bill does not say how much of it is "
                                "done; expected done.{} from 0 to 1 (1: it has ended)",
                                job.name, job.name));
      continue;
    }
    if (!has_begun)
      table.error("done",
                  fmt::format("the job '{}' is released after 'until'; expected none of it to be done", job.name));
    else if (job.repeat_seconds)
      table.error("done", fmt::format("the job '{}' repeats: its runs released before 'until' count as done; expected "
                                      "no share of it",
                                      job.name));
    else if (said->second > 0.0 && said->second < 1.0 && job.attempts && job.attempts->success < 1.0)
      table.error("done",
                  fmt::format("the job '{}' starts over where its work is not accepted, and a part of an attempt is "
                              "not told from the whole; expected 0 or 1",
                              job.name));
  }
}

void check_demand(const TableReader& table, const Actuals& actuals, const Demand& demand, std::size_t index) {
  if (!demand.history) return;
  for (const auto& [measured, rate] : actuals.measured)
    if (measured == static_cast<int>(index))
      table.error(
          "measured",
          fmt::format("the demand '{}' is a history, which goes on at 'until'; expected no rate for it", demand.name));
  if (table.has("until") && demand.history->sampling != History::Sampling::replay &&
      std::fmod(actuals.until_seconds, seconds_per_day) != 0.0)
    table.error("until",
                fmt::format("the history of the demand '{}' is drawn by whole days, and 'until' is {} after the "
                            "start; expected the same time of day",
                            demand.name, duration_text(actuals.until_seconds)));
}

}  // namespace

std::vector<Paid::Days> Paid::gaps() const {
  std::vector<Days> gaps;
  for (std::size_t day = 0; day < has_day.size(); ++day) {
    if (has_day[day]) continue;
    if (gaps.empty() || gaps.back().last < day) gaps.push_back({day, day});
    ++gaps.back().last;
  }
  return gaps;
}

std::int64_t Paid::sum(std::int32_t from, std::int32_t until, int owner, std::uint32_t categories) const {
  std::int64_t total = 0;
  for (std::size_t stretch = 0; stretch < ends.size(); ++stretch) {
    if (ends[stretch] <= from || ends[stretch] > until) continue;
    for (std::size_t o = 0; o < owners.size(); ++o) {
      if (owner >= 0 && o != static_cast<std::size_t>(owner)) continue;
      for (std::size_t c = 0; c < category_count; ++c)
        if (categories >> c & 1u) total += micros[(stretch * owners.size() + o) * category_count + c];
    }
  }
  return total;
}

template const TableOf<Actuals>& table_of<Actuals>();

void complete(const TableReader& table, Actuals& actuals, const Scenario& scenario) {
  actuals.paths.clear();
  for (std::string& written : actuals.bill) {
    const FilePath file = file_path(table, "bill", written);
    actuals.paths.push_back(file.resolved);
    written = file.written;
  }
  check_until(table, actuals, scenario);
  check_done(table, actuals, scenario);
  for (std::size_t i = 0; i < scenario.demands.size(); ++i) check_demand(table, actuals, scenario.demands[i], i);
}

}  // namespace costrisk::scenario
