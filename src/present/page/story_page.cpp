// Headline, conclusion, charts, events and draws, without any script.
#include "src/present/page/story_page.hpp"

#include <fmt/format.h>

#include "src/present/page/assets.hpp"
#include "src/present/page/chart.hpp"
#include "src/present/page/markup.hpp"
#include "src/present/page/story_charts.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/story_words.hpp"
#include "src/results/store/version.hpp"

namespace costrisk::present {

namespace html {

namespace {

/// Events that a page shows at once, and lists at most; those that weigh most.
constexpr std::size_t most_shown = 20, most_listed = 500;

/// What the page of a path has beside the looks of reports.
constexpr const char* own_style = R"(
.why { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: .4rem 2.5rem; align-items: start; }
.why .scroll { margin-top: 0; }
header .headline { color: var(--ink); font-size: 1.08rem; max-width: 46rem; }
.lines { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: .1rem 0 .3rem; font-size: .875rem; color: var(--soft); }
.lines i { margin-right: .4rem; }
.static { overflow: visible; }
.story td.w { white-space: normal; min-width: 12rem; }
@media (max-width: 560px) {
  .panels .static { min-width: 0; font-size: 21px; } .chart { overflow: visible; }
  .story table { width: 100%; min-width: 0; } .story td.w { min-width: 0; } .why :is(th, td) { padding: .28rem .25rem; }
}
@media print { .panels .static { font-size: 18px; } .story table { width: 100%; } }
)";

std::string head(const Story& story) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri "
      "'none'; "
      "form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
      "name=\"generator\" content=\"costrisk explain {}\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>{}</title>\n<style>{}{}</style></head>\n<body>\n",
      escape(results::version().version), escape(fmt::format("{}: future {}", story.scenario, count(story.path))),
      style_sheet(), own_style);
}

Table category_table(const Story& story) {
  std::vector<double> amounts = {story.cost, story.median_cost};
  for (const CategoryDifference& category : story.categories)
    amounts.insert(amounts.end(), {category.cost, category.median_cost});
  const MoneyUnit unit = money_unit(amounts, story.currency);
  Table table;
  table.caption = fmt::format("Cost by category in {}, beside that of the median future", unit.name);
  table.columns = {"category", "this future", "median future", "difference"};
  const auto add = [&](const std::string& name, double cost, double median) {
    table.rows.push_back({-1, {name, money(cost, unit), money(median, unit), signed_money(cost - median, unit)}});
  };
  for (const CategoryDifference& category : story.categories)
    add(category.category, category.cost, category.median_cost);
  add("all", story.cost, story.median_cost);
  return table;
}

/// The events that weigh most, in order of time.
Table event_table(const Story& story, const scenario::Scenario& scenario, std::size_t most) {
  const std::vector<StoryEvent> events = weightiest(story.events, most);
  Table table;
  table.caption = events.size() < story.events.size()
                      ? fmt::format("The {} weightiest of {} events, in local time", events.size(), story.events.size())
                      : fmt::format("{}, in local time", counted(events.size(), "event"));
  table.columns = {"when", "what"};
  table.text_columns = 2;
  for (const StoryEvent& event : events) table.rows.push_back({-1, {moment(event.hours, scenario.start), event.words}});
  return table;
}

Table draw_table(const Story& story) {
  Table table;
  table.caption = "What was drawn once for this future, the unusual first";
  table.columns = {"unknown", "value", "where that lies"};
  for (const DrawWords& draw : story.draws) table.rows.push_back({-1, {draw.unknown, draw.value, draw.words}});
  return table;
}

std::string legend(const std::vector<PlanStyle>& lines) {
  std::string html = "<p class=\"lines\">";
  for (std::size_t i = 0; i < lines.size(); ++i)
    html += fmt::format("<span>{}{}</span>", swatch(static_cast<int>(i)), escape(lines[i].name));
  return html + "</p>";
}

std::string figure(const StoryChart& chart) {
  return fmt::format(
      "<figure id=\"{}\" class=\"paper\"><figcaption>{}<span class=\"visually-hidden\">. {}</span></figcaption>{}<div "
      "class=\"chart\">{}</div></figure>\n",
      chart.chart.id, escape(chart.chart.title), escape(chart.chart.description), legend(chart.lines),
      static_chart(chart.chart, chart.lines));
}

/// The headline of the text, less what the title says already.
std::string headline(const Story& story) {
  const std::string start = fmt::format("Future {} of {}: ", count(story.path), story.scenario);
  return story.headline.starts_with(start) ? story.headline.substr(start.size()) : story.headline;
}

std::string section(const std::string& id, const std::string& title, const std::string& content) {
  return fmt::format(
      "<section id=\"{0}\" class=\"printed\" aria-labelledby=\"{0}-title\"><h2 "
      "id=\"{0}-title\">{1}</h2>{2}</section>\n",
      id, escape(title), content);
}

}  // namespace

}  // namespace html

std::string html_story(const scenario::Scenario& scenario, const run::Timeline& timeline, const run::Timeline& median,
                       const Story& story) {
  using namespace html;
  std::string page = head(story) + fmt::format(
                                       "<header><div><h1>{}: future {}</h1><p class=\"headline\">{}</p></div>"
                                       "</header>\n<main>\n",
                                       escape(story.scenario), count(story.path), prose(headline(story)));
  std::string why;
  for (const std::string& sentence : story.conclusion) why += "<p>" + prose(sentence) + "</p>";
  page += section(
      "why", story.cost >= story.median_cost ? "What made it expensive" : "What made it cheap",
      "<div class=\"why\"><div class=\"verdict\">" + why + "</div>" + table_markup(category_table(story)) + "</div>");
  std::string figures = "<div class=\"panels\">";
  for (const StoryChart& chart : story_charts(scenario, timeline, median)) figures += figure(chart);
  page += section("course", "How it went", figures + "</div>");
  std::string events = table_markup(event_table(story, scenario, most_shown));
  if (story.events.size() > most_shown)
    events += fmt::format("<details class=\"data\"><summary>{}</summary>{}</details>",
                          story.events.size() > most_listed ? "More of them" : "All of them",
                          table_markup(event_table(story, scenario, most_listed)));
  page += section("events", "What happened", "<div class=\"story\">" + events + "</div>");
  if (!story.draws.empty()) page += section("draws", "What was drawn", table_markup(draw_table(story)));
  return page +
         fmt::format(
             "</main>\n<footer><p>Made by costrisk {}: future {} of seed {}, plan {}.</p></footer>\n</body></html>\n",
             escape(results::version().version), count(story.path), scenario.simulation.seed, escape(story.plan));
}

}  // namespace costrisk::present
