// Scenario to kernel parameters: units become steps, laws become numbers, equal assignments become one.
#include "src/scenario/lower.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <span>

#include "kernels/math/host.hpp"
#include "kernels/model/tile.hpp"
#include "src/scenario/sha256.hpp"
#include "src/scenario/streams.hpp"

namespace costrisk::scenario {

namespace {

constexpr double hours_per_month = 730.0;
/// Steps beyond any horizon.
constexpr double far_steps = 0x1p28;
/// Stands for "never" where a span in steps is asked for.
constexpr float endless_steps = 1e30f;

float narrow(double x) { return static_cast<float>(x); }

Pair split(double x) {
  const float high = narrow(x);
  return {high, narrow(x - static_cast<double>(high))};
}

/// σ of the logarithm of a log-normal with this coefficient of variation.
double log_sigma(double cv) { return host::square_root(host::logarithm(1.0 + cv * cv)); }

/// The value around which a law lies; prices are told relative to it.
double reference_of(const Law& law) {
  const double reference = law.kind == Law::Kind::log_normal ? law.median : law.mode;
  return reference > 0.0 ? reference : 1.0;
}

class Lowering {
 public:
  explicit Lowering(const Scenario& scenario) : scenario_(scenario), storage_(std::make_unique<ParameterStorage>()) {}

  Lowered run() {
    lower_factors();
    for (const Market& market : scenario_.markets) lower_market(market);
    collect_owners();
    for (const Item& item : scenario_.items) lower_item(item);
    Lowered lowered;
    lowered.plan_job_component.assign(scenario_.plans.size() * scenario_.jobs.size(), -1);
    for (std::size_t plan = 0; plan < scenario_.plans.size(); ++plan) lower_plan(plan, lowered.plan_job_component);
    storage_->edges = bin_edges(scenario_);
    fill(lowered);
    return lowered;
  }

 private:
  /// How a market's parts stand in the world.
  struct MarketSlots {
    int spot_capacity = -1, launch_capacity = -1;
    PriceSource spot, on_demand;
    double spot_reference = 1.0, on_demand_reference = 1.0;
    LawIndex reclaim_rate = no_law, failure_rate = no_law;
  };

  double steps(double seconds) const { return seconds / scenario_.step_seconds; }
  StepTime step_time(double seconds) const {
    const double exact = std::min(steps(seconds), far_steps);
    const double whole = std::floor(exact);
    const float offset = narrow(exact - whole);
    // An offset that rounds to a whole step is one.
    if (offset > 1.0f - 1e-6f) return {static_cast<std::int32_t>(whole) + 1, 0.0f};
    return {static_cast<std::int32_t>(whole), offset};
  }

  MixtureParameters mixture(const Loadings& loadings) {
    MixtureParameters result;
    result.loadings = {static_cast<std::int32_t>(storage_->loadings.size()),
                       static_cast<std::int32_t>(loadings.size())};
    double squares = 0.0;
    for (const Loading& loading : loadings) {
      storage_->loadings.push_back({loading.factor, narrow(loading.beta)});
      squares += loading.beta * loading.beta;
    }
    result.residual = narrow(host::square_root(std::max(0.0, 1.0 - squares)));
    return result;
  }

  LawParameters law_parameters(const Law& law, double scale) {
    LawParameters result;
    switch (law.kind) {
      case Law::Kind::constant:
        result.kind = LawKind::constant;
        result.value = narrow(law.mode * scale);
        return result;
      case Law::Kind::triangular: {
        result.kind = LawKind::triangular;
        const double low = law.low * scale, mode = law.mode * scale, high = law.high * scale, width = high - low;
        result.low = narrow(low);
        result.high = narrow(high);
        result.mode_share = width > 0.0 ? narrow((mode - low) / width) : 0.0f;
        result.rising = narrow(width * (mode - low));
        result.falling = narrow(width * (high - mode));
        break;
      }
      case Law::Kind::log_normal:
        result.kind = LawKind::log_normal;
        result.median = narrow(law.median * scale);
        result.spread = narrow(law.spread);
        break;
    }
    result.stream = streams_.claim(law.address);
    result.mixture = mixture(law.loading);
    return result;
  }
  LawIndex add_law(const Law& law, double scale) {
    storage_->laws.push_back(law_parameters(law, scale));
    return static_cast<LawIndex>(storage_->laws.size()) - 1;
  }
  LawIndex add_inverted_law(const Law& law, double scale) {
    const LawIndex index = add_law(law, scale);
    storage_->laws.back().inverted = 1;
    return index;
  }
  std::int32_t add_event_law(const Law& law, double scale) {
    storage_->event_laws.push_back(law_parameters(law, scale));
    return static_cast<std::int32_t>(storage_->event_laws.size()) - 1;
  }

