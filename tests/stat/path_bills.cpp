// Reads the engine's output arrays and the reference's paths into one form.
#include "tests/stat/path_bills.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "src/run/backends.hpp"
#include "src/run/chunk.hpp"
#include "src/scenario/lower/lower.hpp"
#include "tests/reference/reference.hpp"

namespace costrisk::stat {

namespace {

/// Reads one path of a chunk.
class OutputReader {
 public:
  OutputReader(const Output& out, const scenario::Lowered& lowered, const scenario::Scenario& scenario)
      : out_(out), lowered_(lowered), scenario_(scenario) {}

  PathBill read(int plan, int path) const {
    const Shape& shape = lowered_.shape;
    PathBill bill;
    const std::int64_t cost = at(out_.plan_cost, plan, path);
    std::int64_t categories = 0, owners = 0;
    for (int c = 0; c < category_count; ++c) {
      const std::int64_t micros = at(out_.plan_category, plan * category_count + c, path);
      categories += micros;
      bill.category[static_cast<std::size_t>(c)] = money(micros);
    }
    for (int o = 0; o < shape.owners; ++o) {
      const std::int64_t micros = at(out_.plan_owner, plan * shape.owners + o, path);
      owners += micros;
      bill.owner[lowered_.owners[static_cast<std::size_t>(o)]] = money(micros);
    }
    EXPECT_EQ(categories, cost) << "categories of plan " << plan << " on path " << path;
    EXPECT_EQ(owners, cost) << "owners of plan " << plan << " on path " << path;
    bill.cost = money(cost);
    const auto waste = [&](WasteKind kind) {
      return money(at(out_.plan_waste, plan * waste_kind_count + static_cast<int>(kind), path));
    };
    bill.unused_commitment = waste(WasteKind::unused_commitment);
    bill.idle_headroom = waste(WasteKind::idle_headroom) + waste(WasteKind::planned_headroom);
    bill.covered = money(at(out_.plan_covered, plan, path));
    for (int b = 0; b < shape.bins; ++b)
      bill.cumulative.push_back(money(at(out_.plan_bin, plan * shape.bins + b, path)));
    const scenario::Plan& source = scenario_.plans[static_cast<std::size_t>(plan)];
    for (const scenario::ServiceAssignment& assignment : source.services)
      bill.services.push_back(read_service(plan, assignment.service, path));
    for (const scenario::JobAssignment& assignment : source.jobs) {
      const std::size_t jobs = scenario_.jobs.size();
      const int component =
          lowered_.plan_job_component[static_cast<std::size_t>(plan) * jobs + static_cast<std::size_t>(assignment.job)];
      const std::int64_t ticks = at(out_.job_finish, component, path);
      bill.job_finish_hours.push_back(ticks == never_ticks ? std::numeric_limits<double>::infinity() : hours(ticks));
    }
    return bill;
  }

 private:
  template <typename T>
  T at(const T* values, int row, int path) const {
    return values[static_cast<std::int64_t>(row) * out_.stride + path];
  }
  static double money(std::int64_t micros) { return static_cast<double>(micros) / micros_per_unit; }
  double hours(std::int64_t ticks) const {
    return static_cast<double>(ticks) / static_cast<double>(ticks_per_step) * scenario_.step_hours();
  }
  static double requests(std::int64_t counted) { return static_cast<double>(counted) / 1024.0; }

  ServiceBill read_service(int plan, int service, int path) const {
    const std::size_t services = scenario_.services.size();
    const int component =
        lowered_.plan_service_component[static_cast<std::size_t>(plan) * services + static_cast<std::size_t>(service)];
    ServiceBill bill;
    bill.served = requests(at(out_.service_served, component, path));
    bill.unserved = requests(at(out_.service_unserved, component, path));
    bill.tokens = static_cast<double>(at(out_.service_tokens, component, path));
    bill.queued = requests(at(out_.service_queued, component, path));
    bill.waiting = requests(at(out_.service_waiting, component, path));
    bill.peak = at(out_.service_peak, component, path);
    bill.cost = money(at(out_.plan_service, plan * static_cast<int>(services) + service, path));
    const int columns = lowered_.shape.markets * purchase_count;
    for (int c = 0; c < columns; ++c)
      bill.use_hours.push_back(hours(at(out_.service_use, component * columns + c, path)));
    return bill;
  }

