// Brings what the engine leaves by path and the reference's samples into one form.
#include "tests/stat/subject.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "src/run/backends.hpp"
#include "src/run/chunk.hpp"
#include "src/run/run.hpp"
#include "src/scenario/lower/lower.hpp"
#include "tests/reference/reference.hpp"

namespace costrisk::stat {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Average average(const std::vector<double>& values) {
  const SampleMean result = sample_mean(values);
  return {result.mean, result.standard_error * std::sqrt(static_cast<double>(values.size()))};
}

std::vector<double> cost_per(const std::vector<double>& cost, const std::vector<double>& served, double unit) {
  std::vector<double> ratio;
  for (std::size_t path = 0; path < cost.size(); ++path) {
    ratio.push_back(served[path] > 0.0 ? cost[path] / served[path] * unit : infinity);
  }
  return ratio;
}

/// What `value` reads from each path of a plan.
template <typename Value>
std::vector<double> each(const std::vector<reference::PlanPath>& paths, Value&& value) {
  std::vector<double> values;
  values.reserve(paths.size());
  for (const reference::PlanPath& path : paths) values.push_back(static_cast<double>(value(path)));
  return values;
}

template <typename Value>
Average average(const std::vector<reference::PlanPath>& paths, Value&& value) {
  return average(each(paths, value));
}

/// `use` gives a path's use by market and way to buy.
template <typename Use>
std::vector<Average> average_use(const std::vector<reference::PlanPath>& paths, Use&& use) {
  std::vector<Average> averages;
  for (std::size_t m = 0; m < use(paths.front()).size(); ++m) {
    for (int p = 0; p < purchase_count; ++p) {
      averages.push_back(average(paths, [&](const auto& path) { return use(path)[m][p]; }));
    }
  }
  return averages;
}

ServiceResults read_service(const std::vector<reference::PlanPath>& paths, std::size_t s, bool tells_tokens) {
  ServiceResults service;
  const auto read = [&](double reference::ServicePath::*member) {
    return each(paths, [s, member](const auto& path) { return path.services[s].*member; });
  };
  using reference::ServicePath;
  service.served = average(read(&ServicePath::served));
  service.unserved_by_path = read(&ServicePath::unserved);
  service.unserved = average(service.unserved_by_path);
  std::vector<double> tokens = read(&ServicePath::tokens);
  for (double& count : tokens) count = std::round(count);
  service.tokens = average(tokens);
  service.within = average(read(&ServicePath::within));
  service.queued = average(read(&ServicePath::queued));
  service.waiting = average(read(&ServicePath::waiting));
  service.peak = average(read(&ServicePath::peak));
  service.cost = average(read(&ServicePath::cost));
  service.unit_cost = cost_per(read(&ServicePath::cost), read(&ServicePath::served), 1000.0);
  if (tells_tokens) service.token_cost = cost_per(read(&ServicePath::cost), tokens, 1e6);
  service.use_hours = average_use(
      paths, [s](const auto& path) -> const auto& { return path.services[s].use_hours; });
  return service;
}

PlanResults read_reference(const scenario::Scenario& scenario, const scenario::Plan& assignments,
                           const std::vector<reference::PlanPath>& paths, const std::vector<std::string>& owners) {
  PlanResults plan;
  const reference::PlanPath& any = paths.front();
  plan.cost = each(paths, [](const auto& path) { return path.cost; });
  for (int c = 0; c < category_count; ++c) {
    plan.category.push_back(average(paths, [c](const auto& path) { return path.category[c]; }));
  }
  for (std::size_t o = 0; o < owners.size(); ++o) {
    plan.owner[owners[o]] = average(paths, [o](const auto& path) { return path.owner[o]; });
  }
  for (std::size_t e = 0; e < any.cumulative.size(); ++e) {
    plan.cumulative.push_back(average(paths, [e](const auto& path) { return path.cumulative[e]; }));
  }
  const auto waste = [&](double reference::JobPath::*member) {
    return average(paths, [member](const auto& path) {
      double sum = 0.0;
      for (const reference::JobPath& job : path.jobs) sum += job.*member;
      return sum;
    });
  };
  plan.restart_waste = waste(&reference::JobPath::restart_cost);
  plan.lost_work_waste = waste(&reference::JobPath::lost_work_cost);
  plan.unused_commitment_waste = average(paths, [](const auto& path) { return path.unused_commitment; });
  const auto headroom = [&](double reference::ServicePath::*member) {
    return average(paths, [member](const auto& path) {
      double sum = 0.0;
      for (const reference::ServicePath& service : path.services) sum += service.*member;
      return sum;
    });
  };
  plan.idle_waste = headroom(&reference::ServicePath::idle_cost);
  plan.planned_headroom = headroom(&reference::ServicePath::planned_cost);
  for (std::size_t p = 0; p < any.period.size(); ++p) {
    plan.period.push_back(average(paths, [p](const auto& path) { return path.period[p]; }));
    plan.period_over.push_back(average(paths, [p](const auto& path) { return path.period_over[p]; }).mean);
  }
  for (std::size_t b = 0; b < any.budget_over.size(); ++b)
    plan.budget_over.push_back(average(paths, [b](const auto& path) { return path.budget_over[b]; }).mean);
  plan.covered = average(paths, [](const auto& path) { return path.covered; });
  plan.effective = any.effective;
  for (std::size_t j = 0; j < any.jobs.size(); ++j) {
    plan.finish.push_back(each(paths, [j](const auto& path) { return path.jobs[j].finish_hours; }));
    plan.runs.push_back(average(paths, [j](const auto& path) { return path.jobs[j].runs; }));
    plan.late.push_back(average(paths, [j](const auto& path) { return path.jobs[j].late; }));
    plan.interruptions.push_back(average(paths, [j](const auto& path) { return path.jobs[j].interruptions; }));
    plan.lost_hours.push_back(average(paths, [j](const auto& path) { return path.jobs[j].lost_hours; }));
    plan.use_hours.push_back(average_use(
        paths, [j](const auto& path) -> const auto& { return path.jobs[j].use_hours; }));
  }
  for (std::size_t s = 0; s < any.services.size(); ++s) {
    const int demand = scenario.services[assignments.services[s].service].demand;
    plan.services.push_back(read_service(paths, s, scenario.demands[demand].tokens.has_value()));
  }
  return plan;
}

Results simulate_with_reference(const scenario::Scenario& scenario, std::uint64_t paths, std::uint64_t seed) {
  Results results;
  results.paths = paths;
  const reference::Sample sample = reference::simulate_reference(scenario, paths, seed);
  for (std::size_t p = 0; p < sample.plans.size(); ++p) {
    results.plans.push_back(read_reference(scenario, scenario.plans[p], sample.plans[p], sample.owners));
    results.plans.back().obligation = sample.obligation[p];
  }
  return results;
}

/// What the engine leaves of its paths: sums of every row, and the rows that quantiles are taken of.
class EngineRun {
 public:
  EngineRun(const scenario::Lowered& lowered, std::uint64_t paths) : paths_(static_cast<int>(paths)) {
    const Output output;
    each_array(lowered.shape, output, [&](const char* name, auto*, int rows) {
      moments_[name].resize(static_cast<std::size_t>(rows));
      if (!is_kept(name)) return;
      kept_[name].assign(static_cast<std::size_t>(rows), std::vector<std::int64_t>(paths));
    });
    std::atomic<int> next{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < run::usable_processors(); ++i) {
      threads.emplace_back([&] {
        const Backend& backend = run::find_backend("auto");
        run::ChunkBuffers buffers(backend, lowered.parameters, lowered.shape, chunk);
        for (int first = next.fetch_add(chunk); first < paths_; first = next.fetch_add(chunk)) {
          simulate(backend, lowered, buffers, first);
        }
      });
    }
    threads.clear();
    if (moments_.at("status")[0].sum != 0) throw std::runtime_error("the engine gave up on a path");
  }

