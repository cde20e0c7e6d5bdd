// Takes what it needs of each chunk's output; tallies nothing.
#include "src/decide/observe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "kernels/model/output.hpp"
#include "kernels/model/world/driver_parameters.hpp"
#include "src/run/memory.hpp"
#include "src/run/run.hpp"
#include "src/scenario/lower/lower.hpp"

namespace costrisk::decide {

namespace {

std::size_t size_of(int extent) { return static_cast<std::size_t>(extent); }

/// The sums of a ratio on one path.
struct PathRatio {
  std::int64_t part = 0, whole = 0;
};

PathRatio on_path(const Output& out, Measure::Kind kind, std::size_t component, std::size_t path) {
  const std::size_t at = component * static_cast<std::size_t>(out.stride) + path;
  switch (kind) {
    case Measure::Kind::late:
      return {out.job_late[at], out.job_runs[at]};
    case Measure::Kind::served:
      return {out.service_served[at], out.service_served[at] + out.service_unserved[at]};
    case Measure::Kind::within:
      return {out.service_within[at], out.service_served[at] + out.service_unserved[at]};
    case Measure::Kind::over_budget:
      break;
  }
  return {};
}

/// What is kept of a run, laid out before it begins.
class Collector {
 public:
  Collector(const scenario::Scenario& scenario, const Sampling& sampling)
      : sampling_(sampling), measures_(measures_of(scenario)) {
    const scenario::Lowered lowered = scenario::lower(scenario);
    const std::size_t paths = sampling.paths, plans = scenario.plans.size();
    std::map<std::pair<std::size_t, int>, std::shared_ptr<Ratio>> shared;  // by measure and component
    std::size_t bytes = plans * paths * sizeof(std::int64_t);
    for (std::size_t plan = 0; plan < plans; ++plan) {
      std::vector<std::shared_ptr<const Ratio>>& ratios = observed_.plans.emplace_back().ratios;
      for (std::size_t m = 0; m < measures_.size(); ++m) {
        const int component = component_of(scenario, lowered, m, plan);
        std::shared_ptr<Ratio>& ratio = shared[{m, component}];
        if (component >= 0 && !ratio) {
          ratio = std::make_shared<Ratio>();
          ratio->of_nothing = measures_[m].kind == Measure::Kind::late ? 0.0 : 1.0;
          taken_.push_back({measures_[m].kind, size_of(component), ratio});
          bytes += 2 * paths * sizeof(float);
        }
        ratios.push_back(component >= 0 ? ratio : nullptr);
      }
    }
    check_memory(bytes, paths, plans);
    for (Record& record : observed_.plans) record.cost.resize(paths);
    for (const Taken& taken : taken_) {
      taken.ratio->part.resize(paths);
      taken.ratio->whole.resize(paths);
    }
    observed_.drivers = lowered.drivers;
    if (sampling.with_drivers) observed_.cells.assign(lowered.drivers.size(), std::vector<std::uint8_t>(paths));
  }

  void take(const Output& out, std::uint64_t first_path, int paths) {
    const std::size_t begin = first_path - sampling_.first_path, count = size_of(paths);
    const std::size_t stride = static_cast<std::size_t>(out.stride);
    for (std::size_t plan = 0; plan < observed_.plans.size(); ++plan)
      std::copy_n(out.plan_cost + plan * stride, count, observed_.plans[plan].cost.data() + begin);
    for (Taken& taken : taken_)
      for (std::size_t i = 0; i < count; ++i) {
        const PathRatio ratio = on_path(out, taken.kind, taken.component, i);
        taken.ratio->part[begin + i] = static_cast<float>(ratio.part);
        taken.ratio->whole[begin + i] = static_cast<float>(ratio.whole);
        taken.part[begin + i] = ratio.part;
        taken.whole[begin + i] = ratio.whole;
      }
    for (std::size_t driver = 0; driver < observed_.cells.size(); ++driver)
      for (std::size_t i = 0; i < count; ++i)
        observed_.cells[driver][begin + i] = static_cast<std::uint8_t>(out.driver_cell[driver * stride + i]);
  }

  /// Room for the exact values, from which the sums are made.
  void begin() {
    for (Taken& taken : taken_) {
      taken.part.resize(sampling_.paths);
      taken.whole.resize(sampling_.paths);
    }
  }

  Observations finish(std::size_t paths) {
    for (Taken& taken : taken_) {
      for (std::size_t i = 0; i < paths; ++i) {
        taken.ratio->part_sum += taken.part[i];
        taken.ratio->whole_sum += taken.whole[i];
      }
      taken.ratio->part.resize(paths);
      taken.ratio->whole.resize(paths);
    }
    for (Record& record : observed_.plans) record.cost.resize(paths);
    for (auto& cells : observed_.cells) cells.resize(paths);
    return std::move(observed_);
  }