  const Output& out_;
  const scenario::Lowered& lowered_;
  const scenario::Scenario& scenario_;
};

std::vector<PlanBills> engine_bills(scenario::Scenario scenario, int paths, std::uint64_t seed) {
  scenario.simulation.paths = static_cast<std::uint64_t>(paths);
  scenario.simulation.seed = seed;
  const scenario::Lowered lowered = scenario::lower(scenario);
  const Backend& backend = run::find_backend("auto");
  run::ChunkBuffers buffers(backend, lowered.parameters, lowered.shape, paths);
  StageSeconds stages;
  backend.simulate(lowered.parameters, 0, paths, buffers.output(), buffers.workspace(), stages);
  const OutputReader reader(buffers.output(), lowered, scenario);
  std::vector<PlanBills> plans(scenario.plans.size());
  for (int path = 0; path < paths; ++path) EXPECT_EQ(buffers.output().status[path], status_ok);
  for (std::size_t p = 0; p < plans.size(); ++p) {
    for (int path = 0; path < paths; ++path) plans[p].paths.push_back(reader.read(static_cast<int>(p), path));
    plans[p].obligation = lowered.obligation[p];
    plans[p].commitment_cost = static_cast<double>(lowered.effective_micros[p]) / micros_per_unit;
  }
  return plans;
}

std::vector<PlanBills> reference_bills(const scenario::Scenario& scenario, int paths, std::uint64_t seed) {
  const reference::Sample sample = reference::simulate_reference(scenario, static_cast<std::uint64_t>(paths), seed);
  std::vector<PlanBills> plans(scenario.plans.size());
  for (std::size_t p = 0; p < plans.size(); ++p) {
    for (const reference::PlanPath& source : sample.plans[p]) {
      PathBill bill;
      bill.cost = source.cost;
      bill.category = source.category;
      double categories = 0.0, owners = 0.0;
      for (const double amount : source.category) categories += amount;
      for (std::size_t o = 0; o < sample.owners.size(); ++o) {
        bill.owner[sample.owners[o]] = source.owner[o];
        owners += source.owner[o];
      }
      const double rounding = 1e-9 * (1.0 + std::abs(source.cost));
      EXPECT_NEAR(categories, source.cost, rounding) << "categories of plan " << p;
      EXPECT_NEAR(owners, source.cost, rounding) << "owners of plan " << p;
      bill.unused_commitment = source.unused_commitment;
      bill.covered = source.covered;
      bill.cumulative = source.cumulative;
      for (const reference::ServicePath& service : source.services) {
        bill.idle_headroom += service.idle_cost + service.planned_cost;
        ServiceBill part{service.served,  service.unserved, service.tokens, service.queued,
                         service.waiting, service.peak,     service.cost,   {}};
        for (const auto& market : service.use_hours)
          part.use_hours.insert(part.use_hours.end(), market.begin(), market.end());
        bill.services.push_back(part);
      }
      for (const reference::JobPath& job : source.jobs) bill.job_finish_hours.push_back(job.finish_hours);
      plans[p].commitment_cost = source.effective;
      plans[p].paths.push_back(std::move(bill));
    }
    plans[p].obligation = sample.obligation[p];
  }
  return plans;
}

}  // namespace

std::vector<PlanBills> path_bills(Subject subject, const scenario::Scenario& scenario, int paths, std::uint64_t seed) {
  return subject == Subject::engine ? engine_bills(scenario, paths, seed) : reference_bills(scenario, paths, seed);
}

}  // namespace costrisk::stat