  /// @param unit what one of the row's integers stands for
  Average average(const std::string& name, std::size_t row, double unit = 1.0) const {
    const results::Moments& moments = moments_.at(name)[row];
    const double n = paths_;
    const double variance = results::scaled_variance(moments, static_cast<std::uint64_t>(paths_)) / (n * (n - 1.0));
    return {static_cast<double>(moments.sum) / n * unit, std::sqrt(variance) * unit};
  }
  std::vector<double> row(const std::string& name, std::size_t row, double unit = 1.0) const {
    std::vector<double> values;
    values.reserve(static_cast<std::size_t>(paths_));
    for (const std::int64_t value : integers(name, row)) values.push_back(static_cast<double>(value) * unit);
    return values;
  }
  const std::vector<std::int64_t>& integers(const std::string& name, std::size_t row) const {
    return kept_.at(name)[row];
  }

 private:
  static constexpr int chunk = 512;

  static bool is_kept(const std::string& name) {
    return name == "plan_cost" || name == "plan_service" || name == "job_finish" || name == "service_served" ||
           name == "service_unserved" || name == "service_tokens";
  }

  void simulate(const Backend& backend, const scenario::Lowered& lowered, run::ChunkBuffers& buffers, int first) {
    const int count = std::min(chunk, paths_ - first);
    StageSeconds stages;
    const Output& out = buffers.output();
    backend.simulate(lowered.parameters, static_cast<std::uint64_t>(first), count, out, buffers.workspace(), stages);
    const std::lock_guard lock(adding_);
    each_array(lowered.shape, out, [&](const char* name, const auto* values, int rows) {
      for (int row = 0; row < rows; ++row) {
        const auto* begin = values + std::int64_t{row} * out.stride;
        results::Moments& moments = moments_.at(name)[static_cast<std::size_t>(row)];
        for (int path = 0; path < count; ++path) {
          const auto value = static_cast<results::Int128>(begin[path]);
          moments.sum += value;
          moments.squares += static_cast<results::UInt128>(value * value);
        }
        if (!is_kept(name)) continue;
        std::copy(begin, begin + count, kept_.at(name)[static_cast<std::size_t>(row)].begin() + first);
      }
    });
  }

