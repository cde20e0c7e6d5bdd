// `costrisk bench`: how fast the engine is here.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "src/cli/commands.hpp"
#include "src/cli/terminal.hpp"
#include "src/io/version.hpp"
#include "src/report/numbers.hpp"
#include "src/report/text_table.hpp"
#include "src/run/bench.hpp"

namespace costrisk::cli {

namespace {

std::string as_table(const run::BenchReport& report) {
  report::TextTable table;
  table.add_column("backend", report::TextTable::Align::left);
  for (const char* title : {"threads", "paths", "seconds", "path-steps/s", "component-steps/s", "world", "components",
                            "plans", "tally", "world ns", "of floor", "component ns"})
    table.add_column(title);
  for (const run::BenchRow& row : report.rows)
    table.add_row({row.backend, fmt::format("{}", row.threads), report::count(row.paths),
                   fmt::format("{:.2f}", row.seconds), report::rate(row.path_steps_per_second),
                   report::rate(row.component_steps_per_second), report::percent(row.world_share),
                   report::percent(row.components_share), report::percent(row.plans_share),
                   report::percent(row.tally_share), fmt::format("{:.1f}", row.world_ns),
                   fmt::format("{:.2f} ×", row.world_ns / row.floor_ns), fmt::format("{:.1f}", row.component_ns)});
  return fmt::format(
             "{} plans, {} components, {} markets, {} steps a path, on {}\n"
             "world ns, component ns: one step of a whole group of lanes; floor: the world's random words and "
             "transcendentals alone\n\n",
             report.plans, report.components, report.markets, report::count(static_cast<std::uint64_t>(report.steps)),
             report.processor) +
         table.text(styled(stdout));
}

std::string as_json(const run::BenchReport& report) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const run::BenchRow& row : report.rows)
    rows.push_back(
        {{"backend", row.backend},
         {"threads", row.threads},
         {"lanes", row.lanes},
         {"paths", row.paths},
         {"seconds", row.seconds},
         {"best_seconds", row.best_seconds},
         {"path_steps_per_second", row.path_steps_per_second},
         {"plan_steps_per_second", row.plan_steps_per_second},
         {"component_steps_per_second", row.component_steps_per_second},
         {"share",
          {{"world", row.world_share},
           {"components", row.components_share},
           {"plans", row.plans_share},
           {"tally", row.tally_share}}},
         {"group_step_ns", {{"world", row.world_ns}, {"floor", row.floor_ns}, {"component", row.component_ns}}}});
  nlohmann::ordered_json document;
  document["processor"] = report.processor;
  document["git_sha"] = io::version().git_sha;
  document["compiler"] = io::version().compiler;
  document["plans"] = report.plans;
  document["components"] = report.components;
  document["markets"] = report.markets;
  document["steps"] = report.steps;
  document["rows"] = rows;
  return document.dump(2) + "\n";
}

struct BenchArguments {
  run::BenchOptions options;
  bool json = false, scenario = false;
};

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<BenchArguments>();
  CLI::App* command = app.add_subcommand("bench", "Measure the engine on its benchmark scenario");
  command->add_option("--backend", arguments->options.backends, "Backends to measure (default: all there are here)")
      ->check(CLI::IsMember({"cuda", "avx512", "avx2", "scalar"}));
  command->add_option("--threads", arguments->options.threads, "Numbers of threads (default: 1 and all processors)")
      ->check(CLI::Range(1, 4096));
  command->add_option("--seconds", arguments->options.seconds, "Length of a repetition (default: 1)")
      ->check(CLI::Range(0.01, 3600.0));
  command->add_option("--repetitions", arguments->options.repetitions, "The median of so many counts (default: 3)")
      ->check(CLI::Range(1, 1000));
  command->add_flag("--scenario", arguments->scenario, "Print the benchmark scenario instead");
  command->add_flag("--json", arguments->json, "Print JSON instead of a table");
  command->footer(
      "Examples:\n"
      "  costrisk bench\n"
      "  costrisk bench --backend avx512 scalar --threads 1 --repetitions 7\n"
      "  costrisk bench --json >results/bench/here.json\n");
  command->callback([arguments, &exit_code] {
    if (arguments->scenario) {
      print(run::bench_scenario());
    } else {
      const run::BenchReport report = run::bench(arguments->options);
      print(arguments->json ? as_json(report) : as_table(report));
    }
    exit_code = 0;
  });
}

}  // namespace costrisk::cli
