// What happens to everybody, and what the plan has signed.
#include <fmt/format.h>

#include <algorithm>

#include "src/report/story_events.hpp"
#include "src/report/story_words.hpp"

namespace costrisk::report {

namespace {

constexpr double seconds_per_hour = 3600.0;

class WorldStory {
 public:
  WorldStory(const scenario::Scenario& scenario, const run::Timeline& timeline, std::vector<StoryEvent>& events)
      : scenario_(scenario), timeline_(timeline), events_(events) {}

  void tell() {
    for (const run::MarketTimeline& market : timeline_.markets)
      for (std::size_t i = 0; i < market.repricing.size(); ++i)
        if (market.repricing_step[i] > 0)
          add_step(market.repricing_step[i],
                   fmt::format("list prices in {} change, ×{:.2f}", market_name(market.market),
                               static_cast<double>(market.repricing[i])),
                   milestone);
    for (const run::ChangeRecord& change : timeline_.changes)
      add_step(change.step,
               fmt::format("change {} of {} happens, demand ×{:.2f} from here on", change.change + 1,
                           scenario_.demands[static_cast<std::size_t>(change.demand)].name, change.multiplier),
               milestone);
    for (const run::Stretch& burst : timeline_.bursts) {
      const scenario::Demand& demand = scenario_.demands[static_cast<std::size_t>(burst.of)];
      const double hours = (burst.until - burst.from) * timeline_.step_hours;
      add_step(burst.from,
               fmt::format("a burst of {}{}, ×{:g} for {}", demand.name, burst.from > 0.0 ? " begins" : " is on",
                           demand.bursts ? demand.bursts->multiplier : 1.0, span_words(hours)),
               2.0 * hours);
    }
    for (const run::Stretch& shock : timeline_.shocks)
      add_step(shock.from,
               fmt::format("a shock of {}{}, for {}", scenario_.factors[static_cast<std::size_t>(shock.of)].name,
                           shock.from > 0.0 ? " begins" : " is on",
                           span_words((shock.until - shock.from) * timeline_.step_hours)),
               milestone);
    for (const run::MarketTimeline& market : timeline_.markets) tell_launches(market);
    tell_contracts();
  }

 private:
  /// Stretches in which no on-demand instance can be launched.
  void tell_launches(const run::MarketTimeline& market) {
    run::Series down;
    for (const std::uint8_t up : market.on_demand_up) down.push_back(up ? 0.0f : 1.0f);
    for (const Episode& episode : episodes(down, 0.0, 0)) {
      const double hours = static_cast<double>(episode.until - episode.from) * timeline_.step_hours;
      add_step(static_cast<double>(episode.from),
               fmt::format("no new on-demand instances in {} for {}", market_name(market.market), span_words(hours)),
               hours);
    }
  }

  void add_step(double step, const std::string& words, double weight) {
    events_.push_back({step * timeline_.step_hours, words, weight});
  }
  const std::string& market_name(int market) const { return scenario_.markets[static_cast<std::size_t>(market)].name; }

  /// Of a contract whose term begins or ends within the horizon.
  void tell_term(double from_seconds, double term_seconds, const std::string& what) {
    const double until = from_seconds + term_seconds;
    if (from_seconds > 0.0 && from_seconds < scenario_.horizon_seconds)
      events_.push_back({from_seconds / seconds_per_hour, what + " begins", milestone});
    if (until < scenario_.horizon_seconds) events_.push_back({until / seconds_per_hour, what + " ends", milestone});
  }

  void tell_contracts() {
    const scenario::Plan& plan = scenario_.plans[static_cast<std::size_t>(timeline_.plan)];
    for (const scenario::Commitment& commitment : plan.commitments)
      tell_term(
          commitment.from_seconds, commitment.term_seconds,
          fmt::format("the commitment for {} instances in {}", commitment.instances, market_name(commitment.market)));
    for (const scenario::SavingsPlan& savings : plan.savings_plans)
      tell_term(savings.from_seconds, savings.term_seconds,
                fmt::format("the savings plan of {:g} an hour", savings.spend_per_hour));
    if (plan.credit && plan.credit->until_seconds < scenario_.horizon_seconds)
      events_.push_back({plan.credit->until_seconds / seconds_per_hour, "the credit expires", milestone});
  }

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  std::vector<StoryEvent>& events_;
};

}  // namespace

void add_world_events(const scenario::Scenario& scenario, const run::Timeline& timeline,
                      std::vector<StoryEvent>& events) {
  WorldStory(scenario, timeline, events).tell();
}

}  // namespace costrisk::report
