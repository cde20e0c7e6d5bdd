// Puts the sections together.
#include "src/present/page/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "src/present/page/assets.hpp"
#include "src/present/page/chart.hpp"
#include "src/present/page/markup.hpp"
#include "src/present/page/policy.hpp"
#include "src/present/page/scale.hpp"
#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

namespace html {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_panels = 16;

/// "36 hours", "365 days".
std::string duration(double hours) {
  return hours < 72.0 ? fmt::format("{:.4g} hours", hours) : fmt::format("{:.4g} days", hours / 24.0);
}

class Page {
 public:
  Page(const results::Results& results, const results::Tally& tally, const std::string& checksum)
      : checksum_(checksum), material_(results, tally), budget_(budget_line(material_)) {
    const auto add = [this](Section section) {
      if (!section.empty()) sections_.push_back(std::move(section));
    };
    add(verdict_section(material_));
    add(exceedance_section(material_, budget_));
    add(density_section(material_));
    add(fan_section(material_));
    add(category_section(material_));
    add(owner_section(material_));
    add(budget_section(material_));
    add(waste_section(material_));
    add(commitment_section(material_));
    add(driver_section(material_));
    add(finish_section(material_));
    add(service_section(material_));
    add(latency_section(material_));
    add(risk_section(material_));
    add(difference_section(material_));
    add(convergence_section(material_));
    add(assumption_section(material_));
  }

  std::string markup() {
    std::string body = header() + plan_switches() + "<main>\n" + overview();
    for (const Section& section : sections_) body += section_markup(section);
    body += "</main>\n" + footer();
    return head() + body + data_and_script() + "</body></html>\n";
  }

 private:
  std::string title() const { return escape(material_.summary.scenario); }

  std::string head() const {
    const std::string policy =
        fmt::format("default-src 'none'; style-src 'unsafe-inline'; {}base-uri 'none'; form-action 'none'",
                    script().empty() ? "" : fmt::format("script-src '{}'; ", policy_hash(script())));
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
        "http-equiv=\"Content-Security-Policy\" "
        "content=\"{}\">\n{}<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
        "name=\"generator\" "
        "content=\"costrisk report {}\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n"
        "<style>{}</style></head>\n<body>\n",
        policy, checksum_.empty() ? "" : fmt::format("<meta {}{}\">\n", report_mark, checksum_),
        escape(material_.results.context.costrisk_version), title(), style_sheet());
  }

  std::string header() const {
    const results::Summary& summary = material_.summary;
    std::string line =
        fmt::format("{} over {} of {}", counted(summary.plans.size(), "plan"),
                    counted(summary.paths, "simulated future"), duration(material_.results.context.horizon_hours));
    if (summary.budget) line += fmt::format(", budget {}", money_with_unit(*summary.budget, summary.currency));
    if (!summary.complete) line += " (stopped early)";
    std::string links;
    for (const Section& section : sections_)
      links += fmt::format("<li><a href=\"#{}\">{}</a></li>", section.id, escape(section.title));
    return fmt::format(
        "<a class=\"skip\" href=\"#overview\">To the results</a><header><div><h1>{}</h1><p>{}</p></div><button "
        "type=\"button\" id=\"theme\" hidden>Dark</button></header>\n<nav "
        "aria-label=\"Sections\"><details><summary>Contents"
        "</summary><ol>{}</ol></details></nav>\n",
        title(), escape(line), links);
  }

  std::string plan_switches() const {
    std::string html = "<div class=\"plans\" role=\"group\" aria-label=\"Plans shown\">";
    for (std::size_t plan = 0; plan < material_.plan_count(); ++plan)
      html += fmt::format("<label><input type=\"checkbox\" data-switch=\"{}\"{} hidden>{}<span>{}</span></label>", plan,
                          material_.plans[plan].shown ? " checked" : "", swatch(static_cast<int>(plan)),
                          escape(material_.plan_name(plan)));
    if (material_.plan_count() > 1)
      html +=
          "<button type=\"button\" id=\"choose-plans\" aria-expanded=\"false\" hidden>Choose plans</button>"
          "<button type=\"button\" id=\"all-plans\" hidden>All</button><button type=\"button\" id=\"first-plans\" "
          "hidden>As at first</button>";
    return html + "</div>\n";
  }

  std::string overview() {
    std::string html = overview_head(material_) + "<div class=\"glance\">";
    const std::vector<Chart> charts = overview_charts(material_);
    for (const Chart& chart : charts) html += figure(chart);
    html += "<div class=\"notes\">" + main_drivers(material_) + overview_tail(material_) + "</div></div>";
    html += table_markup(comparison_table(material_));
    if (!charts.empty())
      html += hidden_tables(table_markup(period_table(material_, material_.featured)), "Table of cost over time");
    return html + "</section>\n";
  }

