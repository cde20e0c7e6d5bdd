// Lines of a story.
#include "src/present/text/story_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "src/present/text/numbers.hpp"
#include "src/present/text/sentences.hpp"
#include "src/present/text/story_words.hpp"
#include "src/present/text/text_table.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

namespace {

constexpr std::size_t most_draws = 8;

std::string category_table(const Story& story, bool styled) {
  std::vector<double> amounts = {story.cost, story.median_cost};
  for (const CategoryDifference& category : story.categories)
    amounts.insert(amounts.end(), {category.cost, category.median_cost});
  const MoneyUnit unit = money_unit(amounts, story.currency);
  TextTable table;
  table.add_column(fmt::format("cost in {}", unit.name), TextTable::Align::left);
  table.add_column("this future");
  table.add_column("median future");
  table.add_column("difference");
  const auto add = [&](const std::string& name, double cost, double median) {
    table.add_row({name, money(cost, unit), money(median, unit), signed_money(cost - median, unit)});
  };
  for (const CategoryDifference& category : story.categories)
    add(category.category, category.cost, category.median_cost);
  add("all", story.cost, story.median_cost);
  return table.text(styled);
}

/// Events under one another, the words broken beside the moments.
std::string event_lines(const std::vector<StoryEvent>& events, const scenario::StartTime& start, int width) {
  std::vector<std::string> moments;
  int column = 0;
  for (const StoryEvent& event : events) {
    moments.push_back(moment(event.hours, start));
    column = std::max(column, display_width(moments.back()));
  }
  column += 2;
  std::string text;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string padding(static_cast<std::size_t>(column), ' ');
    std::string words = broken_text(events[i].words, std::max(width - column, 30));
    for (std::size_t end = words.find('\n'); end + 1 < words.size(); end = words.find('\n', end + 1))
      words.insert(end + 1, padding);
    text += moments[i] + padding.substr(static_cast<std::size_t>(display_width(moments[i]))) + words;
  }
  return text;
}

std::string draw_table(const Story& story, bool styled) {
  TextTable table;
  table.add_column("what was drawn", TextTable::Align::left);
  table.add_column("value");
  table.add_column("", TextTable::Align::left);
  for (std::size_t i = 0; i < std::min(most_draws, story.draws.size()); ++i)
    table.add_row({story.draws[i].unknown, story.draws[i].value, story.draws[i].words});
  return table.text(styled);
}

}  // namespace

std::string story_text(const Story& story, const scenario::Scenario& scenario, const StoryTextOptions& options) {
  std::string text = broken_text(story.headline, options.width) + "\n" + category_table(story, options.styled) + "\n";
  const std::vector<StoryEvent> events = weightiest(story.events, options.most_events);
  text += event_lines(events, scenario.start, options.width);
  if (const std::size_t left_out = story.events.size() - events.size(); left_out > 0)
    text += fmt::format("({} {} left out; --all shows {})\n", counted(left_out, "smaller event"),
                        left_out == 1 ? "is" : "are", left_out == 1 ? "it" : "them");
  if (events.empty()) text += "Nothing happened that could be reported.\n";
  if (!story.draws.empty()) text += "\n" + draw_table(story, options.styled);
  if (story.draws.size() > most_draws)
    text += fmt::format("({} more, nearer to the middle, {} in --json)\n", story.draws.size() - most_draws,
                        story.draws.size() - most_draws == 1 ? "is" : "are");
  return text + "\n" + broken_text(fmt::format("{}", fmt::join(story.conclusion, " ")), options.width);
}

std::string story_json(const Story& story, const scenario::Scenario& scenario) {
  using Json = nlohmann::ordered_json;
  Json document = {{"scenario", story.scenario},
                   {"plan", story.plan},
                   {"path", story.path},
                   {"currency", story.currency},
                   {"cost", story.cost},
                   {"paths", story.standing.paths},
                   {"cheaper_paths", story.standing.cheaper},
                   {"equal_paths", story.standing.equal},
                   {"median_path", story.median_path},
                   {"median_cost", story.median_cost},
                   {"budget", scenario.budget ? Json(*scenario.budget) : Json(nullptr)},
                   {"headline", story.headline}};
  document["categories"] = Json::array();
  for (const CategoryDifference& category : story.categories)
    document["categories"].push_back(
        {{"category", category.category}, {"cost", category.cost}, {"median_cost", category.median_cost}});
  document["events"] = Json::array();
  for (const StoryEvent& event : story.events)
    document["events"].push_back(
        {{"hours", event.hours}, {"moment", moment(event.hours, scenario.start)}, {"words", event.words}});
  document["draws"] = Json::array();
  for (const DrawWords& draw : story.draws)
    document["draws"].push_back(
        {{"driver", draw.address}, {"value", draw.value}, {"level", draw.level}, {"words", draw.words}});
  document["conclusion"] = story.conclusion;
  return trace::json_text(document);
}

}  // namespace costrisk::present
