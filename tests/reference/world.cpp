// The world of one path, paragraph by paragraph of the model.
#include "tests/reference/world.hpp"

#include <algorithm>
#include <cmath>

namespace costrisk::reference {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double shortest_sojourn_steps = 1.0 / 4096.0;

/// Draws what belongs to one path.
class WorldDrawer {
 public:
  WorldDrawer(const scenario::Scenario& scenario, const StreamMaker& streams)
      : scenario_(scenario), streams_(streams), steps_(scenario.steps()) {}

  World draw() {
    for (const scenario::Factor& factor : scenario_.factors) world_.factors.push_back(factor_path(factor));
    for (const scenario::Market& market : scenario_.markets) world_.markets.push_back(market_path(market));
    for (const scenario::Job& job : scenario_.jobs) world_.runs.push_back(run_draws(job));
    for (const scenario::Item& item : scenario_.items) world_.items.push_back(item_draw(item));
    return world_;
  }

 private:
  double in_steps(double seconds) const { return seconds / scenario_.step_seconds; }

  // Factor. During a shock the factor is raised by `size`; the shock of a step is that at its start.
  FactorPath factor_path(const scenario::Factor& factor) const {
    FactorPath path;
    Stream stream = streams_("factor/" + factor.name);
    path.state = ornstein_uhlenbeck(in_steps(factor.half_life_seconds), steps_, stream);
    path.value = path.state;
    if (factor.shock) {
      const std::vector<char> on = renewal_path(factor.shock->renewal, "factor/" + factor.name + "/shock");
      for (std::int64_t k = 0; k < steps_; ++k) {
        if (on[k]) path.value[k] += factor.shock->size;
      }
    }
    return path;
  }

  // On/off renewal with exponential gaps and log-normal durations, from a stationary start: on with its
  // long-run share, the duration then length-biased with a uniform part of it left.
  std::vector<char> renewal_path(const scenario::Renewal& renewal, const std::string& role) const {
    Stream stream = streams_(role);
    const double mean_gap = in_steps(renewal.every_seconds);
    const double mean_duration = in_steps(renewal.duration.mean_seconds);
    const LogNormal duration(mean_duration, renewal.duration.cv);
    std::vector<char> on(steps_, 0);
    bool is_on = stream.uniform() < mean_duration / (mean_duration + mean_gap);
    double end =
        is_on ? stream.uniform() * duration.at(stream.normal() + duration.sigma) : mean_gap * stream.exponential();
    for (std::int64_t k = 0; k < steps_; ++k) {
      while (end <= static_cast<double>(k)) {
        is_on = !is_on;
        end += is_on ? std::max(duration.at(stream.normal()), shortest_sojourn_steps) : mean_gap * stream.exponential();
      }
      on[k] = is_on ? 1 : 0;
    }
    return on;
  }

  // Loading: sum of beta·F, at a step, and the weight left for what is one's own.
  double common_at(const scenario::Loadings& loadings, std::int64_t step) const {
    double sum = 0.0;
    for (const scenario::Loading& loading : loadings) sum += loading.beta * world_.factors[loading.factor].value[step];
    return sum;
  }
  static double own_weight(const scenario::Loadings& loadings) {
    double squares = 0.0;
    for (const scenario::Loading& loading : loadings) squares += loading.beta * loading.beta;
    return std::sqrt(std::max(0.0, 1.0 - squares));
  }

  // A law loads on the factors at the start, without their shocks.
  double draw_law(const scenario::Law& law, Stream& stream) const {
    double z = own_weight(law.loading) * stream.normal();
    for (const scenario::Loading& loading : law.loading) z += loading.beta * world_.factors[loading.factor].state[0];
    return law_at(law, z);
  }
  double draw_law(const scenario::Law& law, const std::string& role) const {
    Stream stream = streams_(role);
    return draw_law(law, stream);
  }

