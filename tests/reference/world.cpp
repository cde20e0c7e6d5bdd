// The world of one path, paragraph by paragraph of the model.
#include "tests/reference/world.hpp"

#include <algorithm>
#include <cmath>

#include "tests/reference/contracts.hpp"
#include "tests/reference/histories.hpp"

namespace costrisk::reference {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Draws what belongs to one path.
class WorldDrawer {
 public:
  WorldDrawer(const scenario::Scenario& scenario, const StreamMaker& streams)
      : scenario_(scenario),
        streams_(streams),
        draw_(scenario, streams, world_.factors),
        histories_(scenario, streams),
        steps_(scenario.steps()) {}

  World draw() {
    for (const scenario::Factor& factor : scenario_.factors) world_.factors.push_back(factor_path(factor));
    for (const scenario::Market& market : scenario_.markets) world_.markets.push_back(market_path(market));
    for (const scenario::Job& job : scenario_.jobs) world_.runs.push_back(run_draws(job));
    for (const scenario::Item& item : scenario_.items) world_.items.push_back(item_draw(item));
    for (const scenario::Demand& demand : scenario_.demands) {
      world_.demands.push_back(draw_demand(scenario_, demand, draw_, histories_));
    }
    for (const scenario::Service& service : scenario_.services) world_.rates.push_back(service_rates(service));
    for (const scenario::Serverless& serverless : scenario_.serverless) {
      world_.serverless.push_back(serverless_prices(serverless));
    }
    for (const scenario::Optimization& optimization : scenario_.optimizations) {
      const std::string role = "optimization/" + optimization.name;
      world_.optimizations.push_back(
          {draw_.law(optimization.throughput, role + "/throughput"), draw_.law(optimization.once, role + "/once")});
    }
    for (const scenario::Plan& plan : scenario_.plans) {
      world_.use_after.push_back(shares_after_horizon(plan));
      world_.spend_use_after.push_back(shares_of_spend_after_horizon(plan));
      world_.margin_hours.push_back(margins(plan));
    }
    return std::move(world_);
  }

 private:
  double in_steps(double seconds) const { return draw_.in_steps(seconds); }

  // During a shock the factor is raised by `size`; the shock of a step is that at its start.
  FactorPath factor_path(const scenario::Factor& factor) const {
    FactorPath path;
    Stream stream = streams_("factor/" + factor.name);
    path.state = ornstein_uhlenbeck(in_steps(factor.half_life_seconds), steps_, stream);
    path.value = path.state;
    if (factor.shock) {
      const std::vector<char> on = draw_.renewal(factor.shock->renewal, "factor/" + factor.name + "/shock");
      for (std::int64_t k = 0; k < steps_; ++k) {
        if (on[k]) path.value[k] += factor.shock->size;
      }
    }
    return path;
  }

  MarketPath market_path(const scenario::Market& market) const {
    MarketPath path;
    const std::string role = "market/" + market.name;
    const std::vector<double> multiplier = repricing_path(market, role + "/repricing");
    path.on_demand = path.spot = CapacityPath::always_up(steps_);
    if (market.hardware_mtbf_hours) {
      path.failures_per_hour = 1.0 / draw_.law(*market.hardware_mtbf_hours, role + "/hardware_mtbf");
    }
    if (market.on_demand) {
      const double price = draw_.law(market.on_demand->price, role + "/on_demand/price");
      for (const double factor : multiplier) path.on_demand_price.push_back(price * factor);
      if (market.on_demand->capacity) {
        path.on_demand = capacity_path(*market.on_demand->capacity, role + "/on_demand/capacity");
      }
    }
    if (market.spot) {
      if (market.spot->price_history) {
        path.spot_price = histories_.rates(*market.spot->price_history);
        for (std::int64_t k = 0; k < steps_; ++k) path.spot_price[k] *= multiplier[k];
      } else {
        path.spot_price = spot_price_path(*market.spot->price, multiplier, role + "/spot/price");
      }
      if (market.spot->capacity_history) path.spot = measured_capacity(*market.spot->capacity_history, market.name);
      if (market.spot->capacity) path.spot = capacity_path(*market.spot->capacity, role + "/spot/capacity");
      if (market.spot->reclaim_every_hours) {
        path.lifetimes.scale_hours = draw_.law(*market.spot->reclaim_every_hours, role + "/spot/reclaim_every");
      }
      if (market.spot->reclaim) draw_lifetimes(*market.spot->reclaim, role + "/spot/reclaim", path.lifetimes);
      if (market.spot->max_lifetime_seconds) path.lifetimes.most_hours = *market.spot->max_lifetime_seconds / 3600.0;
    }
    return path;
  }

