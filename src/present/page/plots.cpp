// Words and tables as markup, plots as data that the page's script draws.
#include "src/present/page/plots.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "src/present/page/assets.hpp"
#include "src/present/page/frame.hpp"
#include "src/present/page/markup.hpp"
#include "src/present/text/results_json.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

namespace {

using Json = nlohmann::ordered_json;
using html::escape;

constexpr std::size_t most_points = 2000;
constexpr std::array<const char*, 4> mark_names = {"line", "steps", "bars", "points"};

bool drawable(const Plot& plot, const std::pair<double, double>& point) {
  return std::isfinite(point.first) && std::isfinite(point.second) &&
         (plot.x_scale == Plot::Scale::linear || point.first > 0.0);
}

/// Every k-th point, so that a page stays small.
Json points_json(const Plot& plot, const Series& series) {
  Json points = Json::array();
  const std::size_t stride = series.points.size() / most_points + 1;
  for (std::size_t i = 0; i < series.points.size(); ++i)
    if ((i % stride == 0 || i + 1 == series.points.size()) && drawable(plot, series.points[i]))
      points.push_back({rounded(series.points[i].first), rounded(series.points[i].second)});
  return points;
}

Json plot_json(const Plot& plot) {
  Json series = Json::array(), cells = Json::array();
  for (const Series& one : plot.series)
    series.push_back({{"name", one.name},
                      {"mark", mark_names[static_cast<std::size_t>(one.mark)]},
                      {"points", points_json(plot, one)}});
  for (const std::vector<double>& row : plot.cells) {
    Json values = Json::array();
    for (const double value : row) values.push_back(std::isfinite(value) ? Json(rounded(value)) : Json(nullptr));
    cells.push_back(values);
  }
  return {{"x_label", plot.x_label},
          {"y_label", plot.y_label},
          {"logarithmic", plot.x_scale == Plot::Scale::logarithmic},
          {"from_zero", plot.from_zero},
          {"series", series},
          {"rows", plot.rows},
          {"columns", plot.columns},
          {"cells", cells}};
}

std::string table_of(const PlainTable& plain) {
  html::Table table{plain.title, plain.columns, 1, {}};
  for (const std::vector<std::string>& cells : plain.rows) table.rows.push_back({-1, cells});
  return html::table_markup(table);
}

std::string charts_of(const std::vector<Plot>& plots) {
  if (plots.empty() || html::script().empty()) return "";
  std::string text = "<section id=\"plots\" class=\"printed\" aria-label=\"Charts\"><div class=\"panels\">";
  for (std::size_t i = 0; i < plots.size(); ++i)
    text += fmt::format(
        "<figure id=\"plot-{}\" class=\"paper\"><figcaption>{}</figcaption><div class=\"chart\"></div></figure>\n", i,
        escape(plots[i].title));
  return text + "</div></section>\n";
}

std::string data_of(const PlotsPage& page) {
  Json plots = Json::array();
  for (const Plot& plot : page.plots) plots.push_back(plot_json(plot));
  Json data = page.results.is_object() ? page.results : Json::object();
  data["page"] = {{"sign", ""}, {"start", nullptr}, {"plots", plots}};
  return html::script_markup(data);
}

}  // namespace

std::string plots_page(const PlotsPage& page) {
  std::string text =
      html::head_markup(page.title, page.command) +
      fmt::format("<header><div><h1>{}</h1></div>{}</header>\n<main>\n", escape(page.title), html::tools_markup());
  if (!page.sentences.empty()) {
    text += "<section id=\"memo\" class=\"printed\" aria-label=\"The conclusion\"><div class=\"verdict\">";
    for (const std::string& sentence : page.sentences) text += "<p>" + html::prose(sentence) + "</p>";
    text += "</div></section>\n";
  }
  text += charts_of(page.plots);
  if (!page.tables.empty()) {
    text += "<section id=\"tables\" class=\"printed\" aria-label=\"Tables\">";
    for (const PlainTable& table : page.tables) text += table_of(table);
    text += "</section>\n";
  }
  if (!page.fragment.empty())
    text += fmt::format(
        "<section id=\"fragment\" class=\"printed\" aria-labelledby=\"fragment-title\"><h2 "
        "id=\"fragment-title\">Fragment of a scenario</h2>\n<pre tabindex=\"0\">{}</pre></section>\n",
        escape(page.fragment));
  text += "</main>\n";
  if (!page.plots.empty() && html::script().empty())
    text += "<footer><p>This page has tables and no charts: the program was built without npm.</p></footer>\n";
  return text + data_of(page) + "</body></html>\n";
}

}  // namespace costrisk::present
