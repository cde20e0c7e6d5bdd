// `costrisk bench`: how fast the engine is here.
#include <fmt/format.h>

#include <map>
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
  for (const char* title : {"threads", "paths", "seconds", "path-steps/s", "plan-steps/s", "world", "jobs", "services",
                            "plans", "tally", "world ns", "of floor", "job ns", "service ns", "plan ns"})
    table.add_column(title);
  for (const run::BenchRow& row : report.rows)
    table.add_row(
        {row.backend, fmt::format("{}", row.threads), report::count(row.paths), fmt::format("{:.2f}", row.seconds),
         report::rate(row.path_steps_per_second), report::rate(row.plan_steps_per_second),
         report::percent(row.world_share), report::percent(row.jobs_share), report::percent(row.services_share),
         report::percent(row.plans_share), report::percent(row.tally_share), fmt::format("{:.1f}", row.world_ns),
         fmt::format("{:.2f} ×", row.world_ns / row.floor_ns), fmt::format("{:.1f}", row.job_ns),
         fmt::format("{:.1f}", row.service_ns), fmt::format("{:.1f}", row.plan_ns)});
  return fmt::format(
             "{} plans, {} distinct jobs, {} distinct services, {} markets, {} steps a path, on {}\n"
             "world, job, service, plan ns: one step of a whole group of lanes for one of them; floor: the world's "
             "random words and transcendentals alone\n\n",
             report.plans, report.jobs, report.services, report.markets,
             report::count(static_cast<std::uint64_t>(report.steps)), report.processor) +
         table.text(styled(stdout));
}

std::string as_json(const run::BenchReport& report) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const run::BenchRow& row : report.rows)
    rows.push_back({{"backend", row.backend},
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
                      {"jobs", row.jobs_share},
                      {"services", row.services_share},
                      {"plans", row.plans_share},
                      {"tally", row.tally_share}}},
                    {"group_step_ns",
                     {{"world", row.world_ns},
                      {"floor", row.floor_ns},
                      {"job", row.job_ns},
                      {"service", row.service_ns},
                      {"plan", row.plan_ns}}}});
  nlohmann::ordered_json document;
  document["processor"] = report.processor;
  document["git_sha"] = io::version().git_sha;
  document["compiler"] = io::version().compiler;
  document["plans"] = report.plans;
  document["jobs"] = report.jobs;
  document["services"] = report.services;
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
  command
      ->add_option(
          "--case", arguments->options.scenario,
          "jobs: eight plans of one job; plans: of one job and one service, all different (default); grid: all "
          "pairs of four ways for the job and two for the service; commitments: 64 plans on the same two")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, run::BenchCase>{{"jobs", run::BenchCase::jobs},
                                                                        {"plans", run::BenchCase::plans},
                                                                        {"grid", run::BenchCase::grid},
                                                                        {"commitments", run::BenchCase::commitments}}));
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
      "  costrisk bench --case commitments --threads 2\n"
      "  costrisk bench --json >results/bench/here.json\n");
  command->callback([arguments, &exit_code] {
    if (arguments->scenario) {
      print(run::bench_scenario(arguments->options.scenario));
    } else {
      const run::BenchReport report = run::bench(arguments->options);
      print(arguments->json ? as_json(report) : as_table(report));
    }
    exit_code = 0;
  });
}

}  // namespace costrisk::cli