  const int paths_;
  std::mutex adding_;
  std::map<std::string, std::vector<results::Moments>> moments_;        ///< [array][row]
  std::map<std::string, std::vector<std::vector<std::int64_t>>> kept_;  ///< [array][row][path]
};

/// Reads one plan of a run.
class PlanReader {
 public:
  PlanReader(const scenario::Scenario& scenario, const scenario::Lowered& lowered, const EngineRun& run, int plan)
      : scenario_(scenario), lowered_(lowered), run_(run), plan_(plan) {}

  PlanResults read() const {
    const Shape& shape = lowered_.shape;
    PlanResults plan;
    plan.cost = money("plan_cost", at(plan_));
    for (int c = 0; c < category_count; ++c) {
      plan.category.push_back(mean_money("plan_category", at(plan_, c, category_count)));
    }
    for (int o = 0; o < shape.owners; ++o) {
      plan.owner[lowered_.owners[o]] = mean_money("plan_owner", at(plan_, o, shape.owners));
    }
    for (int e = 0; e < shape.bins; ++e) {
      plan.cumulative.push_back(mean_money("plan_bin", at(plan_, e, shape.bins)));
    }
    plan.restart_waste = waste(WasteKind::restart);
    plan.lost_work_waste = waste(WasteKind::lost_work);
    plan.unused_commitment_waste = waste(WasteKind::unused_commitment);
    plan.idle_waste = waste(WasteKind::idle_headroom);
    plan.planned_headroom = waste(WasteKind::planned_headroom);
    for (int p = 0; p < shape.budget_periods; ++p) {
      plan.period.push_back(mean_money("plan_period", at(plan_, p, shape.budget_periods)));
      plan.period_over.push_back(run_.average("plan_period_over", at(plan_, p, shape.budget_periods)).mean);
    }
    for (int b = 0; b < shape.budgets; ++b)
      plan.budget_over.push_back(run_.average("plan_budget_over", at(plan_, b, shape.budgets)).mean);
    plan.covered = mean_money("plan_covered", at(plan_));
    plan.effective = static_cast<double>(lowered_.effective_micros[at(plan_)]) / micros;
    plan.obligation = lowered_.obligation[at(plan_)];
    for (const scenario::JobAssignment& job : scenario_.plans[at(plan_)].jobs) add_job(job.job, plan);
    for (const scenario::ServiceAssignment& service : scenario_.plans[at(plan_)].services) {
      plan.services.push_back(read_service(service.service));
    }
    return plan;
  }

