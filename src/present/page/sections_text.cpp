// What is said in words: the verdict, and the assumptions that the numbers rest on.
#include <fmt/format.h>

#include "src/present/page/scale.hpp"
#include "src/present/page/sections.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/verdict.hpp"

namespace costrisk::present::html {

namespace {

std::string term(const std::string& name, const std::string& value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value));
}

Table market_table(const scenario::Scenario& scenario) {
  Table table;
  table.caption = "Markets, and of when their prices are";
  table.columns = {"market", "provider", "region", "instance", "GPUs", "prices as of"};
  table.text_columns = 4;
  const auto known = [](const std::string& text) { return text.empty() ? std::string("–") : text; };
  for (const scenario::Market& market : scenario.markets)
    table.rows.push_back({-1,
                          {market.name, known(market.provider), known(market.region), known(market.instance),
                           market.gpus > 0 ? std::to_string(market.gpus) : "–", known(market.as_of)}});
  return table;
}

std::string facts(const Material& material) {
  const results::Results& results = material.results;
  const results::ResultsContext& context = results.context;
  std::string html = "<dl class=\"facts\">";
  html +=
      term("Futures", fmt::format("{}{}", count(results.paths),
                                  results.first_path > 0 ? fmt::format(", from number {}", results.first_path) : ""));
  html += term("Status", context.shard ? fmt::format("shard {} of {}", context.shard->index, context.shard->count)
                         : context.status == results::RunStatus::complete ? "complete"
                                                                          : "stopped early");
  html += term("Seed", std::to_string(context.seed));
  html += term("Random numbers", context.rng);
  html += term("Horizon", fmt::format("{} from {}", hours(context.horizon_hours), instant(0.0, material.start())));
  html += term("Step", fmt::format("{:g} min", 60.0 * results.step_hours));
  if (material.scenario)
    html += term("Upfront payments", material.scenario->accounting == scenario::Accounting::billed
                                         ? "counted when paid"
                                         : "spread over their term");
  html += term("costrisk", fmt::format("{} ({})", context.costrisk_version, context.git_sha));
  html += term("Scenario, SHA-256", context.scenario_sha256);
  html += term("Parameters, SHA-256", context.parameters_sha256);
  return html + "</dl>";
}

std::string reproduction(const Material& material) {
  const results::Results& results = material.results;
  return fmt::format(
      "<h3>To make this report again</h3><p>Save the scenario below as scenario.toml and run, with the same version of "
      "the "
      "program:</p><pre class=\"command\">costrisk run scenario.toml --paths {} --seed {} -o result.h5 "
      "--report</pre><p>The "
      "numbers are the same to the last bit, on any machine. Histories that the scenario names are files of their "
      "own.</p>"
      "<details class=\"scenario\"><summary>The scenario, with every default filled in</summary><p class=\"tools\" "
      "hidden><button type=\"button\" id=\"copy\">Copy</button> <button type=\"button\" id=\"save\">Save as "
      "scenario.toml</button></p><pre id=\"scenario\" tabindex=\"0\">{}</pre></details>",
      results.paths, results.context.seed, escape(results.context.scenario_toml));
}

}  // namespace

Section verdict_section(const Material& material) {
  Section section;
  section.id = "verdict";
  section.printed = true;
  section.title = "The verdict";
  section.extra = "<div class=\"verdict\">";
  for (const std::string& sentence : verdict_sentences(material.results))
    section.extra += "<p>" + prose(sentence) + "</p>";
  section.extra += "</div>";
  return section;
}

Section assumption_section(const Material& material) {
  Section section;
  section.id = "assumptions";
  section.printed = true;
  section.title = "What does it all rest on?";
  section.lead =
      "The shares of futures are only as good as the prices, laws and plans of the scenario. This is everything that "
      "went into the run.";
  section.extra = facts(material) + reproduction(material);
  if (material.scenario) section.tables.push_back(market_table(*material.scenario));
  section.open = true;
  return section;
}

}  // namespace costrisk::present::html
