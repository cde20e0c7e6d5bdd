// Plans over worlds: jobs, items, totals.
#include "tests/reference/reference.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

namespace costrisk::reference {

namespace {

constexpr double month_seconds = 730.0 * 3600.0;

void refuse_what_is_not_covered(const scenario::Scenario& scenario) {
  bool covered = scenario.services.empty() && scenario.serverless.empty() && scenario.optimizations.empty();
  for (const scenario::Plan& plan : scenario.plans) {
    covered = covered && !plan.credit && plan.commitments.empty() && plan.savings_plans.empty();
    for (const scenario::JobAssignment& job : plan.jobs) covered = covered && job.policy != Policy::reserved;
  }
  for (const scenario::Item& item : scenario.items) covered = covered && item.kind != scenario::Item::Kind::per_1000;
  for (const scenario::Market& market : scenario.markets) {
    covered = covered && (!market.spot || (market.spot->price && !market.spot->capacity_history));
  }
  if (!covered) {
    throw std::runtime_error("the reference simulator covers jobs, markets and items only; this scenario has more");
  }
}

std::vector<std::string> owners_of(const scenario::Scenario& scenario) {
  std::vector<std::string> owners;
  const auto add = [&](const std::string& owner) {
    if (std::find(owners.begin(), owners.end(), owner) == owners.end()) owners.push_back(owner);
  };
  for (const scenario::Job& job : scenario.jobs) add(job.owner);
  for (const scenario::Item& item : scenario.items) add(item.owner);
  return owners;
}

std::vector<double> edges_of(const scenario::Scenario& scenario) {
  std::vector<double> edges;
  const double horizon = scenario.horizon_hours();
  if (scenario.simulation.calendar_months) {
    using namespace std::chrono;
    const scenario::StartTime& start = scenario.start;
    const year_month first = year(start.year) / month(static_cast<unsigned>(start.month));
    const sys_seconds begin = sys_days(first / day(static_cast<unsigned>(start.day))) + hours(start.hour) +
                              minutes(start.minute) + seconds(start.second);
    for (int ahead = 1;; ++ahead) {
      const sys_seconds end = sys_days((first + months(ahead)) / day(1));
      const double edge = static_cast<double>((end - begin).count()) / 3600.0;
      if (edge >= horizon) break;
      edges.push_back(edge);
    }
  } else {
    const double bin = scenario.simulation.bin_seconds / 3600.0;
    for (int i = 1; i * bin < horizon * (1.0 - 1e-12); ++i) edges.push_back(i * bin);
  }
  edges.push_back(horizon);
  return edges;
}

class PlanOnPath {
 public:
  PlanOnPath(const scenario::Scenario& scenario, const Sample& sample, int plan, const World& world,
             const StreamMaker& streams)
      : scenario_(scenario),
        sample_(sample),
        plan_(plan),
        world_(world),
        streams_(streams),
        bill_(scenario.steps(), static_cast<int>(sample.owners.size())) {}

  PlanPath live() {
    PlanPath path;
    for (const scenario::JobAssignment& assignment : scenario_.plans[plan_].jobs) {
      const scenario::Job& job = scenario_.jobs[assignment.job];
      path.jobs.push_back(simulate_job(scenario_, assignment, world_.markets, world_.runs[assignment.job],
                                       streams_("job/" + job.name + "/interruptions"), owner(job.owner), bill_));
    }
    for (std::size_t i = 0; i < scenario_.items.size(); ++i) pay(scenario_.items[i], world_.items[i]);
    pay_shares();
    path.cost = bill_.total();
    path.category = bill_.by_category();
    path.owner = bill_.by_owner();
    path.cumulative = cumulative();
    return path;
  }

 private:
  int owner(const std::string& name) const {
    return static_cast<int>(std::find(sample_.owners.begin(), sample_.owners.end(), name) - sample_.owners.begin());
  }
  bool pays(const scenario::Item& item) const {
    return std::find(item.plans.begin(), item.plans.end(), plan_) != item.plans.end();
  }

  // Monthly items are paid evenly over their from–until, those paid once at its start.
  void pay(const scenario::Item& item, const ItemDraw& draw) {
    if (!pays(item) || !draw.happens) return;
    const double step = scenario_.step_seconds;
    if (item.kind == scenario::Item::Kind::once) {
      const auto k = static_cast<std::int64_t>(snap(item.from_seconds / step, time_tolerance));
      if (k < scenario_.steps()) bill_.charge(k, owner(item.owner), Category::one_off, draw.amount);
    } else if (item.kind == scenario::Item::Kind::monthly) {
      for (std::int64_t k = 0; k < scenario_.steps(); ++k) {
        const double begin = std::max(item.from_seconds, static_cast<double>(k) * step);
        const double end = std::min(item.until_seconds, static_cast<double>(k + 1) * step);
        if (end > begin)
          bill_.charge(k, owner(item.owner), Category::item, draw.amount * (end - begin) / month_seconds);
      }
    }
  }

  // A share is reckoned at the horizon on the plan's category totals, before any share is added to them.
  void pay_shares() {
    const std::array<double, category_count> totals = bill_.by_category();
    for (std::size_t i = 0; i < scenario_.items.size(); ++i) {
      const scenario::Item& item = scenario_.items[i];
      if (item.kind != scenario::Item::Kind::share || !pays(item) || !world_.items[i].happens) continue;
      double base = 0.0;
      for (const Category category : item.of) base += totals[static_cast<int>(category)];
      bill_.charge(scenario_.steps() - 1, owner(item.owner), Category::item, world_.items[i].amount * base);
    }
  }

  // Money is booked in the step it is charged in; a bin takes the steps that begin before its end.
  std::vector<double> cumulative() const {
    std::vector<double> sums;
    double sum = 0.0;
    std::int64_t k = 0;
    for (const double edge : sample_.edge_hours) {
      const double end = std::ceil(snap(edge / scenario_.step_hours(), time_tolerance));
      for (; k < scenario_.steps() && static_cast<double>(k) < end; ++k) sum += bill_.by_step()[k];
      sums.push_back(sum);
    }
    return sums;
  }

  const scenario::Scenario& scenario_;
  const Sample& sample_;
  const int plan_;
  const World& world_;
  const StreamMaker& streams_;
  Bill bill_;
};

}  // namespace

Sample simulate_reference(const scenario::Scenario& scenario, std::uint64_t paths, std::uint64_t seed) {
  refuse_what_is_not_covered(scenario);
  Sample sample;
  sample.owners = owners_of(scenario);
  sample.edge_hours = edges_of(scenario);
  sample.plans.resize(scenario.plans.size());
  for (std::uint64_t path = 0; path < paths; ++path) {
    const StreamMaker streams{seed, path};
    const World world = draw_world(scenario, streams);
    for (std::size_t plan = 0; plan < scenario.plans.size(); ++plan) {
      sample.plans[plan].push_back(PlanOnPath(scenario, sample, static_cast<int>(plan), world, streams).live());
    }
  }
  return sample;
}

}  // namespace costrisk::reference
