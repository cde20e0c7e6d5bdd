// Survival of single instances, and whether one hazard can stand for it.
#include "src/calibrate/lifetimes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "src/calibrate/minimize.hpp"
#include "src/calibrate/statistics.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/trace/columns.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

/// A column of lifetimes and what one of its units is in hours.
struct LifetimeColumn {
  std::size_t column;
  double hours;
};

/// What one of its units is in hours, by the end of a name; nothing where the name has no unit.
std::optional<double> unit_of(const std::string& plain) {
  for (const auto& [unit, hours] :
       {std::pair("hours", 1.0), std::pair("hour", 1.0), std::pair("hrs", 1.0), std::pair("minutes", 1.0 / 60.0),
        std::pair("mins", 1.0 / 60.0), std::pair("min", 1.0 / 60.0), std::pair("milliseconds", 1e-3 / seconds_per_hour),
        std::pair("ms", 1e-3 / seconds_per_hour), std::pair("seconds", 1.0 / seconds_per_hour),
        std::pair("secs", 1.0 / seconds_per_hour), std::pair("sec", 1.0 / seconds_per_hour), std::pair("days", 24.0)})
    if (plain.ends_with(unit)) return hours;
  return std::nullopt;
}

bool says_lifetime(const std::string& plain) {
  for (const char* what : {"lifetime", "duration", "life", "uptime", "runtime", "age", "held"})
    if (plain.starts_with(what)) return true;
  return plain == "hours" || plain == "minutes" || plain == "seconds" || plain == "days";
}

/// The only column that would do; of several, a question.
std::optional<std::size_t> only_one(const trace::CsvTable& table, const std::vector<std::size_t>& found,
                                    const char* what, const char* option) {
  if (found.size() > 1)
    throw results::FormatError(fmt::format("{}:1: which column says {}? {} would do: name one with {}", table.file,
                                           what, trace::names_of(table, found), option));
  return found.empty() ? std::nullopt : std::optional(found[0]);
}

std::optional<LifetimeColumn> lifetime_column(const trace::CsvTable& table, const std::string& named) {
  if (!named.empty()) {
    const std::size_t column = table.required_column({named});
    const auto hours = unit_of(trace::plain_name(named));
    if (!hours)
      throw results::FormatError(fmt::format(
          "{}:1: the unit of '{}' is not in its name; expected one that ends in _hours, _minutes, _seconds or _days",
          table.file, named));
    return LifetimeColumn{column, *hours};
  }
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const std::string plain = trace::plain_name(table.header[i]);
    if (says_lifetime(plain) && unit_of(plain)) found.push_back(i);
  }
  const auto column = only_one(table, found, "how long each instance was held", "--lifetime");
  if (!column) return std::nullopt;
  return LifetimeColumn{*column, *unit_of(trace::plain_name(table.header[*column]))};
}

std::optional<std::size_t> named_column(const trace::CsvTable& table, const std::string& named,
                                        const std::vector<std::string_view>& usual, const char* what,
                                        const char* option) {
  if (!named.empty()) return table.required_column({named});
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < table.header.size(); ++i)
    if (trace::is_one_of(trace::plain_name(table.header[i]), usual)) found.push_back(i);
  return only_one(table, found, what, option);
}

const std::vector<std::string_view> start_names = {
    "start",        "started",    "startedat",   "starttime",     "starttimestamp",
    "launch",       "launchtime", "launched",    "launchedat",    "creationtimestamp",
    "creationtime", "created",    "createdat",   "createtime",    "createdtime",
    "begin",        "began",      "requestedat", "provisionedat", "timecreated",
    "launchdate",   "up",         "uptimestart"};
const std::vector<std::string_view> end_names = {"end",
                                                 "ended",
                                                 "endedat",
                                                 "endtime",
                                                 "endtimestamp",
                                                 "terminated",
                                                 "terminationtime",
                                                 "terminatedat",
                                                 "deletiontimestamp",
                                                 "deletiontime",
                                                 "deleted",
                                                 "deletedat",
                                                 "deletetime",
                                                 "stopped",
                                                 "stoppedat",
                                                 "stoptime",
                                                 "finished",
                                                 "finishedat",
                                                 "finishtime",
                                                 "interruptedat",
                                                 "interruptiontime",
                                                 "preemptedat",
                                                 "preemptiontime",
                                                 "laststoptimestamp",
                                                 "timedeleted",
                                                 "reclaimedat",
                                                 "evictedat"};
const std::vector<std::string_view> flag_names = {
    "lost",           "reclaimed", "preempted",       "interrupted",      "event",      "evicted",      "waspreempted",
    "wasinterrupted", "islost",    "spotinterrupted", "spotinterruption", "preemption", "wasreclaimed", "interruption",
    "eviction"};