  ProcessParameters process(const std::string& stream, double half_life_seconds, double volatility,
                            const Loadings& loadings) {
    ProcessParameters result;
    result.stream = streams_.claim(stream);
    if (std::isfinite(half_life_seconds)) {
      const double a = host::power_of_two(-scenario_.step_seconds / half_life_seconds);
      result.c = narrow(1.0 - a);
      result.b = narrow(host::square_root(1.0 - a * a));
    }
    result.volatility = narrow(volatility);
    result.drift = narrow(-0.5 * volatility * volatility);
    result.mixture = mixture(loadings);
    return result;
  }

  std::int32_t add_renewal(const std::string& stream, const Renewal& renewal) {
    RenewalParameters result;
    result.stream = streams_.claim(stream);
    const double sigma = log_sigma(renewal.duration.cv);
    const double mean = steps(renewal.duration.mean_seconds), gap = steps(renewal.every_seconds);
    result.mean_gap = narrow(gap);
    result.median_length = narrow(mean * host::exponential(-0.5 * sigma * sigma));
    result.biased_median = narrow(mean * host::exponential(0.5 * sigma * sigma));
    result.sigma = narrow(sigma);
    result.on_share = narrow(mean / (mean + gap));
    storage_->renewals.push_back(result);
    return static_cast<std::int32_t>(storage_->renewals.size()) - 1;
  }

  void lower_factors() {
    for (const Factor& factor : scenario_.factors) {
      FactorParameters result;
      result.process = process("factor/" + factor.name, factor.half_life_seconds, 0.0, {});
      if (factor.shock) {
        result.shock = add_renewal("factor/" + factor.name + "/shock", factor.shock->renewal);
        result.shock_size = narrow(factor.shock->size);
      }
      storage_->factors.push_back(result);
    }
  }

  int add_capacity(const std::string& stream, const Capacity& capacity) {
    CapacityParameters result;
    result.stream = streams_.claim(stream);
    const double up_sigma = log_sigma(capacity.up.cv), down_sigma = log_sigma(capacity.down.cv);
    const double steps_per_hour = 1.0 / scenario_.step_hours();
    result.up_mean = add_law(capacity.up.mean_hours, steps_per_hour);
    result.down_mean = add_law(capacity.down.mean_hours, steps_per_hour);
    result.up_sigma = narrow(up_sigma);
    result.down_sigma = narrow(down_sigma);
    result.up_shift = narrow(host::exponential(-0.5 * up_sigma * up_sigma));
    result.down_shift = narrow(host::exponential(-0.5 * down_sigma * down_sigma));
    result.up_biased = narrow(host::exponential(0.5 * up_sigma * up_sigma));
    result.down_biased = narrow(host::exponential(0.5 * down_sigma * down_sigma));
    result.mixture = mixture(capacity.loading);
    if (capacity.depth) {
      result.depth = add_event_law(*capacity.depth, 1.0);
      result.depth_slot = slots_++;
    }
    storage_->capacities.push_back(result);
    return static_cast<int>(storage_->capacities.size()) - 1;
  }

  void lower_market(const Market& market) {
    MarketSlots slots;
    const std::string name = "market/" + market.name;
    int repricing = -1;
    if (market.repricing) {
      RepricingParameters result;
      result.stream = streams_.claim(name + "/repricing");
      result.mean_gap = narrow(steps(market.repricing->every_seconds));
      result.multiplier = add_event_law(market.repricing->multiplier, 1.0);
      result.slot = slots_++;
      result.sum_slot = slots_++;
      repricing = static_cast<int>(storage_->repricings.size());
      storage_->repricings.push_back(result);
    }
    const int repricing_slot = repricing < 0 ? -1 : storage_->repricings.back().sum_slot;
    const double steps_per_hour = 1.0 / scenario_.step_hours();
    if (market.hardware_mtbf_hours) slots.failure_rate = add_inverted_law(*market.hardware_mtbf_hours, steps_per_hour);
    if (market.on_demand) {
      slots.on_demand_reference = reference_of(market.on_demand->price);
      slots.on_demand = {repricing_slot, add_law(market.on_demand->price, 1.0 / slots.on_demand_reference)};
      if (market.on_demand->capacity)
        slots.launch_capacity = add_capacity(name + "/on_demand/capacity", *market.on_demand->capacity);
    }
    if (market.spot) lower_spot(market, repricing, repricing_slot, slots);
    market_slots_.push_back(slots);
  }

