// Studies of plans: options of the interface in, what they say out.
#include "costrisk/decide.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/api/boundary.hpp"
#include "src/api/studies.hpp"
#include "src/api/tables.hpp"
#include "src/decide/optimize.hpp"
#include "src/decide/sweep.hpp"
#include "src/present/text/sentences.hpp"
#include "src/results/store/atomic_file.hpp"
#include "src/run/run.hpp"
#include "src/scenario/reader/diagnostics.hpp"

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
  return [scenario, seed = options.seed](const std::vector<std::string>& assignments) {
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

namespace {

scenario::CostStatistic statistic_of(const std::string& text) {
  const auto statistic = scenario::parse_cost_statistic(text);
  if (!statistic) throw InputError(scenario::not_a_cost_statistic(text));
  return *statistic;
}

scenario::Variation variation_of(const std::string& text) {
  try {
    return scenario::parse_variation(text);
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
    const scenario::Search& search = loaded.search;
    decide::OptimizeOptions asked;
    for (const std::string& text : options.vary.empty() ? search.vary : options.vary)
      asked.axes.push_back(variation_of(text));
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

}  // namespace costrisk