  // Of a mean that is drawn, and of a shape that is known; a rate with loadings keeps its mean over all states.
  void draw_lifetimes(const scenario::Reclaim& reclaim, const std::string& role, Lifetimes& lifetimes) const {
    if (reclaim.survival.empty()) {
      lifetimes.shape = reclaim.shape ? *reclaim.shape : reclaim.cv ? weibull_shape(*reclaim.cv) : 1.0;
      lifetimes.scale_hours = draw_.law(reclaim.mean_hours, role + "/mean") / std::tgamma(1.0 + 1.0 / lifetimes.shape);
    } else {
      lifetimes.measured.push_back({});
      for (const auto& [hours, share] : reclaim.survival) lifetimes.measured.push_back({hours, -std::log(share)});
    }
    if (reclaim.loading.empty()) return;
    double squares = 0.0;
    for (const scenario::Loading& loading : reclaim.loading) squares += loading.beta * loading.beta;
    for (std::int64_t k = 0; k < steps_; ++k)
      lifetimes.multiplier.push_back(std::exp(draw_.common_at(reclaim.loading, k) - squares / 2.0));
  }

  /// Γ(1 + 2/shape) / Γ(1 + 1/shape)² = 1 + cv², which falls as the shape grows.
  static double weibull_shape(double cv) {
    double low = 0.05, high = 200.0;
    for (int i = 0; i < 200; ++i) {
      const double shape = std::sqrt(low * high);
      const double ratio = std::exp(std::lgamma(1.0 + 2.0 / shape) - 2.0 * std::lgamma(1.0 + 1.0 / shape));
      (ratio > 1.0 + cv * cv ? low : high) = shape;
    }
    return low;
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
        product *= draw_.law(market.repricing->multiplier, multipliers);
        next += every * times.exponential();
      }
      multiplier[k] = product;
    }
    return multiplier;
  }

  // Spot price: min(cap, mean·exp(v·z − v²/2)), the cap repriced too.
  std::vector<double> spot_price_path(const scenario::SpotPrice& price, const std::vector<double>& multiplier,
                                      const std::string& role) const {
    const double mean = draw_.law(price.mean, role + "/mean");
    std::vector<double> path(steps_, mean);
    if (price.process) {
      const std::vector<double> fluctuation = draw_.fluctuation(*price.process, role);
      for (std::int64_t k = 0; k < steps_; ++k) path[k] *= fluctuation[k];
    }
    for (std::int64_t k = 0; k < steps_; ++k) path[k] = std::min(price.cap, path[k]) * multiplier[k];
    return path;
  }

  // Capacity alternates up and down; the state of a step is that at its start. It goes down at its instant. The normal
  // of a sojourn is loaded, − for up, + for down, on the factors of the step in which the sojourn begins. The first
  // state has the long-run share of the means, its sojourn is length-biased with a uniform part of it left.
  CapacityPath capacity_path(const scenario::Capacity& capacity, const std::string& role) const {
    const double mean_up = draw_.law(capacity.up.mean_hours, role + "/up/mean") / scenario_.step_hours();
    const double mean_down = draw_.law(capacity.down.mean_hours, role + "/down/mean") / scenario_.step_hours();
    const LogNormal up_law(mean_up, capacity.up.cv), down_law(mean_down, capacity.down.cv);
    const double weight = Drawer::own_weight(capacity.loading);
    Stream stream = streams_(role + "/sojourns");
    Stream depths = streams_(role + "/depth");

    CapacityPath path;
    path.depth.assign(steps_, 0.0);
    path.lost.assign(steps_, 0);
    path.falls.resize(static_cast<std::size_t>(steps_));
    bool up = stream.uniform() < mean_up / (mean_up + mean_down);
    double begin = 0.0;
    bool first = true;
    while (begin < static_cast<double>(steps_)) {
      const auto step = static_cast<std::int64_t>(begin);
      const LogNormal& law = up ? up_law : down_law;
      const double z = (up ? -1.0 : 1.0) * draw_.common_at(capacity.loading, step) + weight * stream.normal();
      double length = first ? stream.uniform() * law.at(z + law.sigma) : law.at(z);
      length = std::max(length, shortest_sojourn_steps);
      const double end = begin + length;
      const double begins = instant(begin);
      const auto first_step = static_cast<std::int64_t>(std::ceil(begins));
      const auto last_step = std::min(steps_, static_cast<std::int64_t>(std::ceil(instant(std::min(end, 1e15)))));
      const double depth = !up              ? 0.0
                           : capacity.depth ? std::floor(snap(draw_.law(*capacity.depth, depths), 0.0))
                                            : infinity;
      for (std::int64_t k = first_step; k < last_step; ++k) path.depth[k] = depth;
      if (!up && first_step < steps_) path.lost[first_step] = 1;
      if (!up && !first && begins < static_cast<double>(first_step))
        path.falls[static_cast<std::size_t>(first_step - 1)].push_back(
            {begins - static_cast<double>(first_step - 1), 0.0});
      if (!first && end <= static_cast<double>(steps_)) (up ? path.sojourns_up : path.sojourns_down).push_back(length);
      begin = end;
      up = !up;
      first = false;
    }
    return path;
  }

  /// An instant within the tolerance of a step's start is that start.
  static double instant(double steps) {
    return std::abs(steps - std::rint(steps)) <= time_tolerance ? std::rint(steps) : steps;
  }

  CapacityPath measured_capacity(const scenario::History& history, const std::string& market) const {
    const MeasuredCapacity measured = histories_.capacity(history, market);
    CapacityPath path;
    path.depth = measured.held;
    path.least = measured.least;
    for (const std::vector<MeasuredFall>& falls : measured.falls) {
      path.falls.emplace_back();
      for (const MeasuredFall& fall : falls) path.falls.back().push_back({fall.offset, fall.left});
    }
    for (const double least : measured.least) path.lost.push_back(least < 1.0 ? 1 : 0);
    return path;
  }

  // Every run has its own draw of work. An attempt pleases with chance `success`; the last one always does.
  std::vector<RunDraw> run_draws(const scenario::Job& job) const {
    Stream works = streams_("job/" + job.name + "/work");
    Stream attempts = streams_("job/" + job.name + "/attempts");
    std::vector<RunDraw> runs(release_steps(scenario_, job).size());
    for (RunDraw& run : runs) {
      run.work_instance_hours = draw_.law(job.work_instance_hours, works);
      if (!job.attempts) continue;
      while (run.attempts < job.attempts->max && attempts.uniform() >= job.attempts->success) ++run.attempts;
    }
    return runs;
  }

  // Requests a second of an instance in each market; from tokens a second by the tokens of a request.
  std::vector<double> service_rates(const scenario::Service& service) const {
    std::vector<double> rates(scenario_.markets.size(), 0.0);
    for (const scenario::MarketRate& rate : service.rate) {
      rates[rate.market] =
          draw_.law(rate.rate, "service/" + service.name + "/rate/" + scenario_.markets[rate.market].name);
      if (service.rate_is_output_tokens) rates[rate.market] /= world_.demands[service.demand].output_tokens;
    }
    // An instance reads or writes, one at a time.
    for (const scenario::MarketRate& rate : service.input_rate) {
      const std::string role = "service/" + service.name + "/input_rate/" + scenario_.markets[rate.market].name;
      const double reading = world_.demands[service.demand].input_tokens / draw_.law(rate.rate, role);
      rates[rate.market] = 1.0 / (1.0 / rates[rate.market] + reading);
    }
    for (const scenario::MarketRate& rate : service.rate)
      if (service.replica) rates[rate.market] *= replicas_in(scenario_.markets[rate.market], *service.replica);
    return rates;
  }

  static double replicas_in(const scenario::Market& market, const scenario::Replica& replica) {
    if (replica.gpus) return std::floor(static_cast<double>(market.gpus) / *replica.gpus);
    return market.gpus * std::floor(static_cast<double>(market.slices_per_gpu) / *replica.slices);
  }

  ServerlessDraw serverless_prices(const scenario::Serverless& serverless) const {
    const std::string role = "serverless/" + serverless.name;
    return {draw_.law(serverless.per_request, role + "/per_request"),
            draw_.law(serverless.input_per_million, role + "/per_million/input"),
            draw_.law(serverless.output_per_million, role + "/per_million/output"),
            serverless.cached_input_per_million
                ? std::optional(draw_.law(*serverless.cached_input_per_million, role + "/per_million/cached_input"))
                : std::nullopt};
  }

  // With `chance` an item happens or not, once per future.
  ItemDraw item_draw(const scenario::Item& item) const {
    Stream stream = streams_("item/" + item.name);
    ItemDraw draw;
    draw.happens = stream.uniform() < item.chance;
    draw.amount = draw_.law(item.amount, stream);
    return draw;
  }

  std::vector<std::optional<double>> shares_after_horizon(const scenario::Plan& plan) const {
    std::vector<std::optional<double>> shares;
    for (const Contract& contract : contracts_of(scenario_, plan)) {
      const std::string role = "plan/" + plan.name + "/contract/" + std::to_string(shares.size()) + "/after_horizon";
      shares.push_back(contract.use_after ? std::optional(draw_.law(*contract.use_after, role)) : std::nullopt);
    }
    return shares;
  }

  std::vector<std::optional<double>> shares_of_spend_after_horizon(const scenario::Plan& plan) const {
    std::vector<std::optional<double>> shares;
    for (const scenario::SpendCommitment& commitment : plan.spend_commitments) {
      const std::string role = "plan/" + plan.name + "/spend/" + std::to_string(shares.size()) + "/after_horizon";
      shares.push_back(commitment.use_after ? std::optional(draw_.law(*commitment.use_after, role)) : std::nullopt);
    }
    return shares;
  }

  std::vector<double> margins(const scenario::Plan& plan) const {
    std::vector<double> hours;
    for (const scenario::JobAssignment& assignment : plan.jobs)
      hours.push_back(draw_.law(assignment.margin_hours,
                                "plan/" + plan.name + "/job/" + scenario_.jobs[assignment.job].name + "/margin"));
    return hours;
  }

  const scenario::Scenario& scenario_;
  const StreamMaker& streams_;
  World world_;
  Drawer draw_;
  HistoryDrawer histories_;
  std::int64_t steps_;
};

}  // namespace