  MarketPath market_path(const scenario::Market& market) const {
    MarketPath path;
    const std::string role = "market/" + market.name;
    const std::vector<double> multiplier = repricing_path(market, role + "/repricing");
    path.on_demand = path.spot = CapacityPath::always_up(steps_);
    if (market.hardware_mtbf_hours) {
      path.failures_per_hour = 1.0 / draw_law(*market.hardware_mtbf_hours, role + "/hardware_mtbf");
    }
    if (market.on_demand) {
      const double price = draw_law(market.on_demand->price, role + "/on_demand/price");
      for (const double factor : multiplier) path.on_demand_price.push_back(price * factor);
      if (market.on_demand->capacity) {
        path.on_demand = capacity_path(*market.on_demand->capacity, role + "/on_demand/capacity");
      }
    }
    if (market.spot) {
      path.spot_price = spot_price_path(*market.spot->price, multiplier, role + "/spot/price");
      if (market.spot->capacity) path.spot = capacity_path(*market.spot->capacity, role + "/spot/capacity");
      if (market.spot->reclaim_every_hours) {
        path.reclaims_per_hour = 1.0 / draw_law(*market.spot->reclaim_every_hours, role + "/spot/reclaim_every");
      }
    }
    return path;
  }

  // Repricing: the product of the multipliers of all list-price changes up to a step's start.
  std::vector<double> repricing_path(const scenario::Market& market, const std::string& role) const {
    std::vector<double> multiplier(steps_, 1.0);
    if (!market.repricing) return multiplier;
    Stream times = streams_(role + "/times");
    Stream multipliers = streams_(role + "/multipliers");
    const double every = in_steps(market.repricing->every_seconds);
    double next = every * times.exponential();
    double product = 1.0;
    for (std::int64_t k = 0; k < steps_; ++k) {
      while (next <= static_cast<double>(k)) {
        product *= draw_law(market.repricing->multiplier, multipliers);
        next += every * times.exponential();
      }
      multiplier[k] = product;
    }
    return multiplier;
  }

  // Spot price: min(cap, mean·exp(v·z − v²/2)), the cap repriced too.
  std::vector<double> spot_price_path(const scenario::SpotPrice& price, const std::vector<double>& multiplier,
                                      const std::string& role) const {
    const double mean = draw_law(price.mean, role + "/mean");
    std::vector<double> path(steps_, mean);
    if (price.process) {
      Stream stream = streams_(role);
      const std::vector<double> own = ornstein_uhlenbeck(in_steps(price.process->half_life_seconds), steps_, stream);
      const double weight = own_weight(price.process->loading);
      const double v = price.process->volatility;
      for (std::int64_t k = 0; k < steps_; ++k) {
        const double z = common_at(price.process->loading, k) + weight * own[k];
        path[k] = mean * std::exp(v * z - v * v / 2.0);
      }
    }
    for (std::int64_t k = 0; k < steps_; ++k) path[k] = std::min(price.cap, path[k]) * multiplier[k];
    return path;
  }

  // Capacity alternates up and down; the state of a step is that at its start. The normal of a sojourn is
  // loaded, − for up, + for down, on the factors of the step in which the sojourn begins. The first state
  // has the long-run share of the means, its sojourn is length-biased with a uniform part of it left.
  CapacityPath capacity_path(const scenario::Capacity& capacity, const std::string& role) const {
    const double mean_up = draw_law(capacity.up.mean_hours, role + "/up/mean") / scenario_.step_hours();
    const double mean_down = draw_law(capacity.down.mean_hours, role + "/down/mean") / scenario_.step_hours();
    const LogNormal up_law(mean_up, capacity.up.cv), down_law(mean_down, capacity.down.cv);
    const double weight = own_weight(capacity.loading);
    Stream stream = streams_(role + "/sojourns");
    Stream depths = streams_(role + "/depth");

    CapacityPath path;
    path.depth.assign(steps_, 0.0);
    path.lost.assign(steps_, 0);
    bool up = stream.uniform() < mean_up / (mean_up + mean_down);
    double begin = 0.0;
    bool first = true;
    while (begin < static_cast<double>(steps_)) {
      const auto step = static_cast<std::int64_t>(begin);
      const LogNormal& law = up ? up_law : down_law;
      const double z = (up ? -1.0 : 1.0) * common_at(capacity.loading, step) + weight * stream.normal();
      double length = first ? stream.uniform() * law.at(z + law.sigma) : law.at(z);
      length = std::max(length, shortest_sojourn_steps);
      const double end = begin + length;
      const auto first_step = static_cast<std::int64_t>(std::ceil(begin));
      const auto last_step = std::min(steps_, static_cast<std::int64_t>(std::ceil(std::min(end, 1e15))));
      const double depth = !up ? 0.0 : capacity.depth ? std::ceil(draw_law(*capacity.depth, depths)) : infinity;
      for (std::int64_t k = first_step; k < last_step; ++k) path.depth[k] = depth;
      if (!up && first_step < steps_) path.lost[first_step] = 1;
      if (!first && end <= static_cast<double>(steps_)) (up ? path.sojourns_up : path.sojourns_down).push_back(length);
      begin = end;
      up = !up;
      first = false;
    }
    return path;
  }

