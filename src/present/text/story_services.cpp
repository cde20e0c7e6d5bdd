// What users and fleets of services meet, in episodes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/text/numbers.hpp"
#include "src/present/text/story_events.hpp"
#include "src/present/text/story_words.hpp"
#include "src/results/sums/money.hpp"

namespace costrisk::present {

namespace {

/// Pauses that do not end an episode.
constexpr double pause_hours = 2.0;

class ServiceStory {
 public:
  ServiceStory(const scenario::Scenario& scenario, const run::Timeline& timeline, std::size_t place,
               const PathMoney& money, std::vector<StoryEvent>& events)
      : scenario_(scenario),
        timeline_(timeline),
        service_(timeline.services[place]),
        name_(scenario.services[static_cast<std::size_t>(service_.service)].name),
        place_(place),
        money_(money),
        events_(events) {
    const double served = total(service_.served), end = static_cast<double>(timeline.steps());
    if (served > 0.0) request_worth_ = money.of_service(place, 0.0, end) / served;
    double overflowed = 0.0;
    for (const run::ServiceTimeline& service : timeline.services) overflowed += total(service.overflowed);
    if (overflowed > 0.0)
      serverless_worth_ =
          results::in_currency(timeline.category_micros[static_cast<std::size_t>(Category::serverless)]) / overflowed;
  }

  void report() {
    for (std::size_t i = 0; i < service_.losses.size(); ++i) report_loss(i);
    if (losses_.count >= fewest_reported_together)
      add(losses_.step,
          fmt::format("the first of {} times that {} loses spot instances, {:.0f} in all", losses_.count, name_,
                      losses_.sum),
          losses_.weight);
    report_all_unserved();
    if (service_.pools.empty()) return;
    const std::vector<Episode> overflows = joined(service_.overflowed);
    for (const Episode& episode : overflows) report_overflow(episode);
    const double all = total(service_.overflowed);
    if (overflows.size() >= fewest_reported_together)
      add(static_cast<double>(overflows.front().from),
          fmt::format("the first of {} times that serverless takes requests of {}, {} in all", overflows.size(), name_,
                      amount_words(all)),
          serverless_worth_ * all);
  }

 private:
  /// Of one kind, as they come.
  struct Together {
    std::size_t count = 0;
    double step = 0.0;  ///< of the first
    double sum = 0.0, weight = 0.0;
  };

  static double total(const run::Series& series) {
    double sum = 0.0;
    for (const float value : series) sum += static_cast<double>(value);
    return sum;
  }
  double hours(double steps) const { return steps * timeline_.step_hours; }
  double hours(const Episode& episode) const { return hours(static_cast<double>(episode.until - episode.from)); }
  std::vector<Episode> joined(const run::Series& series) const {
    // Less than a thousandth of a request is what rounding left.
    return episodes(series, 1e-3, static_cast<std::size_t>(std::ceil(pause_hours / timeline_.step_hours)));
  }
  void add(double step, const std::string& words, double weight) { events_.push_back({hours(step), words, weight}); }

  void report_loss(std::size_t i) {
    const run::PoolLoss& loss = service_.losses[i];
    const run::Holding& pool = service_.pools[static_cast<std::size_t>(loss.pool)];
    const auto lost = static_cast<double>(loss.before);
    std::string words = fmt::format("{}: spot gone in {}, {:.0f} {} lost", name_,
                                    scenario_.markets[static_cast<std::size_t>(pool.market)].name, lost,
                                    lost == 1.0 ? "instance" : "instances");
    // Until the pool holds instances again.
    auto back = static_cast<std::size_t>(loss.step);
    while (back < pool.instances.size() && !(pool.instances[back] > 0.0f)) ++back;
    const double away = hours(static_cast<double>(back) - loss.step);
    if (back == static_cast<std::size_t>(loss.step))
      words += loss.after < loss.before ? fmt::format(", {:.0f} back at once", static_cast<double>(loss.after))
                                        : ", replaced at once";
    else if (back < pool.instances.size())
      words += fmt::format(", back after {}", span_words(away));
    else
      words += ", and not back within the horizon";
    const double weight = wait_weight * (timeline_.step_hours + away) * lost *
                          money_.price(pool.market, pool.purchase, static_cast<double>(loss.step));
    add(loss.step, words, weight);
    if (losses_.count++ == 0) losses_.step = loss.step;
    losses_.sum += lost;
    losses_.weight += weight;
  }

  /// ": penalty $104k", where a service has one.
  std::string penalty_words(double penalty) const {
    return penalty > 0.0 ? fmt::format(": penalty {}", money_with_unit(penalty, scenario_.currency)) : "";
  }

  void report_all_unserved() {
    const std::vector<Episode> all = joined(service_.unserved);
    for (const Episode& episode : all) report_unserved(episode);
    if (all.size() < fewest_reported_together) return;
    const double unserved = total(service_.unserved),
                 penalty = money_.penalty_of_service(place_, 0.0, static_cast<double>(timeline_.steps()));
    add(static_cast<double>(all.front().from),
        fmt::format("the first of {} times that requests of {} are unserved, {} in all, {} of its requests{}",
                    all.size(), name_, amount_words(unserved),
                    percent(unserved / std::max(unserved + total(service_.served), 1e-9)), penalty_words(penalty)),
        std::max(penalty, request_worth_ * unserved));
  }

  void report_unserved(const Episode& episode) {
    double asked = 0.0;
    for (std::size_t k = episode.from; k < episode.until; ++k)
      asked += static_cast<double>(service_.served[k]) + static_cast<double>(service_.unserved[k]);
    const double penalty =
        money_.penalty_of_service(place_, static_cast<double>(episode.from), static_cast<double>(episode.until));
    add(static_cast<double>(episode.from),
        fmt::format("{} requests of {} unserved over {}, {} of all then{}", amount_words(episode.sum), name_,
                    span_words(hours(episode)), percent(episode.sum / std::max(asked, 1e-9)), penalty_words(penalty)),
        std::max(penalty, request_worth_ * episode.sum));
  }

  void report_overflow(const Episode& episode) {
    double served = 0.0;
    for (std::size_t k = episode.from; k < episode.until; ++k) served += static_cast<double>(service_.served[k]);
    add(static_cast<double>(episode.from),
        fmt::format("serverless takes {} requests of {} over {}, {} of all then", amount_words(episode.sum), name_,
                    span_words(hours(episode)), percent(episode.sum / std::max(served, 1e-9))),
        serverless_worth_ * episode.sum);
  }

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  const run::ServiceTimeline& service_;
  const std::string& name_;
  std::size_t place_;
  const PathMoney& money_;
  double request_worth_ = 0.0;     ///< currency of instances a request served
  double serverless_worth_ = 0.0;  ///< currency a request sent to serverless
  Together losses_;
  std::vector<StoryEvent>& events_;
};

}  // namespace

void add_service_events(const scenario::Scenario& scenario, const run::Timeline& timeline, const PathMoney& money,
                        std::vector<StoryEvent>& events) {
  for (std::size_t place = 0; place < timeline.services.size(); ++place)
    ServiceStory(scenario, timeline, place, money, events).report();
}

}  // namespace costrisk::present