  std::string section_markup(const Section& section) {
    std::string html = fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-title\"><h2 id=\"{0}-title\">{1}</h2>",
                                   section.id, escape(section.title));
    if (!section.lead.empty()) html += "<p class=\"lead-in\">" + escape(section.lead) + "</p>";
    html += section.extra;
    if (!section.charts.empty()) {
      html += section.panels ? "<div class=\"panels\">" : "<div>";
      for (const Chart& chart : section.charts) html += figure(chart);
      html += "</div>";
    }
    std::string tables;
    for (const Table& table : section.tables) tables += table_markup(table);
    if (section.open)
      html += tables;
    else if (!tables.empty())
      html += hidden_tables(tables);
    return html + "</section>\n";
  }

  static std::string hidden_tables(const std::string& tables, const std::string& words = "Table") {
    return "<details class=\"data\"><summary>" + words + "</summary>" + tables + "</details>";
  }

  /// The chart as it stands, which the script puts its own in place of.
  std::string figure(const Chart& chart) {
    Json json = chart_json(chart);
    for (const char* axis : {"x", "y"})
      if (json.contains(axis)) json[axis] = shared_axis(json[axis]);
    charts_.push_back(std::move(json));
    const bool drawn = chart.plan < 0 || material_.plans[static_cast<std::size_t>(chart.plan)].shown;
    return fmt::format(
        "<figure id=\"{0}\"{1}><figcaption>{2}<span class=\"visually-hidden\">. {3}</span></figcaption><div "
        "class=\"chart\">"
        "{4}</div></figure>\n",
        chart.id, chart.plan >= 0 ? fmt::format(" data-plan=\"{}\"{}", chart.plan, drawn ? "" : " hidden") : "",
        escape(chart.title), escape(chart.description),
        drawn && draws_panels(chart) ? static_chart(chart, material_.plans) : "");
  }

  /// Of many plans the panels are drawn by the script alone, where there is one: still ones would double the page.
  bool draws_panels(const Chart& chart) const {
    return script().empty() || chart.plan < 0 || material_.plan_count() <= most_panels;
  }

  /// Where an axis stands among those of the page: charts side by side have the same.
  std::size_t shared_axis(const Json& axis) {
    const auto place = static_cast<std::size_t>(std::find(axes_.begin(), axes_.end(), axis) - axes_.begin());
    if (place == axes_.size()) axes_.push_back(axis);
    return place;
  }

  std::string footer() const {
    return fmt::format("<footer><p>Made by costrisk {} from {}, seed {}.{}</p></footer>\n",
                       escape(material_.results.context.costrisk_version), counted(material_.results.paths, "future"),
                       material_.results.context.seed,
                       script().empty() ? " The charts of this report are static: the program was built without npm."
                                        : " Charts: Apache ECharts.");
  }

  std::string data_and_script() const {
    if (script().empty()) return "";
    const results::Summary& summary = material_.summary;
    Json plans = Json::array();
    for (std::size_t p = 0; p < material_.plan_count(); ++p) {
      const results::PlanSummary& plan = summary.plans[p];
      Json quantiles = Json::array();
      for (const results::Estimate& estimate : plan.cost_quantile) quantiles.push_back(estimate.value);
      plans.push_back({{"name", plan.plan},
                       {"shown", material_.plans[p].shown},
                       {"mean", plan.cost_mean},
                       {"quantiles", quantiles},
                       {"over_budget", plan.over_budget ? Json(plan.over_budget->value) : Json(nullptr)}});
    }
    const Json data = {
        {"scenario", summary.scenario},
        {"currency", summary.currency},
        {"sign", currency_sign(summary.currency)},
        {"paths", summary.paths},
        {"start", start_milliseconds()},
        {"probabilities", summary.probabilities},
        {"plans", plans},
        {"budget",
         {{"given", budget_.given}, {"start", budget_.start}, {"stops", budget_.stops}, {"over", budget_.over}}},
        {"axes", axes_},
        {"charts", charts_}};
    return fmt::format("<script type=\"application/json\" id=\"data\">{}</script>\n<script>{}</script>\n",
                       escape_json(trace::shown_json(data.dump(-1, ' ', false, Json::error_handler_t::replace))),
                       script());
  }

  /// The start as milliseconds of UTC, though it is local time: the page shows it without any zone.
  Json start_milliseconds() const {
    const std::optional<scenario::StartTime> start = material_.start();
    return start ? Json(1000.0 * seconds_since_1970(*start)) : Json(nullptr);
  }

  const std::string& checksum_;
  Material material_;
  BudgetLine budget_;
  std::vector<Section> sections_;
  std::vector<Json> axes_;
  Json charts_ = Json::array();
};

}  // namespace

}  // namespace html

bool interactive_reports() { return !html::script().empty(); }

std::string html_report(const results::Results& results, const results::Tally& tally, const std::string& checksum) {
  if (results.paths == 0 || results.context.plans.empty() || results.context.probabilities.empty())
    throw std::invalid_argument("a report needs futures, plans and probabilities: these results have none");
  return html::Page(results, tally, checksum).markup();
}

}  // namespace costrisk::present