  void lower_spot(const Market& market, int repricing, int repricing_slot, MarketSlots& slots) {
    const Spot& spot = *market.spot;
    const std::string name = "market/" + market.name + "/spot";
    if (spot.capacity) slots.spot_capacity = add_capacity(name + "/capacity", *spot.capacity);
    if (spot.reclaim_every_hours)
      slots.reclaim_rate = add_inverted_law(*spot.reclaim_every_hours, 1.0 / scenario_.step_hours());
    if (!spot.price) return;
    slots.spot_reference = reference_of(spot.price->mean);
    const LawIndex mean = add_law(spot.price->mean, 1.0 / slots.spot_reference);
    const float cap = std::isfinite(spot.price->cap) ? narrow(spot.price->cap / slots.spot_reference) : endless_steps;
    if (!spot.price->process) {
      storage_->laws.back().most = cap;
      slots.spot = {repricing_slot, mean};
      return;
    }
    PriceParameters price;
    price.process = process(name + "/price", spot.price->process->half_life_seconds, spot.price->process->volatility,
                            spot.price->process->loading);
    price.mean = mean;
    price.cap = cap;
    price.repricing = repricing;
    price.sum_slot = slots_++;
    storage_->prices.push_back(price);
    slots.spot = {price.sum_slot, no_law};
  }

  void collect_owners() {
    const auto add = [&](const std::string& owner) {
      if (std::find(owners_.begin(), owners_.end(), owner) == owners_.end()) owners_.push_back(owner);
    };
    for (const Job& job : scenario_.jobs) add(job.owner);
    for (const Service& service : scenario_.services) add(service.owner);
    for (const Item& item : scenario_.items) add(item.owner);
    owners_.push_back("unused");
  }
  std::int32_t owner_index(const std::string& owner) const {
    return static_cast<std::int32_t>(std::find(owners_.begin(), owners_.end(), owner) - owners_.begin());
  }

  /// An amount paid `times` over, as a reference in double and a law relative to it.
  void lower_amount(const Item& item, double times, ItemParameters& result) {
    const double reference = reference_of(item.amount);
    result.amount = add_law(item.amount, 1.0 / reference);
    result.money = split(reference * times);
  }

  void lower_item(const Item& item) {
    ItemParameters result;
    const double until_seconds = std::min(item.until_seconds, scenario_.horizon_seconds);
    const double span = std::max(until_seconds - item.from_seconds, 0.0);
    result.from = step_time(item.from_seconds);
    result.until = step_time(until_seconds);
    result.inverse_span = span > 0.0 ? narrow(1.0 / steps(span)) : 0.0f;
    result.owner = owner_index(item.owner);
    result.chance = narrow(item.chance);
    result.chance_stream = streams_.claim("item/" + item.name + "/chance");
    switch (item.kind) {
      case Item::Kind::monthly:
        result.kind = ItemKind::spread;
        lower_amount(item, span / 3600.0 / hours_per_month, result);
        break;
      case Item::Kind::once:
        result.kind = ItemKind::once;
        lower_amount(item, item.from_seconds < scenario_.horizon_seconds ? 1.0 : 0.0, result);
        break;
      case Item::Kind::share: {
        result.kind = ItemKind::share;
        const auto share = static_cast<std::uint64_t>(std::floor(item.amount.mode * 0x1p60 + 0.5));
        result.share_high = static_cast<std::uint32_t>(share >> 32);
        result.share_low = static_cast<std::uint32_t>(share);
        for (const Category category : item.of) result.of |= 1u << static_cast<unsigned>(category);
        break;
      }
      case Item::Kind::per_1000:
        throw std::invalid_argument("item '" + item.name + "': per_1000 needs services, which this model does not run");
    }
    storage_->items.push_back(result);
  }