bool is_reason(const std::string& plain) {
  for (const char* part : {"reason", "cause", "endedby", "outcome", "exitstatus", "terminationtype", "endtype",
                           "terminatedby", "statechange", "finalstatus", "statuscode"})
    if (plain.find(part) != std::string::npos) return true;
  return plain == "status" || plain == "state" || plain == "why";
}

enum class Answer { lost, kept, unclear };

/// What a word says of an end.
Answer answer_of(std::string_view cell, const std::vector<std::string>& lost_words) {
  const std::string plain = trace::plain_name(cell);
  if (!lost_words.empty())
    return std::any_of(lost_words.begin(), lost_words.end(),
                       [&](const std::string& word) { return trace::plain_name(word) == plain; })
               ? Answer::lost
               : Answer::kept;
  for (const char* yes : {"1", "10", "true", "yes", "y", "t", "lost"})
    if (plain == yes) return Answer::lost;
  for (const char* no : {"0", "00", "false", "no", "n", "f", "", "null", "nan", "na", "none", "censored"})
    if (plain == no) return Answer::kept;
  const auto has = [&plain](std::initializer_list<const char*> parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&plain](const char* part) { return plain.find(part) != std::string::npos; });
  };
  if (has({"user"}) && !has({"spot", "preempt"})) return Answer::kept;
  // "Server.SpotInstanceTermination", "instance-terminated-by-price", "instance-terminated-no-capacity", …
  if (has({"spotinterruption", "spotinstanceinterruption", "spotinstancetermination", "spotinstanceshutdown", "preempt",
           "reclaim", "evict", "interrupt", "nocapacity", "capacityoversubscribed", "terminatedbyprice",
           "stoppedbyprice", "outofcapacity", "insufficientcapacity", "hostfailure", "hosterror", "hardwarefailure",
           "terminatedbyservice", "terminatedcapacity"}))
    return Answer::lost;
  if (has({"scaledown",     "scalein", "scaleddown", "complete", "finish",   "success", "succeed",   "manual",
           "running",       "stopped", "stop",       "done",     "expired",  "deleted", "idle",      "drain",
           "consolidat",    "rollout", "deploy",     "cancel",   "autoscal", "normal",  "requested", "shutdown",
           "underutilized", "empty",   "drift",      "active",   "alive"}) ||
      plain == "ok")
    return Answer::kept;
  return Answer::unclear;
}

/// The column that says which ends were losses.
std::optional<std::size_t> flag_column(const trace::CsvTable& table, const LifetimeColumns& columns) {
  if (!columns.flag.empty()) return table.required_column({columns.flag});
  if (columns.all_lost) return std::nullopt;
  std::vector<std::size_t> flags, reasons;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const std::string plain = trace::plain_name(table.header[i]);
    if (trace::is_one_of(plain, flag_names))
      flags.push_back(i);
    else if (is_reason(plain))
      reasons.push_back(i);
  }
  if (const auto flag = only_one(table, flags, "which ends were losses", "--flag")) return flag;
  return only_one(table, reasons, "which ends were losses", "--flag");
}

double instant(const trace::CsvTable& table, const trace::CsvRow& row, std::size_t column) {
  const auto time = trace::parse_instant(row.cells[column]);
  if (!time)
    throw results::FormatError(
        fmt::format("{}: '{}' in column {} is no time; expected one such as 2026-01-05T06:30:00Z", table.place(row),
                    row.cells[column], table.header[column]));
  return time->seconds;
}

double weibull_log_likelihood(const Lifetimes& lifetimes, double shape, double scale) {
  double sum = 0.0;
  for (std::size_t i = 0; i < lifetimes.hours.size(); ++i) {
    const double t = std::max(lifetimes.hours[i], 1e-6) / scale;
    sum -= std::pow(t, shape);
    if (lifetimes.lost[i]) sum += std::log(shape / scale) + (shape - 1.0) * std::log(t);
  }
  return sum;
}

/// @throws results::FormatError where it is lost without having lived
void add_life(const trace::CsvTable& table, const trace::CsvRow& row, double hours, bool lost, Lifetimes& lifetimes) {
  if (lost && !(hours > 0.0))
    throw results::FormatError(
        fmt::format("{}: an instance that is lost after a lifetime of 0; expected how long it was held, in finer units "
                    "where that was rounded away, or no row where it never ran",
                    table.place(row)));
  lifetimes.hours.push_back(hours);
  lifetimes.lost.push_back(lost);
}

}  // namespace

