// Puts the sections together.
#include "src/present/page/page.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "src/present/page/assets.hpp"
#include "src/present/page/frame.hpp"
#include "src/present/page/markup.hpp"
#include "src/present/page/page_data.hpp"
#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"

namespace costrisk::present {

namespace html {

namespace {

class Page {
 public:
  Page(const results::Results& results, const results::Tally& tally, const std::string& checksum)
      : checksum_(checksum), material_(results, tally), budget_(budget_line(material_)) {
    const auto add = [this](Section section) {
      if (!section.empty()) sections_.push_back(std::move(section));
    };
    add(plans_section(material_));
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

  std::string markup() const {
    std::string body = header() + "<main>\n" + decision() + plan_switches();
    for (const Section& section : sections_) body += section_markup(section);
    body += "</main>\n" + footer();
    return head() + body + script_markup(page_data(material_, budget_)) + "</body></html>\n";
  }

 private:
  std::string title() const { return escape(material_.summary.scenario); }

  std::string head() const {
    return head_markup(material_.summary.scenario, "report", material_.results.context.costrisk_version,
                       checksum_.empty() ? "" : fmt::format("<meta {}{}\">\n", report_mark, checksum_));
  }

  std::string header() const {
    const results::Summary& summary = material_.summary;
    std::string line =
        fmt::format("{} over {} of {}", counted(summary.plans.size(), "plan"),
                    counted(summary.paths, "simulated future"), duration(material_.results.context.horizon_hours));
    if (summary.budget) line += fmt::format(", budget {}", money_with_unit(*summary.budget, summary.currency));
    if (!summary.complete) line += " (stopped early)";
    std::string links = "<li><a href=\"#memo\">The decision</a></li>";
    for (const Section& section : sections_)
      links += fmt::format("<li><a href=\"#{}\">{}</a></li>", section.id, escape(section.title));
    return fmt::format(
        "<a class=\"skip\" href=\"#memo\">To the decision</a><header><div><h1>{}</h1><p>{}</p></div>{}</header>\n<nav "
        "aria-label=\"Sections\"><details open><summary>Contents</summary><ol>{}</ol></details></nav>\n",
        title(), escape(line), tools_markup(), links);
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

  std::string decision() const {
    std::string charts;
    for (const Figure& figure : memo_figures(material_)) charts += figure_markup(figure);
    return memo(material_, charts);
  }

  std::string section_markup(const Section& section) const {
    std::string html = fmt::format("<section id=\"{0}\"{2} aria-labelledby=\"{0}-title\"><h2 id=\"{0}-title\">{1}</h2>",
                                   section.id, escape(section.title), section.printed ? " class=\"printed\"" : "");
    if (!section.lead.empty()) html += "<p class=\"lead-in\">" + escape(section.lead) + "</p>";
    html += section.extra;
    std::string figures;
    for (const Figure& figure : section.figures) figures += figure_markup(figure);
    if (!figures.empty()) html += (section.panels ? "<div class=\"panels\">" : "<div>") + figures + "</div>";
    std::string tables;
    for (const Table& table : section.tables) tables += table_markup(table);
    if (section.open || script().empty())
      html += tables;
    else if (!tables.empty())
      html += "<details class=\"data\"><summary>Table</summary>" + tables + "</details>";
    return html + "</section>\n";
  }

  /// A place for the script to draw in; nothing where there is none.
  std::string figure_markup(const Figure& figure) const {
    if (script().empty()) return "";
    return fmt::format(
        "<figure id=\"{0}\"{1}{4}><figcaption>{2}<span class=\"visually-hidden\">. {3}</span></figcaption><div "
        "class=\"chart\"></div></figure>\n",
        figure.id, figure.plan >= 0 ? fmt::format(" data-plan=\"{}\"", figure.plan) : "", escape(figure.title),
        escape(figure.description),
        figure.printed && (figure.plan < 0 || static_cast<std::size_t>(figure.plan) == material_.featured)
            ? " class=\"paper\""
            : "");
  }

  std::string footer() const {
    return fmt::format("<footer><p>Made by costrisk {} from {}, seed {}.{}</p></footer>\n",
                       escape(material_.results.context.costrisk_version), counted(material_.results.paths, "future"),
                       material_.results.context.seed,
                       script().empty() ? " This report has tables and no charts: the program was built without npm."
                                        : " Charts: Apache ECharts.");
  }

  const std::string& checksum_;
  Material material_;
  BudgetLine budget_;
  std::vector<Section> sections_;
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
