// Reading of files, each once however many markets name it, and what is wrong with them.
#include "src/scenario/histories.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "src/scenario/checks.hpp"
#include "src/scenario/history_sampling.hpp"
#include "src/scenario/sha256.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"

namespace costrisk::scenario {

void read_histories(Scenario& scenario, const Places& places, Diagnostics& diagnostics) {
  std::map<std::string, std::string> texts;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const trace::History>> traces;
  each_history(scenario, [&](const HistoryPlace& place, History& history) {
    try {
      const auto [text, fresh] = texts.try_emplace(history.path);
      if (fresh) text->second = trace::read_whole(history.path);
      auto& trace = traces[{history.path, history.column}];
      if (!trace)
        trace = std::make_shared<const trace::History>(
            trace::parse_history(text->second, history.path, {"", history.column}));
      history.trace = trace;
      history.content_sha256 = sha256_hex(std::as_bytes(std::span(text->second)));
    } catch (const trace::FormatError& error) {
      diagnostics.error(place_of(place.address + ".history", places), error.what());
    } catch (const trace::IoError& error) {
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
