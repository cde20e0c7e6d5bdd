// The live page over the scenario's resolved text.
#include "costrisk/live.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <system_error>

#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/live/engine.hpp"
#include "src/present/page/live_page.hpp"
#include "src/scenario/lower/histories.hpp"
#include "src/scenario/reader/resolved.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/files.hpp"

namespace costrisk {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_paths = std::uint64_t{1} << 20;
constexpr const char *engine_script = "costrisk_live.js", *engine_packed = "costrisk_live.wasm.gz";

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

bool has_engine(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / engine_script, error) && fs::is_regular_file(folder / engine_packed, error);
}

/// @throws InputError
fs::path engine_folder(const fs::path& asked) {
  if (!asked.empty()) {
    if (has_engine(asked)) return asked;
    throw InputError(
        fmt::format("{} has no {} and {}, which `cmake --preset live && cmake --build --preset live` makes",
                    asked.string(), engine_script, engine_packed));
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& folder : {program / "live", program.parent_path() / "share/costrisk/live"})
    if (has_engine(folder)) return folder;
  throw InputError(
      "the engine for browsers is not there: install emscripten (apt-get install emscripten), run `cmake --preset live "
      "&& cmake --build --preset live`, or name the folder that has it");
}

}  // namespace

std::string live_page(const Scenario& scenario, const LivePageOptions& options) {
  return at_boundary([&] {
    if (options.paths == 0 || options.paths > most_paths)
      throw InputError(fmt::format("a live page settles after 1 to {} futures, not {}", most_paths, options.paths));
    const fs::path folder = engine_folder(options.engine);
    const auto loaded = Access::data(scenario).loaded();
    const scenario::Scenario& simulated = loaded->scenario;

    present::LivePage page;
    page.title = simulated.name;
    page.file = options.file.empty() ? "scenario.toml" : options.file;
    page.options = options.options;
    page.currency = simulated.currency;
    page.toml = scenario::resolved_toml(simulated);
    page.paths = options.paths;
    std::map<std::string, std::string> histories;  // and bills, by the path that the text has
    scenario::each_history(simulated, [&](const scenario::HistoryPlace&, const scenario::History& history) {
      histories[history.written] = history.path;
    });
    if (simulated.actuals)
      for (std::size_t i = 0; i < simulated.actuals->bill.size(); ++i)
        histories[simulated.actuals->bill[i]] = simulated.actuals->paths[i];
    for (const auto& [written, path] : histories)
      page.histories.emplace_back(written, bytes_of(trace::read_whole(path)));  // decompressed

    const nlohmann::json described = nlohmann::json::parse(live::description(simulated));
    for (const LiveSlider& slider : options.sliders) {
      const auto& values = described["values"];
      if (std::none_of(values.begin(), values.end(),
                       [&](const nlohmann::json& value) { return value["address"] == slider.address; }))
        throw InputError(
            fmt::format("the scenario has no number or duration at {}; `costrisk check --resolved` prints "
                        "what it has",
                        slider.address));
      page.sliders.push_back({slider.address, slider.from, slider.to});
    }
    // The page decompresses the engine itself.
    const auto as_it_is = [&](const char* name) {
      return trace::read_file(folder / name, static_cast<std::size_t>(fs::file_size(folder / name)));
    };
    return present::live_page(page, {as_it_is(engine_script), bytes_of(as_it_is(engine_packed))});
  });
}

}  // namespace costrisk
