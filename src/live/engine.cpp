// The same model, sums and sentences as those of the program, on one thread.
#include "src/live/engine.hpp"

#include <toml++/toml.h>
#include <algorithm>
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
#include "src/scenario/reader/resolved_values.hpp"

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

scenario::Loaded load(const std::string& toml, const std::vector<std::string>& settings, const std::string& folder) {
  return scenario::load_text(toml, "scenario.toml", settings, folder);
}

/// Adds what stands below a node of the resolved scenario and has a number.
void add_values(Json& values, const std::string& address, const toml::node& node) {
  const auto add = [&](const char* kind, const Json& value) {
    values.push_back({{"address", address}, {"kind", kind}, {"value", value}});
  };
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table)
      add_values(values, (address.empty() ? "" : address + ".") + std::string(key.str()), value);
  } else if (const toml::array* array = node.as_array()) {
    for (const toml::node& element : *array)
      if (const toml::table* entity = element.as_table())
        if (const auto name = (*entity)["name"].value<std::string>())
          add_values(values, address + "." + *name, element);
  } else if (node.is_integer()) {
    add("number", node.value<std::int64_t>().value());
  } else if (node.is_floating_point()) {
    add("number", node.value<double>().value());
  } else if (const auto text = node.value<std::string>()) {
    if (const auto duration = scenario::parse_duration(*text); duration && !address.ends_with(".name"))
      values.push_back({{"address", address}, {"kind", "duration"}, {"value", *text}, {"hours", duration->hours}});
  }
}

}  // namespace

std::string description(const std::string& toml, const std::vector<std::string>& settings, const std::string& folder) {
  const scenario::Loaded loaded = load(toml, settings, folder);
  return description(loaded.scenario, loaded.warnings);
}

std::string description(const scenario::Scenario& scenario, const std::vector<std::string>& warnings) {
  Json values = Json::array();
  const toml::table table = toml::parse(scenario::resolved_toml(scenario));
  add_values(values, "", table);
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
  run::ChunkBuffers buffers(backend, lowered_.parameters, lowered_.shape, most);
  StageSeconds stages;
  for (int done = 0; done < count; done += most) {
    const std::uint64_t from = first + static_cast<std::uint64_t>(done);
    const int paths = std::min(most, count - done);
    backend.simulate(lowered_.parameters, from, paths, buffers.output(), buffers.workspace(), stages);
    run::check_status(buffers.output(), from, paths);
    tally_.add(buffers.output(), from, paths);
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