double Lifetimes::hazard(double age_hours) const {
  if (!measured.empty()) {
    const std::size_t piece = piece_at(age_hours);
    return measured[piece].hazard + slope(piece) * (age_hours - measured[piece].hours);
  }
  return std::isinf(scale_hours) ? 0.0 : std::pow(age_hours / scale_hours, shape);
}

double Lifetimes::hazard_per_hour(double age_hours) const {
  if (!measured.empty()) return slope(piece_at(age_hours));
  return std::isinf(scale_hours) ? 0.0 : shape / scale_hours * std::pow(age_hours / scale_hours, shape - 1.0);
}

double Lifetimes::age_of(double wanted, double oldest_hours) const {
  if (measured.empty()) return std::isinf(scale_hours) ? 0.0 : scale_hours * std::pow(wanted, 1.0 / shape);
  std::size_t piece = 0;
  while (piece + 2 < measured.size() && measured[piece + 1].hazard <= wanted) ++piece;
  if (!(slope(piece) > 0.0)) return oldest_hours;
  return std::min(oldest_hours, measured[piece].hours + (wanted - measured[piece].hazard) / slope(piece));
}

std::size_t Lifetimes::piece_at(double age_hours) const {
  std::size_t piece = 0;
  while (piece + 2 < measured.size() && age_hours >= measured[piece + 1].hours) ++piece;
  return piece;
}