Lifetimes read_lifetimes(const trace::CsvTable& table, const LifetimeColumns& columns) {
  Lifetimes lifetimes;
  lifetimes.file = table.file;
  trace::Reading& reading = lifetimes.reading;
  reading.file = table.file;
  reading.form = "table of instances";
  reading.rows = table.rows.size();
  const bool by_times = !columns.start.empty() || !columns.end.empty();
  const auto lifetime = by_times ? std::nullopt : lifetime_column(table, columns.lifetime);
  std::optional<std::size_t> start, end;
  if (!lifetime) {
    start = named_column(table, columns.start, start_names, "when each instance began", "--start");
    end = named_column(table, columns.end, end_names, "when each instance ended", "--end");
    if (!start || !end)
      throw results::FormatError(
          fmt::format("{}:1: expected a column lifetime_hours (or _minutes, _seconds, _days), or columns start and end "
                      "(--start COLUMN, --end COLUMN); there are: {}",
                      table.file, fmt::join(table.header, ", ")));
  }
  const auto flag = flag_column(table, columns);
  if (!flag && !columns.all_lost)
    throw results::FormatError(
        fmt::format("{}:1: which of the ends were losses? No column says so: name one with --flag, or say with "
                    "--all-lost that every end was one; there are: {}",
                    table.file, fmt::join(table.header, ", ")));
  std::set<std::string> unclear;
  const auto is_lost = [&](const trace::CsvRow& row) {
    if (!flag) return true;
    const Answer answer = answer_of(row.cells[*flag], columns.lost_words);
    if (answer == Answer::unclear) unclear.insert(row.cells[*flag]);
    return answer == Answer::lost;
  };
  std::set<std::string> taken_for_losses;
  const auto add = [&](const trace::CsvRow& row, double hours, bool ended) {
    const bool lost = ended && is_lost(row);
    if (lost && flag) taken_for_losses.insert(row.cells[*flag]);
    add_life(table, row, hours, lost, lifetimes);
  };
  if (lifetime) {
    reading.take("lifetime", table.header[lifetime->column], fmt::format("{:.6g} h each", lifetime->hours));
    for (const trace::CsvRow& row : table.rows) {
      if (trace::is_absent(row.cells[lifetime->column])) {
        reading.drop("has no lifetime", table.place(row));
        continue;
      }
      const auto value = trace::parse_number(row.cells[lifetime->column]);
      if (!value || *value < 0.0)
        throw results::FormatError(fmt::format("{}: '{}' is no lifetime; expected a number from 0 on", table.place(row),
                                               row.cells[lifetime->column]));
      add(row, *value * lifetime->hours, true);
    }
  } else {
    reading.take("start", table.header[*start]);
    reading.take("end", table.header[*end], "empty: still running");
    double first = std::numeric_limits<double>::infinity(), last = 0.0;
    for (const trace::CsvRow& row : table.rows)
      for (const std::size_t column : {*start, *end})
        if (!trace::is_absent(row.cells[column])) {
          const double time = instant(table, row, column);
          last = std::max(last, time);
          first = std::min(first, time);
        }
    if (last > first) reading.span = {first, last};
    reading.scale = trace::TimeScale::utc;
    for (const trace::CsvRow& row : table.rows) {
      if (trace::is_absent(row.cells[*start])) {
        reading.drop("has no start", table.place(row));
        continue;
      }
      const bool ended = !trace::is_absent(row.cells[*end]);
      const double from = instant(table, row, *start), to = ended ? instant(table, row, *end) : last;
      if (to < from)
        throw results::FormatError(fmt::format("{}: it ends at '{}', before it starts at '{}'", table.place(row),
                                               row.cells[*end], row.cells[*start]));
      add(row, (to - from) / seconds_per_hour, ended);
    }
  }
  if (!unclear.empty())
    throw results::FormatError(
        fmt::format("{}: does {} in column {} say that the instance was lost? Name the words that do with --lost",
                    table.file, fmt::join(unclear, ", "), table.header[*flag]));
  if (flag)
    reading.take("lost", table.header[*flag],
                 taken_for_losses.empty() ? "no loss" : fmt::format("losses: {}", fmt::join(taken_for_losses, ", ")));
  else
    reading.take("lost", "every end");
  return lifetimes;
}

