// Reading of files, each once however many markets name it, and what is wrong with them.
#include "src/scenario/lower/histories.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "src/scenario/lower/history_sampling.hpp"
#include "src/scenario/reader/checks.hpp"
#include "src/scenario/reader/compose.hpp"
#include "src/scenario/reader/override.hpp"
#include "src/scenario/reader/sha256.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/files.hpp"

namespace costrisk::scenario {

void find_file(const std::string& path, Place where, const std::filesystem::path& root, std::string_view expected,
               Diagnostics& diagnostics) {
  const bool set = where.source >= 0 && diagnostics.is_assignment(where.source);
  if (!set && !trace::lies_within(root, path)) return diagnostics.error(where, outside(path, root));
  std::error_code failure;
  using std::filesystem::file_type;
  const file_type type = std::filesystem::status(path, failure).type();
  // What the system does not let be looked at (none), reading tells of.
  if (type == file_type::regular || type == file_type::none) return;
  const std::string problem = type == file_type::not_found ? fmt::format("the file '{}' does not exist", path)
                                                           : fmt::format("'{}' is no file", path);
  diagnostics.error(
      where, fmt::format("{}; expected {}{}", problem, expected, set ? ", by a path from the current folder on" : ""));
}

void find_histories(const Scenario& scenario, const Places& places, const std::filesystem::path& root,
                    Diagnostics& diagnostics) {
  each_history(scenario, [&](const HistoryPlace& place, const History& history) {
    if (history.written.empty()) return;
    find_file(history.path, place_of(place.address + ".history", places), root, "a trace", diagnostics);
  });
}

namespace {

trace::HistoryColumns columns_of(const HistoryPlace& place, const History& history) {
  trace::HistoryColumns columns;
  columns.value = history.column;
  columns.rates_unless_named = true;
  switch (place.role) {
    case HistoryRole::capacity:
      columns.quantity = trace::Quantity::capacity;
      break;
    case HistoryRole::price:
      columns.quantity = trace::Quantity::price;
      break;
    case HistoryRole::demand:
      columns.quantity = trace::Quantity::demand;
      if (history.unit != History::Unit::by_name)
        columns.unit = static_cast<trace::RateUnit>(static_cast<int>(history.unit) - 1);
      break;
  }
  return columns;
}

}  // namespace

void read_histories(Scenario& scenario, const Places& places, Diagnostics& diagnostics) {
  std::map<std::string, std::string> texts;
  std::map<std::tuple<std::string, std::string, HistoryRole, History::Unit>, std::shared_ptr<const trace::History>>
      traces;
  each_history(scenario, [&](const HistoryPlace& place, History& history) {
    try {
      const auto [text, fresh] = texts.try_emplace(history.path);
      if (fresh) text->second = trace::read_whole(history.path);
      auto& trace = traces[{history.path, history.column, place.role, history.unit}];
      if (!trace)
        trace = std::make_shared<const trace::History>(
            trace::parse_history(text->second, history.path, columns_of(place, history)));
      history.trace = trace;
      history.content_sha256 = sha256_hex(std::as_bytes(std::span(text->second)));
    } catch (const trace::FormatError& error) {
      diagnostics.error(place_of(place.address + ".history", places), error.what());
    }
  });
}

void check_histories(const Scenario& scenario, const Places& places, Diagnostics& diagnostics) {
  for (const SampledHistory& sampled : sample_histories(scenario))
    if (sampled.problem)
      diagnostics.error(place_of(sampled.place.address + "." + sampled.problem->key, places), sampled.problem->message);
}

double highest(const trace::History& trace) { return *std::max_element(trace.value.begin(), trace.value.end()); }

}  // namespace costrisk::scenario