double Lifetimes::slope(std::size_t piece) const {
  const Point &from = measured[piece], &to = measured[piece + 1];
  return (to.hazard - from.hazard) / (to.hours - from.hours);
}

double Lifetimes::mean_hours() const {
  if (!measured.empty()) return measured_mean_hours();
  const double mean = std::isinf(scale_hours) ? infinity : scale_hours * std::tgamma(1.0 + 1.0 / shape);
  if (std::isinf(most_hours)) return mean;
  if (std::isinf(mean)) return most_hours;
  // ∫ e^−H(t) dt up to `most`, over t = most·u³, which takes the steepness out of its beginning.
  constexpr int parts = 4000;
  double sum = 0.0;
  for (int i = 0; i < parts; ++i) {
    const double u = (i + 0.5) / parts;
    sum += std::exp(-hazard(most_hours * u * u * u)) * 3.0 * u * u / parts;
  }
  return most_hours * sum;
}

// ∫ e^−H(t) dt up to `most`, piece by piece.
double Lifetimes::measured_mean_hours() const {
  double sum = 0.0;
  for (std::size_t piece = 0; piece + 1 < measured.size(); ++piece) {
    const double begin = std::min(most_hours, measured[piece].hours);
    const double end = std::min(most_hours, piece + 2 == measured.size() ? infinity : measured[piece + 1].hours);
    if (end <= begin) break;
    sum += slope(piece) > 0.0
               ? std::exp(-measured[piece].hazard) * -std::expm1(-slope(piece) * (end - begin)) / slope(piece)
               : std::exp(-measured[piece].hazard) * (end - begin);
  }
  return sum;
}

double CapacityPath::lost_at(std::int64_t k, double instances) const {
  if (falls.empty()) return infinity;
  for (const Fall& fall : falls[static_cast<std::size_t>(k)])
    if (fall.left < instances) return fall.offset;
  return infinity;
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
