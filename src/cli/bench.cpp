// `costrisk bench`: how fast the engine is here.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "costrisk/costrisk.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/terminal.hpp"
#include "src/course/bench.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/text_table.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::cli {

namespace {

std::string main_table(const course::BenchReport& report) {
  present::TextTable table;
  table.add_column("backend", present::TextTable::Align::left);
  for (const char* title : {"threads", "futures", "seconds", "path-steps/s", "plan-steps/s", "world", "jobs",
                            "services", "plans", "tally", "peak MB"})
    table.add_column(title);
  for (const course::BenchRow& row : report.rows) {
    const auto share = [&](double value) { return row.lanes > 0 ? present::percent(value) : std::string("–"); };
    table.add_row({row.backend, fmt::format("{}", row.threads), present::count(row.paths),
                   fmt::format("{:.2f}", row.seconds), present::rate(row.path_steps_per_second),
                   present::rate(row.plan_steps_per_second), share(row.world_share), share(row.jobs_share),
                   share(row.services_share), share(row.plans_share), share(row.tally_share),
                   fmt::format("{:.0f}", row.peak_mb)});
  }
  return table.text(styled(stdout));
}

/// Core cycles a step and lane, stage by stage; nanoseconds of a group where the clock is not known.
std::string stage_table(const course::BenchReport& report) {
  const bool cycles = report.clock_ghz > 0.0;
  present::TextTable table;
  table.add_column("backend", present::TextTable::Align::left);
  for (const char* title : {"threads", "lanes", "floor", "world", "of floor", "a job", "a service", "a plan"})
    table.add_column(title);
  for (const course::BenchRow& row : report.rows) {
    if (row.lanes == 0) continue;
    const course::StageTimes& t = cycles ? row.lane_cycles : row.group_step_ns;
    const auto number = [](double value) { return fmt::format("{:.2f}", value); };
    table.add_row({row.backend, fmt::format("{}", row.threads), fmt::format("{}", row.lanes), number(t.floor),
                   number(t.world), fmt::format("{:.2f} ×", t.world / t.floor), number(t.job), number(t.service),
                   number(t.plan)});
  }
  return (cycles ? fmt::format("core cycles a step and lane, of one world, job, service or plan, at {:.2f} GHz;",
                               report.clock_ghz)
                 : std::string("nanoseconds a step of a whole group of lanes;")) +
         " floor: the world's random\nwords and transcendentals alone\n\n" + table.text(styled(stdout));
}

std::string scaling_table(const course::BenchReport& report) {
  present::TextTable table;
  table.add_column("with so many", present::TextTable::Align::left);
  for (const char* title : {"", "futures", "seconds", "path-steps/s", "peak MB"}) table.add_column(title);
  for (const course::ScalingRow& row : report.scaling)
    table.add_row({row.of, present::count(row.count), present::count(row.paths), fmt::format("{:.2f}", row.seconds),
                   present::rate(row.path_steps_per_second), fmt::format("{:.0f}", row.peak_mb)});
  return table.text(styled(stdout));
}

std::string as_text(const course::BenchReport& report, const std::string& statistic) {
  std::string text =
      fmt::format("{} plans, {} distinct jobs, {} distinct services, {} markets, {} steps a path, on {}\n\n",
                  report.plans, report.jobs, report.services, report.markets,
                  present::count(static_cast<std::uint64_t>(report.steps)), report.processor);
  text += main_table(report) + "\n" + stage_table(report);
  if (!report.scaling.empty())
    text += fmt::format("\n{} on all threads, with one thing changed; plans: those that differ in commitments\n\n{}",
                        report.rows.front().backend, scaling_table(report));
  if (report.precision)
    text += fmt::format("\n{} of every plan known to ±{:.2g} % after {} futures, {:.2f} s\n", statistic,
                        100.0 * report.precision->error, present::count(report.precision->paths),
                        report.precision->seconds);
  return text;
}

nlohmann::ordered_json as_json(const course::StageTimes& t) {
  return {{"world", t.world}, {"floor", t.floor}, {"job", t.job}, {"service", t.service}, {"plan", t.plan}};
}

nlohmann::ordered_json as_json(const course::BenchRow& row) {
  nlohmann::ordered_json json = {{"backend", row.backend},
                                 {"threads", row.threads},
                                 {"paths", row.paths},
                                 {"seconds", row.seconds},
                                 {"best_seconds", row.best_seconds},
                                 {"peak_mb", row.peak_mb},
                                 {"path_steps_per_second", row.path_steps_per_second},
                                 {"plan_steps_per_second", row.plan_steps_per_second},
                                 {"component_steps_per_second", row.component_steps_per_second}};
  if (row.lanes == 0) {
    json["device_share"] = row.device_share;
    return json;
  }
  json["lanes"] = row.lanes;
  json["share"] = {{"world", row.world_share},
                   {"jobs", row.jobs_share},
                   {"services", row.services_share},
                   {"plans", row.plans_share},
                   {"tally", row.tally_share}};
  json["group_step_ns"] = as_json(row.group_step_ns);
  json["lane_cycles"] = as_json(row.lane_cycles);
  return json;
}

std::string as_json(const course::BenchReport& report, const std::string& statistic) {
  nlohmann::ordered_json document;
  document["processor"] = report.processor;
  document["clock_ghz"] = report.clock_ghz;
  document["git_sha"] = version().git_sha;
  document["compiler"] = version().compiler;
  document["plans"] = report.plans;
  document["jobs"] = report.jobs;
  document["services"] = report.services;
  document["markets"] = report.markets;
  document["steps"] = report.steps;
  document["rows"] = nlohmann::ordered_json::array();
  for (const course::BenchRow& row : report.rows) document["rows"].push_back(as_json(row));
  if (!report.scaling.empty()) document["scaling"] = nlohmann::ordered_json::array();
  for (const course::ScalingRow& row : report.scaling)
    document["scaling"].push_back({{"of", row.of},
                                   {"count", row.count},
                                   {"paths", row.paths},
                                   {"seconds", row.seconds},
                                   {"path_steps_per_second", row.path_steps_per_second},
                                   {"peak_mb", row.peak_mb}});
  if (report.precision)
    document["precision"] = {{"statistic", statistic},
                             {"error", report.precision->error},
                             {"paths", report.precision->paths},
                             {"seconds", report.precision->seconds}};
  return trace::json_text(document);
}

struct BenchArguments {
  course::BenchOptions options;
  std::string until_error, scenario_case = "plans";
  bool json = false, scenario = false;
};

course::BenchCase case_of(const std::string& name) {
  if (name == "jobs") return course::BenchCase::jobs;
  if (name == "grid") return course::BenchCase::grid;
  return name == "commitments" ? course::BenchCase::commitments : course::BenchCase::plans;
}

int measure(BenchArguments& arguments) {
  arguments.options.scenario = case_of(arguments.scenario_case);
  if (arguments.scenario) {
    course::BenchShape shape;
    shape.scenario = arguments.options.scenario;
    print(course::bench_scenario(shape));
    return exit_done;
  }
  std::string statistic;
  if (!arguments.until_error.empty()) {
    arguments.options.until_error =
        of_option("--until-error", [&] { return course::bench_precision(arguments.until_error); });
    statistic = arguments.options.until_error->statistic.text;
  }
  const course::BenchReport report = course::bench(arguments.options);
  print(arguments.json ? as_json(report, statistic) : as_text(report, statistic));
  return exit_done;
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<BenchArguments>();
  CLI::App* command = app.add_subcommand("bench", "Measure the engine on its benchmark scenario");
  command
      ->add_option(
          "--case", arguments->scenario_case,
          "jobs: eight plans of one job; plans: of one job and one service, all different; grid: all "
          "pairs of four ways for the job and two for the service; commitments: 64 plans on the same two [plans]")
      ->check(CLI::IsMember({"jobs", "plans", "grid", "commitments"}))
      ->type_name("NAME");
  command->add_option("--backend", arguments->options.backends, "Backends to measure [all of the processor here]")
      ->check(CLI::IsMember(backend_names()));
  command->add_option("--threads", arguments->options.threads, "Numbers of threads [1 and all processors]")
      ->check(CLI::Range(1, 4096));
  command->add_option("--seconds", arguments->options.seconds, "Seconds that a repetition is to take [1]")
      ->check(number_between(0.01, 3600.0));
  command->add_option("--repetitions", arguments->options.repetitions, "The median of so many counts [3]")
      ->check(CLI::Range(1, 1000));
  command->add_flag("--scaling", arguments->options.scaling, "Also with more or less paths, steps, plans and markets");
  command->add_option("--until-error", arguments->until_error,
                      "Also how long it takes to know a statistic of all plans: X%, or mean=X%, as for run");
  command->add_flag("--scenario", arguments->scenario, "Print the benchmark scenario instead");
  command->add_flag("--json", arguments->json, "Print JSON instead of a table");
  command->footer(
      "Examples:\n"
      "  costrisk bench\n"
      "  costrisk bench --backend avx512 scalar --threads 1 --repetitions 7\n"
      "  costrisk bench --case commitments --threads 2\n"
      "  costrisk bench --scaling --until-error 0.5% --json\n"
      "Against NumPy, numba, C++ and, on a GPU, array languages: python3 tests/peers/compare.py\n");
  command->callback([arguments, &exit_code] { exit_code = measure(*arguments); });
}

}  // namespace costrisk::cli
