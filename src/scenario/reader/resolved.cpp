// Writes a scenario out in full.
#include "src/scenario/reader/resolved.hpp"

#include <fmt/format.h>

#include <set>
#include <span>

#include "src/scenario/entities/fields.hpp"
#include "src/scenario/lower/histories.hpp"
#include "src/scenario/reader/sha256.hpp"

namespace costrisk::scenario {
namespace {

/// @param left_out the path of a table that is not written; empty: none
std::string written(const Scenario& scenario, HistoryPaths history_paths, std::string_view left_out) {
  const ResolvedValues values(scenario, history_paths);
  Sections sections{values, left_out};
  table_of<Scenario>().write(scenario, "", sections);
  return std::move(sections.text);
}

}  // namespace

std::string resolved_toml(const Scenario& scenario) { return written(scenario, HistoryPaths::as_written, ""); }

std::string plan_toml(const Scenario& scenario, std::size_t plan) {
  Scenario alone = scenario;
  alone.plans = {scenario.plans[plan]};
  alone.items.clear();  // they name plans by their places
  alone.search.reset();
  alone.stresses.clear();
  const std::string text = written(alone, HistoryPaths::as_written, "");
  return text.substr(text.find("\n[[plan]]\n") + 1);
}

std::string scenario_sha256(const Scenario& scenario) {
  Sha256 digest;
  Scenario simulated = scenario;
  simulated.search.reset();
  simulated.stresses.clear();
  const std::string text = written(simulated, HistoryPaths::file_name_only, Simulation::table_name);
  digest.update(std::as_bytes(std::span(text)));
  each_history(scenario, [&](const HistoryPlace&, const History& history) {
    digest.update(std::as_bytes(std::span(history.content_sha256)));
  });
  if (scenario.actuals && scenario.actuals->paid)
    for (const std::string& sha256 : scenario.actuals->paid->sha256) digest.update(std::as_bytes(std::span(sha256)));
  return digest.hex();
}

std::string history_checksums(const Scenario& scenario) {
  std::set<std::string> lines;
  each_history(scenario, [&](const HistoryPlace&, const History& history) {
    lines.insert(fmt::format("{}  {}", history.content_sha256, history.written));
  });
  if (scenario.actuals && scenario.actuals->paid)
    for (std::size_t i = 0; i < scenario.actuals->bill.size(); ++i)
      lines.insert(fmt::format("{}  {}", scenario.actuals->paid->sha256[i], scenario.actuals->bill[i]));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace costrisk::scenario
