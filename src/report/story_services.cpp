// What users and fleets of services live through, in episodes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/report/story_events.hpp"
#include "src/report/story_words.hpp"

namespace costrisk::report {

namespace {

/// Pauses that do not end an episode.
constexpr double pause_hours = 2.0;

class ServiceStory {
 public:
  ServiceStory(const scenario::Scenario& scenario, const run::Timeline& timeline, const run::ServiceTimeline& service,
               std::vector<StoryEvent>& events)
      : scenario_(scenario),
        timeline_(timeline),
        service_(service),
        name_(scenario.services[static_cast<std::size_t>(service.service)].name),
        events_(events) {
    for (std::size_t k = 0; k < service.served.size(); ++k)
      requests_ += static_cast<double>(service.served[k]) + static_cast<double>(service.unserved[k]);
  }

  void tell() {
    for (std::size_t i = 0; i < service_.losses.size(); ++i) tell_loss(i);
    for (const Episode& episode : joined(service_.unserved)) tell_unserved(episode);
    if (!service_.pools.empty())
      for (const Episode& episode : joined(service_.overflowed)) tell_overflow(episode);
  }

 private:
  double hours(double steps) const { return steps * timeline_.step_hours; }
  double hours(const Episode& episode) const { return hours(static_cast<double>(episode.until - episode.from)); }
  std::vector<Episode> joined(const run::Series& series) const {
    // Less than a thousandth of a request is what rounding left.
    return episodes(series, 1e-3, static_cast<std::size_t>(std::ceil(pause_hours / timeline_.step_hours)));
  }
  void add(double step, const std::string& words, double weight) { events_.push_back({hours(step), words, weight}); }

  void tell_loss(std::size_t i) {
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
    add(loss.step, words, 0.2 + away);
  }

  void tell_unserved(const Episode& episode) {
    double asked = 0.0;
    for (std::size_t k = episode.from; k < episode.until; ++k)
      asked += static_cast<double>(service_.served[k]) + static_cast<double>(service_.unserved[k]);
    add(static_cast<double>(episode.from),
        fmt::format("{} requests of {} unserved over {}, {:.2g} % of all then", amount_words(episode.sum), name_,
                    span_words(hours(episode)), 100.0 * episode.sum / std::max(asked, 1e-9)),
        hours(episode) + 1e5 * episode.sum / std::max(requests_, 1e-9));
  }

  void tell_overflow(const Episode& episode) {
    double served = 0.0;
    for (std::size_t k = episode.from; k < episode.until; ++k) served += static_cast<double>(service_.served[k]);
    add(static_cast<double>(episode.from),
        fmt::format("serverless takes {} requests of {} over {}, {:.2g} % of all then", amount_words(episode.sum),
                    name_, span_words(hours(episode)), 100.0 * episode.sum / std::max(served, 1e-9)),
        hours(episode) * episode.sum / std::max(served, 1e-9));
  }

  const scenario::Scenario& scenario_;
  const run::Timeline& timeline_;
  const run::ServiceTimeline& service_;
  const std::string& name_;
  double requests_ = 0.0;
  std::vector<StoryEvent>& events_;
};

}  // namespace

void add_service_events(const scenario::Scenario& scenario, const run::Timeline& timeline,
                        std::vector<StoryEvent>& events) {
  for (const run::ServiceTimeline& service : timeline.services)
    ServiceStory(scenario, timeline, service, events).tell();
}

}  // namespace costrisk::report
