// Headline, conclusion, charts, events and draws, without any script.
#include "src/report/html/story_page.hpp"

#include <fmt/format.h>

#include "src/io/version.hpp"
#include "src/report/html/assets.hpp"
#include "src/report/html/markup.hpp"
#include "src/report/html/story_charts.hpp"
#include "src/report/html/svg.hpp"
#include "src/report/numbers.hpp"
#include "src/report/story_words.hpp"

namespace costrisk::report {

namespace html {

namespace {

/// Events that a page lists at most; those that weigh most.
constexpr std::size_t most_listed = 500;

std::string head(const Story& story) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri "
      "'none'; "
      "form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
      "name=\"generator\" content=\"costrisk {}\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>{}</title>\n<style>{}\n.story td.w {{ white-space: normal; min-width: 16rem; "
      "}}\n</style></head>\n<body>\n",
      escape(io::version().version), escape(fmt::format("{}: future {}", story.scenario, count(story.path))),
      style_sheet());
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
    table.rows.push_back(
        {-1, {name, money(cost, unit), money(median, unit), (cost > median ? "+" : "") + money(cost - median, unit)}});
  };
  for (const CategoryDifference& category : story.categories)
    add(category.category, category.cost, category.median_cost);
  add("all", story.cost, story.median_cost);
  return table;
}

Table event_table(const Story& story, const scenario::Scenario& scenario) {
  const std::vector<StoryEvent> events = weightiest(story.events, most_listed);
  Table table;
  table.caption = events.size() < story.events.size()
                      ? fmt::format("The {} weightiest of {} events", events.size(), story.events.size())
                      : fmt::format("{} events, in local time", events.size());
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
  std::string html = "<p class=\"hint\">";
  for (std::size_t i = 0; i < lines.size(); ++i)
    html += fmt::format("{}{} {}", i > 0 ? " &ensp; " : "", swatch(static_cast<int>(i)), escape(lines[i].name));
  return html + "</p>";
}

std::string figure(const StoryChart& chart) {
  return fmt::format(
      "<figure id=\"{}\"><figcaption>{}<span class=\"visually-hidden\">. {}</span></figcaption>{}<div "
      "class=\"chart\">{}</div></figure>\n",
      chart.chart.id, escape(chart.chart.title), escape(chart.chart.description), legend(chart.lines),
      static_chart(chart.chart, chart.lines));
}

std::string section(const std::string& id, const std::string& title, const std::string& content) {
  return fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-title\"><h2 id=\"{0}-title\">{1}</h2>{2}</section>\n",
                     id, escape(title), content);
}

}  // namespace

}  // namespace html

std::string html_story(const scenario::Scenario& scenario, const run::Timeline& timeline, const run::Timeline& median,
                       const Story& story) {
  using namespace html;
  std::string page = head(story) + fmt::format("<header><div><h1>{}: future {}</h1><p>{}</p></div></header>\n<main>\n",
                                               escape(story.scenario), count(story.path), escape(story.headline));
  std::string why;
  for (const std::string& sentence : story.conclusion) why += "<p>" + escape(sentence) + "</p>";
  page += section("why", story.cost >= story.median_cost ? "What made it expensive" : "What made it cheap",
                  "<div class=\"verdict\">" + why + "</div>" + table_markup(category_table(story)));
  std::string figures = "<div class=\"panels\">";
  for (const StoryChart& chart : story_charts(scenario, timeline, median)) figures += figure(chart);
  page += section("course", "How it went", figures + "</div>");
  page += section("events", "What happened",
                  "<div class=\"story\">" + table_markup(event_table(story, scenario)) + "</div>");
  if (!story.draws.empty()) page += section("draws", "What was drawn", table_markup(draw_table(story)));
  return page +
         fmt::format(
             "</main>\n<footer><p>Made by costrisk {}: future {} of seed {}, plan {}.</p></footer>\n</body></html>\n",
             escape(io::version().version), count(story.path), scenario.simulation.seed, escape(story.plan));
}

}  // namespace costrisk::report
