// Studies of plans: options of the interface in, what they say out.
#include "costrisk/decide.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/api/boundary.hpp"
#include "src/api/studies.hpp"
#include "src/api/tables.hpp"
#include "src/decide/compare.hpp"
#include "src/decide/optimize.hpp"
#include "src/decide/sensitivity.hpp"
#include "src/decide/stress.hpp"
#include "src/decide/sweep.hpp"
#include "src/present/text/sentences.hpp"
#include "src/results/store/atomic_file.hpp"
#include "src/run/run.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/override.hpp"
#include "src/scenario/reader/resolved.hpp"
#include "src/scenario/reader/spell_out.hpp"
#include "src/scenario/reader/toml_reader.hpp"

namespace costrisk {

std::string Study::text(int width, bool bold) const {
  std::string all, paragraph;
  for (const std::string& sentence : sentences) paragraph += (paragraph.empty() ? "" : " ") + sentence;
  for (const Table& table : tables) all += table.text(bold) + "\n";
  return all + present::broken_text(paragraph, width);
}

const Array& Study::array(const std::string& name) const {
  std::vector<std::string> names;
  for (const Array& array : arrays) {
    if (array.name == name) return array;
    names.push_back(array.name);
  }
  throw UnknownName(fmt::format("no array of this study is named '{}'{}", name, scenario::did_you_mean(name, names)));
}

void Study::write(const std::filesystem::path& path) const {
  at_boundary([&] { results::write_file_atomically(path, file); });
}

std::vector<std::string> Study::failed_gates(const std::vector<std::string>& gates) const {
  if (gates.empty()) return {};
  return at_boundary([&] {
    std::vector<present::NamedFigure> named;
    for (const auto& [name, value] : figures) named.push_back({name, value, false});
    return present::failures(gates, named);
  });
}

decide::Loader loader_of(const Scenario& scenario, const StudyOptions& options) {
  return [scenario, seed = options.seed](const scenario::Assignments& assignments) {
    scenario::Scenario loaded;
    if (assignments.empty()) {
      loaded = Access::data(scenario).loaded()->scenario;
    } else {
      Scenario::Data data = Access::data(scenario);
      data.reading = std::make_shared<Scenario::Data::Reading>();
      data.overrides.insert(data.overrides.end(), assignments.begin(), assignments.end());
      loaded = data.loaded()->scenario;
    }
    if (seed) loaded.simulation.seed = *seed;
    return loaded;
  };
}

decide::Sampling sampling_of(const StudyOptions& options) {
  if (options.backend == "cuda")
    throw InputError("studies of plans run on the processor; expected the backend auto, avx512, avx2 or scalar");
  run::require_backend(options.backend, {});
  decide::Sampling sampling;
  sampling.paths = options.paths;
  sampling.backend = options.backend;
  sampling.threads = options.threads;
  sampling.stop = &Access::stop(options.cancellation);
  return sampling;
}

Study study_of(const present::Study& study, bool complete) {
  Study result;
  result.title = study.title;
  result.complete = complete;
  result.sentences = study.sentences;
  result.tables = tables_of(study.tables);
  for (const present::NamedFigure& figure : study.figures) result.figures.emplace_back(figure.name, figure.value);
  result.toml = study.fragment;
  result.json = present::json_text(study);
  result.page = present::page_of(study);
  for (const results::ArrayDimension& dimension : study.file.dimensions)
    result.dimensions.push_back(
        {dimension.name, dimension.size(), dimension.labels, dimension.numbers, dimension.unit, dimension.description});
  for (const results::NamedArray& array : study.file.arrays) {
    Array& made = result.arrays.emplace_back(
        Array{array.name, array.dimensions, {}, array.unit, array.description, array.values});
    for (const std::string& name : array.dimensions)
      for (const results::ArrayDimension& dimension : study.file.dimensions)
        if (dimension.name == name) made.shape.push_back(dimension.size());
  }
  result.file = results::hdf5_image(study.file);
  return result;
}

scenario::CostStatistic statistic_of(const std::string& text) {
  const auto statistic = scenario::parse_cost_statistic(text);
  if (!statistic) throw InputError(scenario::not_a_cost_statistic(text));
  return *statistic;
}

namespace {

/// @param source what the text comes from, for messages
scenario::Variation variation_of(const std::string& text, const std::string& source = "--vary") {
  try {
    return scenario::parse_variation(text, source);
  } catch (const scenario::BadVariation& bad) {
    throw InputError(bad.what());
  }
}

}  // namespace

Study sweep(const Scenario& scenario, const SweepOptions& options) {
  return at_boundary([&] {
    decide::SweepOptions asked;
    for (const std::string& text : options.vary) asked.axes.push_back(variation_of(text));
    asked.plans = options.plans;
    asked.statistic = statistic_of(options.minimize);
    asked.sampling = sampling_of(options);
    asked.progress = options.progress;
    const decide::Loader load = loader_of(scenario, options);
    const decide::Sweep sweep = decide::sweep(load, asked);
    if (sweep.cases.empty()) throw Cancelled("the sweep was cancelled before its first cases were done");
    return study_of(present::study_of(sweep, load({})), sweep.complete());
  });
}

Study optimize(const Scenario& scenario, const OptimizeOptions& options) {
  return at_boundary([&] {
    const decide::Loader load = loader_of(scenario, options);
    const scenario::Scenario loaded = load({});
    const scenario::Search search = loaded.search.value_or(scenario::Search{});
    decide::OptimizeOptions asked;
    const bool from_file = options.vary.empty();
    for (const std::string& text : from_file ? search.vary : options.vary)
      asked.axes.push_back(variation_of(text, from_file ? "vary of [search]" : "--vary"));
    asked.statistic = statistic_of(options.minimize.empty() ? search.minimize : options.minimize);
    asked.confidence = options.confidence > 0.0 ? options.confidence : search.confidence;
    if (!(asked.confidence < 1.0))
      throw InputError(fmt::format("a confidence of {}; expected one above 0 and below 1", asked.confidence));
    asked.sampling = sampling_of(options);
    if (options.paths == 0) asked.sampling.paths = static_cast<std::uint64_t>(search.paths);
    asked.proof_paths = options.proof_paths > 0 ? options.proof_paths : static_cast<std::uint64_t>(search.proof_paths);
    asked.progress = options.progress;
    const decide::Optimum optimum = decide::optimize(load, asked);
    if (optimum.finalists.empty()) throw Cancelled("the search was cancelled before its first plans were done");
    return study_of(present::study_of(optimum, loaded), optimum.complete);
  });
}

namespace {

/// Loads the resolved text of the scenario, in which every number has an address.
decide::Loader loader_of_resolved(const Scenario& scenario, const StudyOptions& options, std::string& text) {
  Scenario::Data data = Access::data(scenario);
  data.reading = std::make_shared<Scenario::Data::Reading>();
  data.text = text = scenario::resolved_toml(Access::data(scenario).loaded()->scenario);
  data.overrides.clear();
  return [data, seed = options.seed](const scenario::Assignments& assignments) {
    Scenario::Data changed = data;
    changed.reading = std::make_shared<Scenario::Data::Reading>();
    changed.overrides = assignments;
    scenario::Scenario loaded = changed.loaded()->scenario;
    if (seed) loaded.simulation.seed = *seed;
    return loaded;
  };
}

std::vector<std::string> names_of(const scenario::Scenario& scenario) {
  std::vector<std::string> names;
  for (const scenario::Plan& plan : scenario.plans) names.push_back(plan.name);
  return names;
}

/// The plan of that name; without one the cheapest that meets the goal, or of all.
std::size_t chosen_plan(const scenario::Scenario& scenario, const std::string& name, const decide::Sampling& sampling) {
  if (!name.empty()) return plan_of(names_of(scenario), name);
  decide::Sampling few = sampling;
  few.paths = std::min<std::uint64_t>(scenario.simulation.paths, 2048);
  if (sampling.paths > 0) few.paths = std::min(few.paths, sampling.paths);
  const std::vector<decide::Record> records = decide::observe(scenario, few).plans;
  if (records.front().paths() == 0) return 0;
  std::vector<decide::SweepCell> cells(records.size());
  std::vector<decide::SweepCell*> places;
  std::vector<const decide::Record*> all;
  for (std::size_t plan = 0; plan < records.size(); ++plan) {
    places.push_back(&cells[plan]);
    all.push_back(&records[plan]);
  }
  decide::judge(all, decide::measures_of(scenario), scenario.budget, {}, 0.05, places);
  for (std::size_t plan = 0; plan < cells.size(); ++plan)
    if (cells[plan].best) return plan;
  return static_cast<std::size_t>(
      std::min_element(cells.begin(), cells.end(),
                       [](const auto& a, const auto& b) { return a.figures.mean < b.figures.mean; }) -
      cells.begin());
}

/// Progress without a best.
std::function<void(std::uint64_t, std::uint64_t)> plain_progress(const StudyOptions& options) {
  if (!options.progress) return nullptr;
  return [&options](std::uint64_t done, std::uint64_t total) { options.progress(done, total, ""); };
}

}  // namespace

Study stress(const Scenario& scenario, const StressOptions& options) {
  return at_boundary([&] {
    const decide::Loader load = loader_of(scenario, options);
    const scenario::Scenario loaded = load({});
    decide::StressOptions asked;
    if (options.usual) asked.stresses = decide::usual_stresses(loaded);
    if (options.own)
      for (decide::NamedStress& own : decide::own_stresses(loaded)) asked.stresses.push_back(std::move(own));
    asked.sampling = sampling_of(options);
    asked.progress = plain_progress(options);
    const decide::StressTest test = decide::stress(load, asked);
    if (test.cells.empty()) throw Cancelled("the stresses were cancelled before the plans had been simulated");
    return study_of(present::study_of(test, loaded), test.complete);
  });
}

Study reverse_stress(const Scenario& scenario, const std::string& plan, const StudyOptions& options) {
  return at_boundary([&] {
    const decide::Loader load = loader_of(scenario, options);
    const scenario::Scenario loaded = load({});
    decide::ReverseOptions asked;
    asked.sampling = sampling_of(options);
    asked.plan = chosen_plan(loaded, plan, asked.sampling);
    asked.progress = plain_progress(options);
    const decide::Reverse reverse = decide::reverse(load, asked);
    if (!reverse.complete && reverse.moves.empty())
      throw Cancelled("the search for what breaks the goal was cancelled before anything was found");
    return study_of(present::study_of(reverse, loaded), reverse.complete);
  });
}

Study sensitivity(const Scenario& scenario, const SensitivityOptions& options) {
  return at_boundary([&] {
    std::string text;
    const decide::Loader load = loader_of_resolved(scenario, options, text);
    const scenario::Scenario loaded = load({});
    decide::SensitivityOptions asked;
    scenario::Diagnostics diagnostics;
    scenario::Node root;
    scenario::read_toml(text, diagnostics.add_source("scenario", {}, text), diagnostics, root);
    scenario::spell_out(root, scenario::root_table());
    for (scenario::NumberAt& number : scenario::numbers_of(root)) {
      const auto begins = [&](const std::string& beginning) { return number.address.starts_with(beginning); };
      if (options.only.empty() || std::any_of(options.only.begin(), options.only.end(), begins))
        asked.numbers.push_back(std::move(number));
    }
    if (asked.numbers.empty())
      throw InputError(
          fmt::format("no number has an address that begins with '{}'", fmt::join(options.only, "' or '")));
    asked.sampling = sampling_of(options);
    if (!options.vary.empty()) asked.axes.push_back(variation_of(options.vary));
    asked.progress = plain_progress(options);
    const std::size_t plan = chosen_plan(loaded, options.plan, asked.sampling);
    const decide::Sensitivity found = decide::sensitivity(load, asked);
    if (found.numbers.empty() && !found.complete)
      throw Cancelled("it was cancelled before the first number had been moved");
    return study_of(present::study_of(found, loaded, plan), found.complete);
  });
}

Study compare(const Results& a, const Results& b, const StudyOptions& options, const std::filesystem::path& folder) {
  return at_boundary([&] {
    const Results::Data &first = Access::data(a), &second = Access::data(b);
    run::Options run;
    run.backend = options.backend;
    run.threads = options.threads;
    run.stop = &Access::stop(options.cancellation);
    const auto load = [&](const std::string& text) {
      return scenario::load_text(text, "scenario", {}, folder).scenario;
    };
    const decide::Comparison comparison = decide::compare(
        {first.results, first.tally()}, {second.results, second.tally()}, load, run, plain_progress(options));
    return study_of(present::study_of(comparison, first.results, second.results), comparison.complete);
  });
}

}  // namespace costrisk