  // Every run has its own draw of work. An attempt pleases with chance `success`; the last one always does.
  std::vector<RunDraw> run_draws(const scenario::Job& job) const {
    Stream works = streams_("job/" + job.name + "/work");
    Stream attempts = streams_("job/" + job.name + "/attempts");
    std::vector<RunDraw> runs(release_steps(scenario_, job).size());
    for (RunDraw& run : runs) {
      run.work_instance_hours = draw_law(job.work_instance_hours, works);
      if (!job.attempts) continue;
      while (run.attempts < job.attempts->max && attempts.uniform() >= job.attempts->success) ++run.attempts;
    }
    return runs;
  }

  // With `chance` an item happens or not, once per future.
  ItemDraw item_draw(const scenario::Item& item) const {
    Stream stream = streams_("item/" + item.name);
    ItemDraw draw;
    draw.happens = stream.uniform() < item.chance;
    draw.amount = draw_law(item.amount, stream);
    return draw;
  }

  const scenario::Scenario& scenario_;
  const StreamMaker& streams_;
  std::int64_t steps_;
  World world_;
};

}  // namespace

double snap(double x, double tolerance) {
  const double whole = std::rint(x);
  return std::abs(x - whole) <= std::max(std::abs(whole) / 1048576.0, tolerance) ? whole : x;
}

double law_at(const scenario::Law& law, double z) {
  switch (law.kind) {
    case scenario::Law::Kind::constant:
      return law.mode;
    case scenario::Law::Kind::log_normal:
      return law.median * std::exp(law.spread * z);
    case scenario::Law::Kind::triangular:
      break;
  }
  const double width = law.high - law.low;
  if (width <= 0.0) return law.mode;
  const double below = 0.5 * std::erfc(-z / std::sqrt(2.0));
  const double above = 0.5 * std::erfc(z / std::sqrt(2.0));
  const double rising = law.mode - law.low, falling = law.high - law.mode;
  if (below * width < rising) return law.low + std::sqrt(below * width * rising);
  return law.high - std::sqrt(above * width * falling);
}

LogNormal::LogNormal(double mean, double cv) {
  const double variance = std::log1p(cv * cv);
  mu = std::log(mean) - variance / 2.0;
  sigma = std::sqrt(variance);
}

double LogNormal::at(double z) const { return std::exp(mu + sigma * z); }

std::vector<double> ornstein_uhlenbeck(double half_life_steps, std::int64_t steps, Stream& stream) {
  const double kept = std::exp2(-1.0 / half_life_steps);
  const double fresh = std::sqrt(1.0 - kept * kept);
  std::vector<double> path(steps);
  double x = stream.normal();
  for (double& value : path) {
    value = x;
    x = kept * x + fresh * stream.normal();
  }
  return path;
}

CapacityPath CapacityPath::always_up(std::int64_t steps) {
  return of_pattern(std::vector<char>(static_cast<std::size_t>(steps), 1));
}

CapacityPath CapacityPath::of_pattern(const std::vector<char>& up) {
  CapacityPath path;
  for (const char state : up) {
    path.depth.push_back(state ? infinity : 0.0);
    path.lost.push_back(state ? 0 : 1);
  }
  return path;
}

World draw_world(const scenario::Scenario& scenario, const StreamMaker& streams) {
  return WorldDrawer(scenario, streams).draw();
}

std::vector<double> release_steps(const scenario::Scenario& scenario, const scenario::Job& job) {
  std::vector<double> releases;
  double release = job.release_seconds;
  while (release < scenario.horizon_seconds) {
    releases.push_back(release / scenario.step_seconds);
    if (!job.repeat_seconds) break;
    release = job.release_seconds + static_cast<double>(releases.size()) * *job.repeat_seconds;
  }
  return releases;
}

}  // namespace costrisk::reference