  void lower_plan(std::size_t index, std::vector<int>& plan_job_component) {
    const Plan& plan = scenario_.plans[index];
    PlanParameters result;
    result.components.first = static_cast<std::int32_t>(storage_->plan_components.size());
    for (const JobAssignment& assignment : plan.jobs) {
      const int component = component_of(assignment);
      storage_->plan_components.push_back(component);
      plan_job_component[index * scenario_.jobs.size() + static_cast<std::size_t>(assignment.job)] = component;
    }
    result.components.count = static_cast<std::int32_t>(plan.jobs.size());
    result.items.first = static_cast<std::int32_t>(storage_->plan_items.size());
    for (std::size_t i = 0; i < scenario_.items.size(); ++i) {
      const std::vector<int>& payers = scenario_.items[i].plans;
      if (std::find(payers.begin(), payers.end(), static_cast<int>(index)) == payers.end()) continue;
      storage_->plan_items.push_back(static_cast<std::int32_t>(i));
      ++result.items.count;
    }
    storage_->plans.push_back(result);
  }

  /// Assignments that simulate alike are one component.
  int component_of(const JobAssignment& a) {
    std::vector<double> key = {double(a.job),
                               double(a.choose),
                               double(a.instances),
                               double(a.policy),
                               a.restart_seconds,
                               a.checkpoint ? a.checkpoint->interval_seconds : -1.0,
                               a.checkpoint ? a.checkpoint->write_seconds : -1.0,
                               double(a.markets.size())};
    key.insert(key.end(), a.markets.begin(), a.markets.end());
    key.insert(key.end(), a.optimizations.begin(), a.optimizations.end());
    const auto [entry, fresh] = components_.emplace(std::move(key), static_cast<int>(storage_->jobs.size()));
    if (fresh) lower_job(a);
    return entry->second;
  }

  void lower_job(const JobAssignment& a) {
    const Job& job = scenario_.jobs[static_cast<std::size_t>(a.job)];
    const std::string name = "job/" + job.name;
    const double step_hours = scenario_.step_hours();
    JobParameters result;
    result.policy = a.policy;
    result.choose = a.choose;
    result.gang = narrow(a.instances);
    result.gang_instances = a.instances;
    // Instance-hours of work a step of the gang does at throughput 1.
    const double speed =
        host::power(a.instances, 1.0 + host::logarithm(job.scaling) / host::logarithm(2.0)) * step_hours;
    const double first_throughput = throughput(job, a.markets.front());
    result.work = add_event_law(job.work_instance_hours, 1.0 / (first_throughput * speed));
    result.clock_stream = streams_.claim(name + "/clock");
    result.attempt_stream = streams_.claim(name + "/attempts");
    lower_checkpoint(a, result);
    result.restart = narrow(steps(a.restart_seconds));
    lower_releases(job, result);
    result.late_penalty = narrow(job.late_penalty_per_hour * step_hours);
    result.buy_out = job.unfinished == Job::Unfinished::buy_out;
    if (job.attempts && job.attempts->success < 1.0) {
      result.max_attempts = job.attempts->max;
      result.inverse_log_failure = narrow(1.0 / host::logarithm(1.0 - job.attempts->success));
    }
    result.owner = owner_index(job.owner);
    result.markets.first = static_cast<std::int32_t>(storage_->job_markets.size());
    result.markets.count = static_cast<std::int32_t>(a.markets.size());
    for (std::size_t i = 0; i < a.markets.size(); ++i) {
      const bool sells = scenario_.markets[static_cast<std::size_t>(a.markets[i])].on_demand.has_value();
      if (sells && result.on_demand_market < 0) result.on_demand_market = static_cast<std::int32_t>(i);
      lower_job_market(job, a, a.markets[i], first_throughput);
    }
    const auto markets = std::span(storage_->job_markets).subspan(static_cast<std::size_t>(result.markets.first));
    result.one_rate = std::all_of(markets.begin(), markets.end(), [](const auto& m) { return m.steps_ratio == 1.0f; });
    result.one_billing = std::all_of(markets.begin(), markets.end(), [&](const auto& m) {
      return m.increments == markets[0].increments && m.increments_per_step == markets[0].increments_per_step &&
             m.minimum == markets[0].minimum;
    });
    storage_->jobs.push_back(result);
  }

