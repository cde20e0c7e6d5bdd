// Headline, categories, events and draws.
#include "src/report/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/report/drivers.hpp"
#include "src/report/numbers.hpp"
#include "src/report/story_draws.hpp"
#include "src/report/story_words.hpp"

namespace costrisk::report {

namespace {

double currency(std::int64_t micros) { return static_cast<double>(micros) / static_cast<double>(micros_per_unit); }

std::string headline(const scenario::Scenario& scenario, const Story& story) {
  const double share = static_cast<double>(story.standing.cheaper) / static_cast<double>(story.standing.paths);
  std::string words = fmt::format("Future {} of {}: “{}” costs {}", count(story.path), story.scenario, story.plan,
                                  money_with_unit(story.cost, story.currency));
  if (story.standing.paths > 1) {
    const double hundred = 100.0 * share;
    const std::string of_hundred =
        hundred > 99.0 ? fmt::format("{:.4g}", std::floor(100.0 * hundred) / 100.0) : fmt::format("{:.3g}", hundred);
    words += story.standing.cheaper == 0
                 ? fmt::format(", less than in any other of {} futures", count(story.standing.paths))
             : story.standing.cheaper + 1 == story.standing.paths
                 ? fmt::format(", more than in any other of {} futures", count(story.standing.paths))
                 : fmt::format(", more than in {} of 100 futures (place {} of {})", of_hundred,
                               count(story.standing.cheaper + 1), count(story.standing.paths));
  }
  words += ".";
  if (scenario.budget)
    words += story.cost > *scenario.budget
                 ? fmt::format(" That is {} over the budget of {}.",
                               money_with_unit(story.cost - *scenario.budget, story.currency),
                               money_with_unit(*scenario.budget, story.currency))
                 : fmt::format(" That is within the budget of {}.", money_with_unit(*scenario.budget, story.currency));
  return words;
}

std::vector<DrawWords> draw_words(const scenario::Scenario& scenario, const run::Timeline& timeline) {
  std::vector<DrawWords> result;
  for (const run::Draw& draw : timeline.draws) {
    if (!concerns_plan(scenario, timeline, draw.address)) continue;
    DrawWords words;
    words.address = draw.address;
    words.unknown = driver_words(draw.address);
    words.level = draw.level;
    if (draw.happens) {
      words.value = *draw.happens ? "yes" : "no";
    } else {
      if (draw.value) words.value = fmt::format("{:.4g}", *draw.value);
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

Story tell_story(const scenario::Scenario& scenario, const run::Timeline& timeline, const run::Timeline& median,
                 const Standing& standing) {
  Story story;
  story.scenario = scenario.name;
  story.plan = scenario.plans[static_cast<std::size_t>(timeline.plan)].name;
  story.currency = scenario.currency;
  story.path = timeline.path;
  story.median_path = median.path;
  story.cost = currency(timeline.total_micros());
  story.median_cost = currency(median.total_micros());
  story.standing = standing;
  story.headline = headline(scenario, story);
  for (std::size_t i = 0; i < timeline.category_micros.size(); ++i)
    if (timeline.category_micros[i] != 0 || median.category_micros[i] != 0)
      story.categories.push_back(
          {category_names[i], currency(timeline.category_micros[i]), currency(median.category_micros[i])});
  add_world_events(scenario, timeline, story.events);
  add_job_events(scenario, timeline, story.events);
  add_service_events(scenario, timeline, story.events);
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

}  // namespace costrisk::report
