// Series of a timeline as lines, thinned to what a screen can show.
#include "src/present/page/story_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/scale.hpp"
#include "src/present/text/numbers.hpp"

namespace costrisk::present::html {

namespace {

/// Stretches of a line, each shown by its lowest and highest value.
constexpr std::size_t most_stretches = 360;
/// Lines in one chart.
constexpr std::size_t most_lines = 8;

class Charts {
 public:
  Charts(const scenario::Scenario& scenario, const run::Timeline& timeline, const run::Timeline& median)
      : scenario_(scenario), timeline_(timeline), median_(median) {}

  std::vector<StoryChart> make() {
    add_cost();
    for (const run::JobTimeline& job : timeline_.jobs) add_job(job);
    for (const run::ServiceTimeline& service : timeline_.services) add_service(service);
    add_prices();
    add_capacity();
    return std::move(charts_);
  }

 private:
  const std::string& market_name(int market) const { return scenario_.markets[static_cast<std::size_t>(market)].name; }

  StoryChart open(const std::string& title, const std::string& description) const {
    StoryChart result;
    result.chart.id = fmt::format("story-{}", charts_.size());
    result.chart.title = title;
    result.chart.description = description;
    return result;
  }

  template <class Values>
  void add_line(StoryChart& to, LineChart& chart, const std::string& name, const Values& values, double scale) {
    Line line;
    line.plan = static_cast<int>(to.lines.size());
    const std::size_t count = values.size(), stretches = std::min(count, most_stretches);
    const auto at = [&](std::size_t k) { return static_cast<double>(values[k]) * scale; };
    for (std::size_t s = 0; s < stretches; ++s) {
      const std::size_t from = s * count / stretches, until = (s + 1) * count / stretches;
      std::size_t low = from, high = from;
      for (std::size_t k = from; k < until; ++k) {
        if (at(k) < at(low)) low = k;
        if (at(k) > at(high)) high = k;
      }
      for (const std::size_t k : {std::min(low, high), std::max(low, high)}) {
        if (k == std::max(low, high) && low == high && !line.x.empty() && line.x.back() == hours(k)) continue;
        line.x.push_back(hours(k));
        line.y.push_back(at(k));
        highest_ = std::max(highest_, at(k));
        lowest_ = std::min(lowest_, at(k));
      }
    }
    to.lines.push_back({name, true});
    chart.lines.push_back(std::move(line));
  }
  std::size_t day_steps() const {
    return static_cast<std::size_t>(std::max(1.0, std::round(24.0 / timeline_.step_hours)));
  }
  /// Each value replaced by the average of the stretch of `length` that it lies in.
  template <class Values>
  static run::Series averages(const Values& values, std::size_t length) {
    run::Series result;
    for (std::size_t from = 0; from < values.size(); from += length) {
      const std::size_t until = std::min(from + length, values.size());
      double sum = 0.0;
      for (std::size_t k = from; k < until; ++k) sum += static_cast<double>(values[k]);
      result.insert(result.end(), until - from, static_cast<float>(sum / static_cast<double>(until - from)));
    }
    return result;
  }
  double hours(std::size_t step) const { return static_cast<double>(step) * timeline_.step_hours; }

  Axis time() const {
    return time_axis(static_cast<double>(timeline_.steps()) * timeline_.step_hours, scenario_.start);
  }
  Axis number(const std::string& title) {
    Axis axis;
    axis.title = title;
    axis.kind = Axis::Kind::number;
    axis.high = highest_ > 0.0 ? 1.06 * highest_ : 1.0;
    highest_ = lowest_ = 0.0;
    return axis;
  }
  Axis money(const std::string& title) {
    const Axis axis =
        money_axis(title, std::min(lowest_, 0.0), highest_ > 0.0 ? 1.06 * highest_ : 1.0, scenario_.currency);
    highest_ = lowest_ = 0.0;
    return axis;
  }
  void close(StoryChart chart, LineChart lines) {
    chart.chart.drawing = std::move(lines);
    charts_.push_back(std::move(chart));
  }

  void add_cost() {
    StoryChart chart = open("Cost so far", "Cumulative cost of the plan in this future and in the median one.");
    constexpr double currency_a_micro = 1.0 / static_cast<double>(micros_per_unit);
    LineChart lines;
    add_line(chart, lines, "this future", timeline_.cost_micros, currency_a_micro);
    if (median_.path != timeline_.path) add_line(chart, lines, "median future", median_.cost_micros, currency_a_micro);
    if (scenario_.budget && *scenario_.budget < 1.5 * highest_) {
      highest_ = std::max(highest_, *scenario_.budget);
      lines.marks.push_back({Mark::Direction::horizontal, *scenario_.budget, "budget"});
    }
    lines.x = time();
    lines.y = money("cost");
    close(std::move(chart), std::move(lines));
  }