 private:
  struct Taken {
    Measure::Kind kind;
    std::size_t component;
    std::shared_ptr<Ratio> ratio;
    std::vector<std::int64_t> part = {}, whole = {};
  };

  int component_of(const scenario::Scenario& scenario, const scenario::Lowered& lowered, std::size_t measure,
                   std::size_t plan) const {
    const std::size_t of = measures_[measure].of;
    switch (measures_[measure].kind) {
      case Measure::Kind::over_budget:
        return -1;
      case Measure::Kind::late:
        return lowered.plan_job_component[plan * scenario.jobs.size() + of];
      case Measure::Kind::served:
      case Measure::Kind::within:
        return lowered.plan_service_component[plan * scenario.services.size() + of];
    }
    __builtin_unreachable();
  }

  static void check_memory(std::size_t bytes, std::size_t paths, std::size_t plans) {
    const run::AvailableMemory available = run::available_memory();
    if (available.limited_by.empty() || 3 * bytes < available.bytes) return;
    throw run::TooLarge(
        fmt::format("{} paths of {} plans, kept path by path, need about {:.3g} GiB of memory, and {} "
                    "leaves {:.3g} GiB; take fewer paths",
                    paths, plans, static_cast<double>(3 * bytes) / 0x1p30, available.limited_by,
                    static_cast<double>(available.bytes) / 0x1p30));
  }

  const Sampling& sampling_;
  std::vector<Measure> measures_;
  std::vector<Taken> taken_;
  Observations observed_;
};

}  // namespace

double Ratio::value() const {
  return whole_sum == 0 ? of_nothing : static_cast<double>(part_sum) / static_cast<double>(whole_sum);
}

std::vector<Measure> measures_of(const scenario::Scenario& scenario) {
  std::vector<Measure> measures;
  const scenario::Goal& goal = scenario.goal;
  const auto limit = [](const std::vector<std::pair<int, double>>& bounds, std::size_t of) -> std::optional<double> {
    for (const auto& [index, bound] : bounds)
      if (size_of(index) == of) return bound;
    return std::nullopt;
  };
  if (scenario.budget) measures.push_back({Measure::Kind::over_budget, 0, "over_budget", goal.over_budget});
  for (std::size_t job = 0; job < scenario.jobs.size(); ++job)
    if (scenario.jobs[job].deadline_seconds)
      measures.push_back({Measure::Kind::late, job, "late." + scenario.jobs[job].name, limit(goal.late, job)});
  for (std::size_t service = 0; service < scenario.services.size(); ++service) {
    const std::string& name = scenario.services[service].name;
    measures.push_back({Measure::Kind::served, service, "served." + name, limit(goal.served, service)});
    if (scenario.services[service].latency)
      measures.push_back({Measure::Kind::within, service, "within." + name, limit(goal.within, service)});
  }
  return measures;
}

Observations observe(const scenario::Scenario& scenario, const Sampling& sampling) {
  Collector collector(scenario, sampling);
  collector.begin();
  run::Options options;
  options.backend = sampling.backend;
  options.threads = sampling.threads;
  options.first_path = sampling.first_path;
  options.paths = sampling.paths;
  options.stop = sampling.stop;
  options.progress = sampling.progress;
  options.observe = [&](const Output& chunk, std::uint64_t first_path, int paths) {
    collector.take(chunk, first_path, paths);
  };
  const run::Outcome outcome = run::simulate(scenario, options);
  return collector.finish(outcome.observed);
}

void append(std::vector<Record>& records, std::vector<Record> more) {
  std::map<std::pair<const Ratio*, const Ratio*>, std::shared_ptr<const Ratio>> joined;
  for (std::size_t plan = 0; plan < records.size(); ++plan) {
    Record& record = records[plan];
    const Record& next = more[plan];
    record.cost.insert(record.cost.end(), next.cost.begin(), next.cost.end());
    for (std::size_t m = 0; m < record.ratios.size(); ++m) {
      if (!record.ratios[m]) continue;
      std::shared_ptr<const Ratio>& ratio = joined[{record.ratios[m].get(), next.ratios[m].get()}];
      if (!ratio) {
        auto both = std::make_shared<Ratio>(*record.ratios[m]);
        const Ratio& added = *next.ratios[m];
        both->part.insert(both->part.end(), added.part.begin(), added.part.end());
        both->whole.insert(both->whole.end(), added.whole.begin(), added.whole.end());
        both->part_sum += added.part_sum;
        both->whole_sum += added.whole_sum;
        ratio = std::move(both);
      }
    }
    for (std::size_t m = 0; m < record.ratios.size(); ++m)
      if (record.ratios[m]) record.ratios[m] = joined[{record.ratios[m].get(), next.ratios[m].get()}];
  }
}

}  // namespace costrisk::decide
