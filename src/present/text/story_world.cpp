// What happens to everybody, and what the plan has signed.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/text/numbers.hpp"
#include "src/present/text/story_events.hpp"
#include "src/present/text/story_words.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

namespace {

class WorldStory {
 public:
  WorldStory(const scenario::Scenario& scenario, const run::Timeline& timeline, const PathMoney& money,
             std::vector<StoryEvent>& events)
      : scenario_(scenario),
        timeline_(timeline),
        money_(money),
        end_(static_cast<double>(timeline.steps())),
        events_(events) {}

  void report() {
    for (const run::MarketTimeline& market : timeline_.markets)
      for (std::size_t i = 0; i < market.repricing.size(); ++i)
        if (const auto step = static_cast<double>(market.repricing_step[i]); step > 0.0) {
          const auto factor = static_cast<double>(market.repricing[i]);
          add_step(step, fmt::format("list prices in {} change, ×{:.2f}", market_name(market.market), factor),
                   part_of(factor) * money_.of_market(market.market, step, end_));
        }
    for (const run::ChangeRecord& change : timeline_.changes)
      add_step(change.step,
               fmt::format("change {} of {} happens, demand ×{:.2f} from here on", change.change + 1,
                           scenario_.demands[static_cast<std::size_t>(change.demand)].name, change.multiplier),
               part_of(change.multiplier) * of_demand(change.demand, change.step, end_));
    for (std::size_t d = 0; d < scenario_.demands.size(); ++d) report_bursts(static_cast<int>(d));
    for (std::size_t f = 0; f < scenario_.factors.size(); ++f) report_shocks(static_cast<int>(f));
    for (const run::MarketTimeline& market : timeline_.markets) report_launches(market);
    report_contracts();
  }

 private:
  /// The part of an amount that is due to a factor in it.
  static double part_of(double factor) { return factor > 0.0 ? std::abs(1.0 - 1.0 / factor) : 1.0; }

  /// What the services of a demand cost, and what they leave unserved.
  double of_demand(int demand, double from, double until) const {
    double sum = 0.0;
    for (std::size_t place = 0; place < timeline_.services.size(); ++place)
      if (scenario_.services[static_cast<std::size_t>(timeline_.services[place].service)].demand == demand)
        sum += money_.of_service(place, from, until) + money_.penalty_of_service(place, from, until);
    return sum;
  }
  double hours(const run::Stretch& stretch) const { return (stretch.until - stretch.from) * timeline_.step_hours; }

  void report_bursts(int demand) {
    const scenario::Demand& described = scenario_.demands[static_cast<std::size_t>(demand)];
    const double multiplier = described.bursts ? described.bursts->multiplier : 1.0;
    report_stretches(
        timeline_.bursts, demand, "bursts of " + described.name,
        [&](const run::Stretch& burst) {
          return fmt::format("a burst of {}{}, ×{:g} for {}", described.name, burst.from > 0.0 ? " begins" : " is on",
                             multiplier, span_words(hours(burst)));
        },
        [&](const run::Stretch& burst) { return part_of(multiplier) * of_demand(demand, burst.from, burst.until); });
  }

  void report_shocks(int factor) {
    const std::string& name = scenario_.factors[static_cast<std::size_t>(factor)].name;
    report_stretches(
        timeline_.shocks, factor, "shocks of " + name,
        [&](const run::Stretch& shock) {
          return fmt::format("a shock of {}{}, for {}", name, shock.from > 0.0 ? " begins" : " is on",
                             span_words(hours(shock)));
        },
        // What costs more then than on average may come of it.
        [&](const run::Stretch& shock) {
          const double then = money_.of_plan(shock.from, shock.until),
                       usual = money_.of_plan(0.0, end_) * (shock.until - shock.from) / end_;
          return std::max(then - usual, 0.01 * usual);
        });
  }