  /// What is held by one job or service.
  void add_instances(const std::string& name, const std::vector<run::Holding>& holdings) {
    const std::size_t day = day_steps();
    const bool by_day = timeline_.steps() > 10 * day;
    StoryChart chart = open("Instances of " + name + (by_day ? ", average of each day" : ""),
                            "Instances held, by market and how they are bought.");
    LineChart lines;
    for (const run::Holding& holding : holdings) {
      const bool used =
          std::any_of(holding.instances.begin(), holding.instances.end(), [](float n) { return n > 0.0f; });
      if (used && lines.lines.size() < most_lines)
        add_line(chart, lines,
                 fmt::format("{}, {}", market_name(holding.market),
                             purchase_names[static_cast<std::size_t>(holding.purchase)]),
                 by_day ? averages(holding.instances, day) : holding.instances, 1.0);
    }
    if (lines.lines.empty()) return;
    lines.x = time();
    lines.y = number("instances");
    close(std::move(chart), std::move(lines));
  }

  void add_job(const run::JobTimeline& job) {
    const std::string& name = scenario_.jobs[static_cast<std::size_t>(job.job)].name;
    StoryChart chart = open("Progress of " + name, "Share of the work of the current run that is done.");
    LineChart lines;
    add_line(chart, lines, "this future", job.progress, 1.0);
    for (const run::JobTimeline& usual : median_.jobs)
      if (usual.job == job.job && median_.path != timeline_.path)
        add_line(chart, lines, "median future", usual.progress, 1.0);
    if (job.runs == 1 && scenario_.jobs[static_cast<std::size_t>(job.job)].deadline_seconds)
      for (const run::JobRecord& record : job.records)
        if (record.kind == run::JobRecord::Kind::released &&
            record.deadline_step < static_cast<double>(timeline_.steps()))
          lines.marks.push_back({Mark::Direction::vertical, record.deadline_step * timeline_.step_hours, "deadline"});
    lines.x = time();
    lines.y = share_axis("");
    lines.y.high = 1.04;
    highest_ = lowest_ = 0.0;
    close(std::move(chart), std::move(lines));
    add_instances(name, job.holdings);
  }

  void add_service(const run::ServiceTimeline& service) {
    const std::string& name = scenario_.services[static_cast<std::size_t>(service.service)].name;
    const double per_second = 1.0 / scenario_.step_seconds;
    {
      StoryChart chart = open("Requests of " + name, "Requests a second: those that came, and those turned away.");
      LineChart lines;
      const int demand = scenario_.services[static_cast<std::size_t>(service.service)].demand;
      for (const run::DemandTimeline& entry : timeline_.demands)
        if (entry.demand == demand) add_line(chart, lines, "asked", entry.requests_per_second, 1.0);
      add_line(chart, lines, "turned away", service.unserved, per_second);
      if (std::any_of(service.overflowed.begin(), service.overflowed.end(), [](float n) { return n > 0.0f; }))
        add_line(chart, lines, "to serverless", service.overflowed, per_second);
      lines.x = time();
      lines.y = number("requests a second");
      close(std::move(chart), std::move(lines));
    }
    if (std::any_of(service.waiting.begin(), service.waiting.end(), [](float n) { return n > 0.0f; })) {
      StoryChart chart = open("Queue of " + name, "Requests that wait.");
      LineChart lines;
      add_line(chart, lines, "waiting", service.waiting, 1.0);
      lines.x = time();
      lines.y = number("requests");
      close(std::move(chart), std::move(lines));
    }
    add_instances(name, service.pools);
  }

  void add_prices() {
    StoryChart chart = open("Prices", "Price of an instance for an hour.");
    LineChart lines;
    for (const run::MarketTimeline& market : timeline_.markets) {
      const auto add = [&](const run::Series& series, const char* how) {
        if (!series.empty() && lines.lines.size() < most_lines)
          add_line(chart, lines, fmt::format("{}, {}", market_name(market.market), how), series, 1.0);
      };
      add(market.spot_price, "spot");
      add(market.on_demand_price, "on-demand");
    }
    if (lines.lines.empty()) return;
    lines.x = time();
    lines.y = money("an hour");
    close(std::move(chart), std::move(lines));
  }

  /// The share of each day in which spot was there.
  void add_capacity() {
    StoryChart chart = open("Spot capacity, share of each day", "Share of each day in which spot capacity was there.");
    LineChart lines;
    for (const run::MarketTimeline& market : timeline_.markets) {
      if (market.spot_up.empty() || lines.lines.size() == most_lines) continue;
      add_line(chart, lines, market_name(market.market), averages(market.spot_up, day_steps()), 1.0);
    }
    if (lines.lines.empty()) return;
    lines.x = time();
    lines.y = share_axis("");
    lines.y.high = 1.04;
    close(std::move(chart), std::move(lines));
  }

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  const run::Timeline& median_;
  double highest_ = 0.0, lowest_ = 0.0;
  std::vector<StoryChart> charts_;
};

}  // namespace

std::vector<StoryChart> story_charts(const scenario::Scenario& scenario, const run::Timeline& timeline,
                                     const run::Timeline& median) {
  return Charts(scenario, timeline, median).make();
}

}  // namespace costrisk::present::html
