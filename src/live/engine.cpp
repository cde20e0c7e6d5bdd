// The same model, sums and sentences as those of the program, on one thread.
#include "src/live/engine.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "kernels/backends/backend.hpp"
#include "src/live/tally_image.hpp"
#include "src/present/text/results_json.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/sums/sort.hpp"
#include "src/run/chunk.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/layout.hpp"
#include "src/run/status.hpp"
#include "src/scenario/reader/duration.hpp"
#include "src/scenario/reader/load.hpp"
#include "src/scenario/reader/resolved.hpp"
#include "src/scenario/reader/toml_reader.hpp"

namespace costrisk::live {

namespace {

using Json = nlohmann::ordered_json;

#if defined(__wasm__)
const Backend& backend = wasm_backend;
#else
const Backend& backend = scalar_backend;
#endif

constexpr int most_chunk_paths = 128;
constexpr int cost_bins = 48;

/// Whoever made the text has read its files, which may lie anywhere.
scenario::Loaded load(const std::string& toml, const std::vector<std::string>& settings, const std::string& folder) {
  return scenario::load_text(toml, "scenario.toml", settings, folder, scenario::HistoryFiles::read,
                             std::filesystem::path(folder).root_path());
}

/// Adds what stands below a node of the resolved scenario and has a number.
void add_values(Json& values, const std::string& address, const scenario::Node& node) {
  using Kind = scenario::Node::Kind;
  const auto within = [&](const std::string& name) { return address.empty() ? name : address + "." + name; };
  if (node.is_table()) {
    for (const scenario::Entry& entry : node.entries) add_values(values, within(entry.key), entry.value);
  } else if (node.is_list()) {
    for (const scenario::Node& entity : node.items)
      if (const scenario::Node* name = entity.is_table() ? entity.find("name") : nullptr)
        add_values(values, within(name->text), entity);
  } else if (node.kind == Kind::integer) {
    values.push_back({{"address", address}, {"kind", "number"}, {"value", node.integer}});
  } else if (node.kind == Kind::real) {
    values.push_back({{"address", address}, {"kind", "number"}, {"value", node.real}});
  } else if (node.kind == Kind::text && !address.ends_with(".name")) {
    if (const auto duration = scenario::parse_duration(node.text))
      values.push_back({{"address", address}, {"kind", "duration"}, {"value", node.text}, {"hours", duration->hours}});
  }
}

/// The resolved scenario as it is read.
scenario::Node tree_of(const scenario::Scenario& scenario) {
  const std::string text = scenario::resolved_toml(scenario);
  scenario::Diagnostics diagnostics;
  scenario::Node root;
  scenario::read_toml(text, diagnostics.add_source("resolved.toml", {}, text), diagnostics, root);
  return root;
}

}  // namespace

std::string description(const std::string& toml, const std::vector<std::string>& settings, const std::string& folder) {
  const scenario::Loaded loaded = load(toml, settings, folder);
  return description(loaded.scenario, loaded.warnings);
}

std::string description(const scenario::Scenario& scenario, const std::vector<std::string>& warnings) {
  Json values = Json::array();
  add_values(values, "", tree_of(scenario));
  Json plans = Json::array();
  for (const scenario::Plan& plan : scenario.plans) plans.push_back(plan.name);
  const Json result = {{"name", scenario.name},
                       {"currency", scenario.currency},
                       {"horizon_hours", scenario.horizon_hours()},
                       {"budget", scenario.budget ? Json(*scenario.budget) : Json(nullptr)},
                       {"paths", scenario.simulation.paths},
                       {"plans", plans},
                       {"values", values},
                       {"warnings", warnings}};
  return result.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Engine::Engine(const std::string& toml, const std::vector<std::string>& settings, const std::string& folder,
               std::uint64_t paths)
    : scenario_(load(toml, settings, folder).scenario),
      lowered_(scenario::lower(scenario_)),
      tally_(run::layout_of(scenario_, lowered_, 0, paths, false)) {}

void Engine::simulate(std::uint64_t first, int count) {
  const int most = (std::min(count, most_chunk_paths) + backend.lanes - 1) / backend.lanes * backend.lanes;
  run::ChunkBuffers buffers(backend, lowered_.parameters, lowered_.shape, most,
                            lowered_.past ? &*lowered_.past : nullptr);
  StageSeconds stages;
  for (int done = 0; done < count; done += most) {
    const std::uint64_t from = first + static_cast<std::uint64_t>(done);
    const int paths = std::min(most, count - done);
    backend.simulate(lowered_.parameters, from, paths, buffers.output(), buffers.workspace(), stages);
    run::check_status(buffers.output(), from, paths);
    buffers.add_past(paths);
    tally_.add(buffers.result(), from, paths);
  }
}

std::vector<std::byte> Engine::take() {
  std::vector<std::byte> image = image_of(tally_);
  tally_ = results::Tally(results::TallyLayout(tally_.layout()));
  return image;
}

void Engine::add(std::span<const std::byte> image) { tally_.merge(tally_of(tally_.layout(), image)); }

std::string Engine::results_json() const {
  run::Outcome outcome;
  outcome.complete = tally_.paths() == tally_.layout().paths;
  outcome.owners = lowered_.owners;
  outcome.drivers = lowered_.drivers;
  outcome.obligation = lowered_.obligation;
  outcome.commitment_micros = lowered_.effective_micros;
  outcome.parameters_sha256 = lowered_.sha256;
  const results::Results results =
      results::evaluate(tally_, run::results_context(scenario_, outcome), results::sort_on_processor);
  return present::results_json(results, "", {present::verdict(results), present::cost_histogram(tally_, cost_bins)});
}

}  // namespace costrisk::live
