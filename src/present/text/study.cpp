#include "src/present/text/study.hpp"

#include <fmt/format.h>

#include "src/present/page/plots.hpp"
#include "src/present/text/numbers.hpp"
#include "src/results/store/file_type.hpp"
#include "src/scenario/reader/resolved.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

Study begin_study(const std::string& command, const scenario::Scenario& scenario, std::uint64_t paths,
                  std::uint64_t seed, bool complete) {
  Study study;
  study.title = fmt::format("{} of {}", command, scenario.name);
  study.json = {{"study", command},
                {"scenario", scenario.name},
                {"status", complete ? "complete" : "partial"},
                {"paths", paths},
                {"seed", seed},
                {"currency", scenario.currency},
                {"budget", nullptr}};
  if (scenario.budget) study.json["budget"] = *scenario.budget;
  study.file.filetype = results::study_filetype;
  study.file.title = scenario.name;
  study.file.study = command;
  study.file.currency = scenario.currency;
  study.file.scenario_toml = scenario::resolved_toml(scenario);
  study.file.seed = seed;
  study.file.paths = paths;
  study.file.complete = complete;
  return study;
}

std::string json_text(const Study& study) {
  nlohmann::ordered_json document = study.json;
  document["sentences"] = study.sentences;
  nlohmann::ordered_json figures = nlohmann::ordered_json::object();
  for (const NamedFigure& figure : study.figures) figures[figure.name] = figure.value;
  document["figures"] = figures;
  if (!study.fragment.empty()) document["toml"] = study.fragment;
  return trace::json_text(document);
}

std::string page_of(const Study& study) {
  return plots_page({study.title, study.sentences, study.plots, study.tables, study.fragment, "study", study.json});
}

std::string title_of(const decide::Measure& measure) {
  using Kind = decide::Measure::Kind;
  const std::size_t dot = measure.address.find('.');
  const std::string of = dot == std::string::npos ? "" : measure.address.substr(dot + 1);
  switch (measure.kind) {
    case Kind::over_budget:
      return "over budget";
    case Kind::late:
      return of + " late";
    case Kind::served:
      return of + " served";
    case Kind::within:
      return of + " within";
  }
  __builtin_unreachable();
}

std::string money_interval(double value, double low, double high, const std::string& currency) {
  return fmt::format("{} ({} to {})", money_with_unit(value, currency), money_with_unit(low, currency),
                     money_with_unit(high, currency));
}

const char* word_of(decide::Standing standing) {
  switch (standing) {
    case decide::Standing::met:
      return "met";
    case decide::Standing::missed:
      return "missed";
    case decide::Standing::unknown:
      return "not sure";
  }
  __builtin_unreachable();
}

nlohmann::ordered_json figures_json(const decide::CostFigures& figures) {
  return {{"mean", figures.mean}, {"mean_se", figures.mean_error},
          {"sd", figures.sd},     {"p5", figures.p5},
          {"p50", figures.p50},   {"p90", figures.p90},
          {"p95", figures.p95},   {"cvar95", figures.cvar95}};
}

std::string short_address(const std::string& address) {
  std::vector<std::string> parts(1);
  for (const char c : address)
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  // Without the kind and, of a plan, its name.
  const std::size_t begin = parts.front() == "plan" ? 2 : 1;
  std::string text;
  for (std::size_t i = begin; i < parts.size(); ++i) text += (text.empty() ? "" : " ") + parts[i];
  return text.empty() ? address : text;
}

}  // namespace costrisk::present
