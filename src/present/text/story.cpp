// Headline, categories, events and draws.
#include "src/present/text/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "src/present/text/actuals.hpp"
#include "src/present/text/drivers.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/story_draws.hpp"
#include "src/present/text/story_words.hpp"
#include "src/results/sums/money.hpp"
#include "src/scenario/lower/remaining.hpp"

namespace costrisk::present {

namespace {

/// ", more than in 99 of 100 futures (place 991 of 1,000)".
std::string standing_words(const Standing& standing) {
  const std::string paths = count(standing.paths), equal = count(standing.equal);
  if (standing.paths < 2) return "";
  if (standing.equal == standing.paths) return fmt::format(", as every one of {} futures", paths);
  if (standing.cheaper == 0)
    return standing.equal == 1 ? fmt::format(", less than in any other of {} futures", paths)
                               : fmt::format(", the least, as in {} of {} futures", equal, paths);
  if (standing.more_expensive() == 0)
    return standing.equal == 1 ? fmt::format(", more than in any other of {} futures", paths)
                               : fmt::format(", the most, as in {} of {} futures", equal, paths);
  const double hundred = 100.0 * static_cast<double>(standing.cheaper) / static_cast<double>(standing.paths);
  const std::string of_hundred =
      hundred > 99.0 ? fmt::format("{:.4g}", std::floor(100.0 * hundred) / 100.0) : fmt::format("{:.3g}", hundred);
  return standing.equal == 1
             ? fmt::format(", more than in {} of 100 futures (place {} of {})", of_hundred, count(standing.cheaper + 1),
                           paths)
             : fmt::format(", more than in {} of 100 futures and as much as in {} of them (places {} to {} of {})",
                           of_hundred, equal, count(standing.cheaper + 1), count(standing.cheaper + standing.equal),
                           paths);
}

std::string headline(const scenario::Scenario& scenario, const Story& story) {
  std::string words = fmt::format("Future {} of {}: “{}” costs {}{}", count(story.path), story.scenario, story.plan,
                                  money_with_unit(story.cost, story.currency), standing_words(story.standing));
  words += ".";
  if (const std::int64_t paid = scenario::paid_before(scenario); scenario.elapsed_seconds > 0.0)
    words += fmt::format(" Of that {} was paid until {}, where the simulation starts.",
                         money_with_unit(results::in_currency(paid), story.currency), date_after(scenario.start, 0.0));
  if (scenario.budget)
    words += story.cost > *scenario.budget
                 ? fmt::format(" That is {} over the budget of {}.",
                               money_with_unit(story.cost - *scenario.budget, story.currency),
                               money_with_unit(*scenario.budget, story.currency))
                 : fmt::format(" That is within the budget of {}.", money_with_unit(*scenario.budget, story.currency));
  return words;
}

std::vector<DrawWords> draw_words(const scenario::Scenario& scenario, const run::Timeline& timeline) {
  const UsedDraws used(scenario, timeline);
  std::vector<DrawWords> result;
  for (const run::Draw& draw : timeline.draws) {
    if (!used.uses(draw.address)) continue;
    DrawWords words;
    words.address = draw.address;
    words.unknown = driver_words(draw.address);
    words.level = draw.level;
    if (draw.happens) {
      words.value = *draw.happens ? "yes" : "no";
    } else if (const std::optional<double> begin = used.window_begins_hours(draw)) {
      words.unknown = "the start in " + words.unknown;
      words.value = span_words(*begin);
      words.words = level_words(draw.level, "later", "earlier");
      words.extremity = std::abs(2.0 * draw.level - 1.0);
    } else {
      if (draw.value) words.value = driver_value(*draw.value);
      words.words = level_words(draw.level);
      words.extremity = std::abs(2.0 * draw.level - 1.0);
    }
    result.push_back(words);
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const DrawWords& a, const DrawWords& b) { return a.extremity > b.extremity; });
  return result;
}

}  // namespace

Standing standing_of(const std::vector<std::int64_t>& costs, std::int64_t own) {
  const auto paths = [&](auto holds) {
    return static_cast<std::uint64_t>(std::count_if(costs.begin(), costs.end(), holds));
  };
  return {costs.size(), paths([own](std::int64_t cost) { return cost < own; }),
          paths([own](std::int64_t cost) { return cost == own; })};
}

Story make_story(const scenario::Scenario& scenario, const run::Timeline& timeline, const run::Timeline& median,
                 const Standing& standing) {
  Story story;
  story.scenario = scenario.name;
  story.plan = scenario.plans[static_cast<std::size_t>(timeline.plan)].name;
  story.currency = scenario.currency;
  story.path = timeline.path;
  story.median_path = median.path;
  const std::int64_t paid = scenario::paid_before(scenario);
  story.cost = results::in_currency(timeline.total_micros() + paid);
  story.median_cost = results::in_currency(median.total_micros() + paid);
  story.standing = standing;
  story.headline = headline(scenario, story);
  for (std::size_t i = 0; i < timeline.category_micros.size(); ++i) {
    const std::int64_t before = scenario::paid_before(scenario, 1u << i);
    const std::int64_t own = timeline.category_micros[i] + before, of_median = median.category_micros[i] + before;
    if (own != 0 || of_median != 0)
      story.categories.push_back({category_names[i], results::in_currency(own), results::in_currency(of_median)});
  }
  const PathMoney money(scenario, timeline);
  add_world_events(scenario, timeline, money, story.events);
  add_job_events(scenario, timeline, money, story.events);
  add_service_events(scenario, timeline, money, story.events);
  std::stable_sort(story.events.begin(), story.events.end(),
                   [](const StoryEvent& a, const StoryEvent& b) { return a.hours < b.hours; });
  story.draws = draw_words(scenario, timeline);
  story.conclusion = conclude(scenario, timeline, median, story);
  return story;
}

std::vector<StoryEvent> weightiest(const std::vector<StoryEvent>& events, std::size_t most) {
  std::vector<std::size_t> places(events.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  std::stable_sort(places.begin(), places.end(),
                   [&](std::size_t a, std::size_t b) { return events[a].weight > events[b].weight; });
  places.resize(std::min(most, places.size()));
  std::sort(places.begin(), places.end());
  std::vector<StoryEvent> chosen;
  for (const std::size_t place : places) chosen.push_back(events[place]);
  return chosen;
}

}  // namespace costrisk::present