  static double throughput(const Job& job, int market) {
    for (const MarketRate& rate : job.throughput)
      if (rate.market == market) return rate.rate.mode;
    return 1.0;
  }

  void lower_checkpoint(const JobAssignment& a, JobParameters& result) const {
    result.interval = result.cycle = endless_steps;
    if (!a.checkpoint) return;
    result.lossless = a.checkpoint->interval_seconds == 0.0;
    if (result.lossless) return;
    const double interval = steps(a.checkpoint->interval_seconds), write = steps(a.checkpoint->write_seconds);
    result.interval = narrow(interval);
    result.cycle = narrow(interval + write);
    result.inverse_interval = narrow(1.0 / interval);
    result.inverse_cycle = narrow(1.0 / (interval + write));
  }

  void lower_releases(const Job& job, JobParameters& result) const {
    result.release = step_time(job.release_seconds);
    result.repeats = job.release_seconds < scenario_.horizon_seconds ? 1 : 0;
    if (job.repeat_seconds) {
      result.repeat = step_time(*job.repeat_seconds);
      const double span = scenario_.horizon_seconds - job.release_seconds;
      result.repeats = static_cast<std::int32_t>(std::max(0.0, std::ceil(span / *job.repeat_seconds - 1e-9)));
    }
    if (job.deadline_seconds) {
      result.has_deadline = 1;
      result.deadline = step_time(*job.deadline_seconds);
    }
  }

  void lower_job_market(const Job& job, const JobAssignment& a, int index, double first_throughput) {
    const Market& market = scenario_.markets[static_cast<std::size_t>(index)];
    const MarketSlots& slots = market_slots_[static_cast<std::size_t>(index)];
    const double gang_hours = a.instances * scenario_.step_hours();
    JobMarketParameters result;
    result.market = index;
    result.spot_capacity = slots.spot_capacity;
    result.launch_capacity = slots.launch_capacity;
    result.spot = slots.spot;
    result.on_demand = slots.on_demand;
    result.spot_money = split(gang_hours * slots.spot_reference);
    result.on_demand_money = split(gang_hours * slots.on_demand_reference);
    const double here = throughput(job, index);
    result.steps_ratio = narrow(first_throughput / here);
    result.reclaim_rate = slots.reclaim_rate;
    result.failure_rate = slots.failure_rate;
    result.has_spot = market.spot.has_value();
    result.notice_saves = market.spot && a.checkpoint && market.spot->notice_seconds >= a.checkpoint->write_seconds;
    result.spot_weight = narrow(slots.spot_reference / here);
    result.on_demand_weight = narrow(slots.on_demand_reference / here);
    result.has_on_demand = market.on_demand.has_value();
    const double increments = scenario_.step_seconds / market.billing_increment_seconds;
    result.increments = static_cast<std::uint32_t>(
        static_cast<std::uint64_t>(std::floor((increments - std::floor(increments)) * 0x1p32 + 0.5)));
    result.increments_per_step = narrow(increments);
    // Many increments a step are told apart no finer than the instants are.
    result.increment_tolerance = narrow(std::clamp(increments * 0x1p-18, 0x1p-10, 0x1p-4));
    result.increment = narrow(1.0 / increments);
    result.minimum = narrow(steps(market.billing_minimum_seconds));
    result.egress = narrow(job.state_gb * market.egress_per_gb);
    storage_->job_markets.push_back(result);
  }

  template <class T>
  static void absorb(Sha256& hash, const std::vector<T>& array) {
    const std::uint64_t count = array.size();
    hash.update(std::as_bytes(std::span(&count, 1)));
    hash.update(std::as_bytes(std::span(array)));
  }