std::vector<SurvivalStep> survival_of(const Lifetimes& lifetimes) {
  std::vector<std::size_t> order(lifetimes.hours.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return lifetimes.hours[a] < lifetimes.hours[b]; });
  std::vector<SurvivalStep> steps;
  double survival = 1.0, greenwood = 0.0;
  for (std::size_t i = 0; i < order.size();) {
    SurvivalStep step;
    step.hours = lifetimes.hours[order[i]];
    step.at_risk = static_cast<int>(order.size() - i);
    for (; i < order.size() && lifetimes.hours[order[i]] == step.hours; ++i)
      step.lost += lifetimes.lost[order[i]] ? 1 : 0;
    if (step.lost == 0) continue;
    const double n = step.at_risk, d = step.lost;
    survival *= 1.0 - d / n;
    greenwood += n > d ? d / (n * (n - d)) : 0.0;
    step.survival = {survival, 0.0, survival};
    if (survival > 0.0 && survival < 1.0) {
      const double reach = std::exp(results::z_of_95_percent * std::sqrt(greenwood) / std::abs(std::log(survival)));
      step.survival.low = std::pow(survival, reach);
      step.survival.high = std::pow(survival, 1.0 / reach);
    }
    steps.push_back(step);
  }
  return steps;
}

namespace {

/// The longest lifetime, where so many instances end there that the provider ends them.
std::optional<double> max_lifetime_of(const Lifetimes& lifetimes) {
  constexpr double near = 0.01, least_share = 0.05;
  constexpr int fewest = 5;
  double longest = 0.0;
  int losses = 0;
  for (std::size_t i = 0; i < lifetimes.hours.size(); ++i) {
    longest = std::max(longest, lifetimes.hours[i]);
    losses += lifetimes.lost[i] ? 1 : 0;
  }
  std::vector<double> ends;
  int before = 0;
  for (std::size_t i = 0; i < lifetimes.hours.size(); ++i) {
    const double hours = lifetimes.hours[i];
    if (!lifetimes.lost[i]) continue;
    if (hours >= (1.0 - near) * longest)
      ends.push_back(hours);
    else if (hours >= (1.0 - 6.0 * near) * longest)
      ++before;
  }
  const int at_end = static_cast<int>(ends.size());
  // A law that thins out has about a fifth of the ends of the five hundredths before.
  if (at_end < fewest || at_end < least_share * losses || at_end < 2 * before) return std::nullopt;
  const double middle = quantile_of(ends, 0.5), minutes = std::round(middle * 60.0);
  return minutes > 0.0 ? minutes / 60.0 : middle;
}

}  // namespace

MeanCheck LifetimeFit::loss_check() const {
  return {"instance-hours a loss", exposure_hours / losses, 1.0 / per_hour.value};
}

LifetimeFit fit_lifetimes(const Lifetimes& all) {
  LifetimeFit fit;
  fit.max_lifetime_hours = max_lifetime_of(all);
  Lifetimes lifetimes = all;
  if (fit.max_lifetime_hours)
    for (std::size_t i = 0; i < lifetimes.hours.size(); ++i)
      if (lifetimes.lost[i] && lifetimes.hours[i] >= 0.99 * *fit.max_lifetime_hours) {
        lifetimes.lost[i] = false;
        ++fit.ended_at_max;
      }
  fit.losses = static_cast<int>(std::count(lifetimes.lost.begin(), lifetimes.lost.end(), true));
  fit.censored = static_cast<int>(lifetimes.lost.size()) - fit.losses;
  fit.exposure_hours = std::accumulate(lifetimes.hours.begin(), lifetimes.hours.end(), 0.0);
  if (!(fit.exposure_hours > 0.0))
    throw TooLittleData(
        fmt::format("{}: no instance was held for any time; expected lifetimes above 0", lifetimes.file));
  if (fit.losses == 0)
    throw TooLittleData(
        fmt::format("{}: no instance was lost in {:.5g} hours; leave reclaim_every out, or write a bound: at "
                    "95 % it is over \"{:.5g}h\"",
                    lifetimes.file, fit.exposure_hours, fit.exposure_hours / 3.0));
  fit.per_hour = poisson_rate(fit.losses, fit.exposure_hours);
  const double mean = 1.0 / fit.per_hour.value;
  const Objective cost = [&](const std::vector<double>& x) {
    return -weibull_log_likelihood(lifetimes, std::exp(std::clamp(x[0], -4.0, 4.0)), mean * std::exp(x[1]));
  };
  const std::vector<double> best = minimize(cost, {0.0, 0.0}, 0.3, 300);
  const double se = std::sqrt(covariance_at(cost, best)(0, 0));
  fit.shape = by_log(std::exp(best[0]), se);
  fit.shape_p = chi_squared_tail(2.0 * (cost({0.0, 0.0}) - cost(best)), 1.0);
  fit.constant = fit.shape_p >= 0.05;
  return fit;
}

}  // namespace costrisk::calibrate