  /// Each stretch of one demand or factor, and where there are many what they come to.
  template <class Words, class Weight>
  void report_stretches(const std::vector<run::Stretch>& stretches, int of, const std::string& plural, Words words,
                        Weight weight) {
    std::size_t count = 0;
    double first = 0.0, all_hours = 0.0, all_weight = 0.0;
    for (const run::Stretch& stretch : stretches) {
      if (stretch.of != of) continue;
      add_step(stretch.from, words(stretch), weight(stretch));
      if (count++ == 0) first = stretch.from;
      all_hours += hours(stretch);
      all_weight += weight(stretch);
    }
    if (count >= fewest_reported_together)
      add_step(first, fmt::format("the first of {} {}, {} in all", count, plural, span_words(all_hours)), all_weight);
  }

  /// Stretches in which no on-demand instance can be launched.
  void report_launches(const run::MarketTimeline& market) {
    run::Series down;
    for (const std::uint8_t up : market.on_demand_up) down.push_back(up ? 0.0f : 1.0f);
    std::vector<run::Stretch> stretches;
    for (const Episode& episode : episodes(down, 0.0, 0))
      stretches.push_back({market.market, static_cast<double>(episode.from), static_cast<double>(episode.until)});
    report_stretches(
        stretches, market.market, "times without new on-demand instances in " + market_name(market.market),
        [&](const run::Stretch& stretch) {
          return fmt::format("no new on-demand instances in {} for {}", market_name(market.market),
                             span_words(hours(stretch)));
        },
        [&](const run::Stretch& stretch) {
          return wait_weight * hours(stretch) * money_.price(market.market, Purchase::on_demand, stretch.from);
        });
  }

  void add_step(double step, const std::string& words, double weight) {
    events_.push_back({step * timeline_.step_hours, words, weight});
  }
  const std::string& market_name(int market) const { return scenario_.markets[static_cast<std::size_t>(market)].name; }

  /// Of a contract whose term begins or ends within the horizon.
  void report_term(double from_seconds, double term_seconds, const std::string& what, double per_hour) {
    const double until = from_seconds + term_seconds;
    const double within = std::min(until, scenario_.horizon_seconds) - std::max(from_seconds, 0.0);
    const double weight = per_hour * std::max(within, 0.0) / seconds_per_hour;
    if (from_seconds > 0.0 && from_seconds < scenario_.horizon_seconds)
      events_.push_back({from_seconds / seconds_per_hour, what + " begins", weight});
    if (until < scenario_.horizon_seconds) events_.push_back({until / seconds_per_hour, what + " ends", weight});
  }

  void report_contracts() {
    const scenario::Plan& plan = scenario_.plans[static_cast<std::size_t>(timeline_.plan)];
    for (const scenario::Commitment& commitment : plan.commitments)
      report_term(commitment.from_seconds, commitment.term_seconds,
                  fmt::format("the commitment for {} in {}",
                              counted(static_cast<std::uint64_t>(commitment.instances), "instance"),
                              market_name(commitment.market)),
                  commitment.instances *
                      std::max(commitment.price_per_hour, money_.price(commitment.market, Purchase::on_demand, 0.0)));
    for (const scenario::SavingsPlan& savings : plan.savings_plans)
      report_term(savings.from_seconds, savings.term_seconds,
                  fmt::format("the savings plan of {:g} an hour", savings.spend_per_hour), savings.spend_per_hour);
    if (plan.credit && plan.credit->until_seconds < scenario_.horizon_seconds)
      events_.push_back({plan.credit->until_seconds / seconds_per_hour, "the credit expires", plan.credit->amount});
  }

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  const PathMoney& money_;
  double end_;  ///< in steps
  std::vector<StoryEvent>& events_;
};

}  // namespace

void add_world_events(const scenario::Scenario& scenario, const run::Timeline& timeline, const PathMoney& money,
                      std::vector<StoryEvent>& events) {
  WorldStory(scenario, timeline, money, events).report();
}

}  // namespace costrisk::present