 private:
  static constexpr double micros = static_cast<double>(micros_per_unit);
  static constexpr double request = 1.0 / 1024.0;

  static std::size_t at(int row) { return static_cast<std::size_t>(row); }
  static std::size_t at(int row, int column, int columns) { return at(row) * at(columns) + at(column); }
  double tick_hours() const { return scenario_.step_hours() / static_cast<double>(ticks_per_step); }
  std::vector<double> money(const std::string& name, std::size_t row) const {
    return run_.row(name, row, 1.0 / micros);
  }
  Average mean_money(const std::string& name, std::size_t row) const { return run_.average(name, row, 1.0 / micros); }
  Average waste(WasteKind kind) const {
    return mean_money("plan_waste", at(plan_, static_cast<int>(kind), waste_kind_count));
  }
  std::vector<Average> use(const std::string& name, int component) const {
    std::vector<Average> averages;
    const int columns = lowered_.shape.markets * purchase_count;
    for (int c = 0; c < columns; ++c) averages.push_back(run_.average(name, at(component, c, columns), tick_hours()));
    return averages;
  }

  void add_job(int job, PlanResults& plan) const {
    const int component = lowered_.plan_job_component[at(plan_, job, static_cast<int>(scenario_.jobs.size()))];
    std::vector<double> finish;
    for (const std::int64_t ticks : run_.integers("job_finish", at(component))) {
      finish.push_back(ticks == never_ticks ? infinity : static_cast<double>(ticks) * tick_hours());
    }
    plan.finish.push_back(finish);
    plan.runs.push_back(run_.average("job_runs", at(component)));
    plan.late.push_back(run_.average("job_late", at(component)));
    plan.interruptions.push_back(run_.average("job_interruptions", at(component)));
    plan.lost_hours.push_back(run_.average("job_lost", at(component), tick_hours()));
    plan.use_hours.push_back(use("job_use", component));
  }

  ServiceResults read_service(int index) const {
    const int services = static_cast<int>(scenario_.services.size());
    const int component = lowered_.plan_service_component[at(plan_, index, services)];
    const std::vector<double> cost = money("plan_service", at(plan_, index, services));
    const std::vector<double> served = run_.row("service_served", at(component), request);
    const std::vector<double> tokens = run_.row("service_tokens", at(component));
    ServiceResults service;
    service.served = average(served);
    service.unserved_by_path = run_.row("service_unserved", at(component), request);
    service.unserved = average(service.unserved_by_path);
    service.tokens = average(tokens);
    if (lowered_.shape.latency_components > 0) service.within = run_.average("service_within", at(component), request);
    service.queued = run_.average("service_queued", at(component), request);
    service.waiting = run_.average("service_waiting", at(component), request);
    service.peak = run_.average("service_peak", at(component));
    service.cost = average(cost);
    service.unit_cost = cost_per(cost, served, 1000.0);
    if (scenario_.demands[at(scenario_.services[at(index)].demand)].tokens) {
      service.token_cost = cost_per(cost, tokens, 1e6);
    }
    service.use_hours = use("service_use", component);
    return service;
  }

  const scenario::Scenario& scenario_;
  const scenario::Lowered& lowered_;
  const EngineRun& run_;
  const int plan_;
};

Results simulate_with_engine(scenario::Scenario scenario, std::uint64_t paths, std::uint64_t seed) {
  scenario.simulation.paths = paths;
  scenario.simulation.seed = seed;
  const scenario::Lowered lowered = scenario::lower(scenario);
  const EngineRun run(lowered, paths);
  Results results;
  results.paths = paths;
  for (int p = 0; p < static_cast<int>(scenario.plans.size()); ++p) {
    results.plans.push_back(PlanReader(scenario, lowered, run, p).read());
  }
  return results;
}

}  // namespace

Results simulate(Subject subject, const scenario::Scenario& scenario, std::uint64_t paths, std::uint64_t seed) {
  return subject == Subject::engine ? simulate_with_engine(scenario, paths, seed)
                                    : simulate_with_reference(scenario, paths, seed);
}

}  // namespace costrisk::stat