  void fill(Lowered& lowered) {
    ParameterStorage& s = *storage_;
    Parameters& p = lowered.parameters;
    const std::uint64_t seed = scenario_.simulation.seed;
    p.key = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
    p.steps = static_cast<std::int32_t>(scenario_.steps());
    p.slots = slots_;
    const auto point = [](auto& pointer, auto& vector) { pointer = vector.data(); };
    const auto size = [](const auto& vector) { return static_cast<std::int32_t>(vector.size()); };
    point(p.laws, s.laws);
    p.law_count = size(s.laws);
    point(p.event_laws, s.event_laws);
    point(p.loadings, s.loadings);
    point(p.renewals, s.renewals);
    point(p.factors, s.factors);
    p.factor_count = size(s.factors);
    point(p.capacities, s.capacities);
    p.capacity_count = size(s.capacities);
    point(p.repricings, s.repricings);
    p.repricing_count = size(s.repricings);
    point(p.prices, s.prices);
    p.price_count = size(s.prices);
    point(p.jobs, s.jobs);
    p.job_count = size(s.jobs);
    point(p.job_markets, s.job_markets);
    p.job_market_count = size(s.job_markets);
    point(p.items, s.items);
    p.item_count = size(s.items);
    point(p.plans, s.plans);
    p.plan_count = size(s.plans);
    point(p.plan_components, s.plan_components);
    point(p.plan_items, s.plan_items);
    point(p.edges, s.edges);
    p.edge_count = size(s.edges);
    p.most_edges = most_edges(s.edges);
    p.owner_count = size(owners_);
    p.market_count = size(scenario_.markets);

    lowered.shape = {p.plan_count, p.owner_count, p.edge_count, p.market_count, p.job_count, 0};
    lowered.owners = owners_;

    Sha256 hash;
    const std::int32_t scalars[] = {p.steps, p.slots, p.owner_count, p.market_count};
    hash.update(std::as_bytes(std::span(scalars)));
    absorb(hash, s.laws);
    absorb(hash, s.event_laws);
    absorb(hash, s.loadings);
    absorb(hash, s.renewals);
    absorb(hash, s.factors);
    absorb(hash, s.capacities);
    absorb(hash, s.repricings);
    absorb(hash, s.prices);
    absorb(hash, s.jobs);
    absorb(hash, s.job_markets);
    absorb(hash, s.items);
    absorb(hash, s.plans);
    absorb(hash, s.plan_components);
    absorb(hash, s.plan_items);
    lowered.sha256 = hash.hex();
    lowered.storage = std::move(storage_);
  }

  /// The most edges that end within one tile.
  static std::int32_t most_edges(const std::vector<std::int32_t>& edges) {
    std::int32_t most = 0, in_tile = 0, tile = -1;
    for (const std::int32_t edge : edges) {
      in_tile = (edge - 1) / tile_steps == tile ? in_tile + 1 : 1;
      tile = (edge - 1) / tile_steps;
      most = std::max(most, in_tile);
    }
    return most;
  }

  const Scenario& scenario_;
  std::unique_ptr<ParameterStorage> storage_;
  Streams streams_;
  int slots_ = 0;
  std::vector<MarketSlots> market_slots_;
  std::vector<std::string> owners_;
  std::map<std::vector<double>, int> components_;
};

}  // namespace

std::vector<std::int32_t> bin_edges(const Scenario& scenario) {
  const auto horizon = static_cast<std::int32_t>(scenario.steps());
  std::vector<std::int32_t> edges;
  const auto add = [&](double seconds) {
    const auto step =
        static_cast<std::int32_t>(std::min<double>(horizon, std::ceil(seconds / scenario.step_seconds - 1e-9)));
    if (step > 0 && (edges.empty() || step > edges.back())) edges.push_back(step);
  };
  if (scenario.simulation.calendar_months) {
    using namespace std::chrono;
    const StartTime& t = scenario.start;
    const year_month first{year(t.year), month(static_cast<unsigned>(t.month))};
    const sys_days start_day = sys_days(first / t.day);
    const double start_of_day = 3600.0 * t.hour + 60.0 * t.minute + t.second;
    for (int i = 1;; ++i) {
      const auto days_from_start = (sys_days((first + months(i)) / 1) - start_day).count();
      const double seconds = 86400.0 * static_cast<double>(days_from_start) - start_of_day;
      if (seconds >= scenario.horizon_seconds) break;
      add(seconds);
    }
  } else {
    for (double i = 1.0; i * scenario.simulation.bin_seconds < scenario.horizon_seconds; i += 1.0)
      add(i * scenario.simulation.bin_seconds);
  }
  add(scenario.horizon_seconds);
  return edges;
}

Lowered lower(const Scenario& scenario) { return Lowering(scenario).run(); }

}  // namespace costrisk::scenario
