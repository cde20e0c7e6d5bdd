// Factors, markets and demands become processes, capacities, prices and profiles.
#include "src/scenario/lower/lower_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "kernels/math/host.hpp"
#include "src/scenario/lower/lifetimes.hpp"
#include "src/scenario/lower/lower_history.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

namespace {

constexpr double seconds_per_week = 604800.0;

class WorldLowering {
 public:
  explicit WorldLowering(Lowering& lowering)
      : lowering_(lowering), scenario_(lowering.scenario()), storage_(lowering.storage()), histories_(lowering) {}

  WorldSlots run() {
    lower_factors();
    for (const Market& market : scenario_.markets) lower_market(market);
    for (const Demand& demand : scenario_.demands) lower_demand(demand);
    return std::move(slots_);
  }

 private:
  void lower_factors() {
    for (const Factor& factor : scenario_.factors) {
      FactorParameters result;
      result.process = lowering_.process("factor/" + factor.name, factor.half_life_seconds, 0.0, {});
      if (factor.shock) {
        result.shock = lowering_.renewal("factor/" + factor.name + "/shock", factor.shock->renewal);
        result.shock_size = narrow(factor.shock->size);
      }
      if (!std::isfinite(factor.half_life_seconds))
        lowering_.driver("factor." + factor.name,
                         {DriverKind::factor, static_cast<std::int32_t>(storage_.factors.size()), 0});
      storage_.factors.push_back(result);
    }
  }

  /// @param loading as SojournParameters has it
  SojournParameters sojourn(const Sojourn& law, float loading) {
    const double sigma = log_sigma(law.cv);
    return {.mean = lowering_.law(law.mean_hours, 1.0 / scenario_.step_hours()),
            .sigma = narrow(sigma),
            .shift = narrow(host::exponential(-0.5 * sigma * sigma)),
            .biased = narrow(host::exponential(0.5 * sigma * sigma)),
            .loading = loading};
  }

  int add_capacity(const std::string& stream, const Capacity& capacity) {
    CapacityParameters result;
    result.stream = lowering_.stream(stream);
    result.up = sojourn(capacity.up, -1.0f);
    result.down = sojourn(capacity.down, 1.0f);
    result.mixture = lowering_.mixture(capacity.loading);
    if (capacity.depth) {
      result.depth = lowering_.event_law(*capacity.depth, 1.0);
      result.depth_slot = lowering_.new_slot();
    }
    storage_.capacities.push_back(result);
    return static_cast<int>(storage_.capacities.size()) - 1;
  }

  /// The sizes of the gangs, and of the parts of those that split, that any plan may run on the market's spot.
  std::set<int> spot_gangs(const Market& market) const {
    std::set<int> gangs;
    for (const Plan& plan : scenario_.plans)
      for (const JobAssignment& assignment : plan.jobs)
        for (std::size_t i = 0; i < assignment.markets.size(); ++i)
          if (assignment.may_hold(i, Purchase::spot) && &at(scenario_.markets, assignment.markets[i]) == &market) {
            gangs.insert(assignment.instances);
            if (assignment.split) add_parts(*market.spot, assignment.instances, gangs);
          }
    return gangs;
  }
  /// Parts of a gang that no measured number of instances lies between are lost at the same instants: the largest of
  /// them stands for all.
  static void add_parts(const Spot& spot, int instances, std::set<int>& gangs) {
    if (!spot.capacity_history) return;
    for (const double value : spot.capacity_history->trace->value)
      if (value >= 1.0 && value < instances) gangs.insert(static_cast<int>(value));
  }

  void lower_market(const Market& market) {
    MarketSlots slots;
    const std::string name = "market/" + market.name;
    int repricing = none;
    PriceSource list_price;
    if (market.repricing) {
      RepricingParameters result;
      result.stream = lowering_.stream(name + "/repricing");
      result.mean_gap = narrow(lowering_.steps(market.repricing->every_seconds));
      result.multiplier = lowering_.event_law(market.repricing->multiplier, 1.0);
      list_price.slot = result.slot = lowering_.new_slot();
      list_price.sum_slot = result.sum_slot = lowering_.new_slot();
      repricing = static_cast<int>(storage_.repricings.size());
      storage_.repricings.push_back(result);
    }
    const double steps_per_hour = 1.0 / scenario_.step_hours();
    if (market.hardware_mtbf_hours)
      slots.failure_rate = lowering_.inverted_law(*market.hardware_mtbf_hours, steps_per_hour);
    if (market.on_demand) {
      slots.on_demand_reference = reference_of(market.on_demand->price);
      slots.on_demand = list_price;
      slots.on_demand.law = lowering_.law(market.on_demand->price, 1.0 / slots.on_demand_reference);
      if (market.on_demand->capacity)
        slots.launch_capacity = add_capacity(name + "/on_demand/capacity", *market.on_demand->capacity);
    }
    if (market.spot) lower_spot(market, repricing, list_price, slots);
    slots_.markets.push_back(slots);
  }

  void lower_spot(const Market& market, int repricing, const PriceSource& list_price, MarketSlots& slots) {
    const Spot& spot = *market.spot;
    const std::string name = "market/" + market.name + "/spot";
    const std::set<int> gangs = spot_gangs(market);
    if (spot.capacity) {
      slots.spot_capacity = add_capacity(name + "/capacity", *spot.capacity);
      if (!gangs.empty()) {
        const int slot = storage_.capacities.back().loss_slot = lowering_.new_slot();
        for (const int gang : gangs) slots.losses[gang] = slot;
      }
    }
    if (spot.capacity_history) slots.spot_capacity = histories_.capacity(*spot.capacity_history, gangs, slots.losses);
    lower_lifetimes(spot, slots);
    if (spot.price_history) {
      PriceParameters price = histories_.price(*spot.price_history, slots.spot_reference);
      price.repricing = repricing;
      slots.spot = {price.slot, price.sum_slot, no_law};
      storage_.prices.push_back(price);
    }
    if (!spot.price) return;
    slots.spot_reference = reference_of(spot.price->mean);
    const double to_relative = 1.0 / slots.spot_reference;
    const float cap = std::isfinite(spot.price->cap) ? narrow(spot.price->cap / slots.spot_reference) : endless;
    if (!spot.price->process) {
      slots.spot = list_price;
      slots.spot.law = lowering_.law(spot.price->mean, to_relative, cap);
      return;
    }
    const Process& process = *spot.price->process;
    PriceParameters price;
    price.mean = lowering_.law(spot.price->mean, to_relative);
    price.process = lowering_.process(name + "/price", process.half_life_seconds, process.volatility, process.loading);
    price.cap = cap;
    price.repricing = repricing;
    price.slot = lowering_.new_slot();
    price.sum_slot = lowering_.new_slot();
    storage_.prices.push_back(price);
    slots.spot = {price.slot, price.sum_slot, no_law};
  }

  void lower_lifetimes(const Spot& spot, MarketSlots& slots) {
    const double steps_per_hour = 1.0 / scenario_.step_hours();
    if (const std::optional<Law> mean = mean_lifetime(spot)) {
      const double shape = spot.reclaim ? weibull_shape(*spot.reclaim) : 1.0;
      slots.reclaim_rate = lowering_.inverted_law(*mean, steps_per_hour);
      slots.lifetime.rate =
          shape == 1.0 ? slots.reclaim_rate : lowering_.inverted_law(*mean, steps_per_hour / mean_of_weibull(shape));
      slots.lifetime.shape = narrow(shape);
    }
    if (spot.reclaim) lower_survival(*spot.reclaim, slots.lifetime);
    if (spot.max_lifetime_seconds) slots.lifetime.most = narrow(lowering_.steps(*spot.max_lifetime_seconds));
    if (!spot.reclaim || spot.reclaim->loading.empty()) return;
    MultiplierParameters multiplier;
    multiplier.loadings.first = size_of(storage_.loadings);
    multiplier.loadings.count = size_of(spot.reclaim->loading);
    double squares = 0.0;
    for (const Loading& loading : spot.reclaim->loading) {
      storage_.loadings.push_back({loading.factor, narrow(loading.beta)});
      squares += loading.beta * loading.beta;
    }
    multiplier.drift = narrow(-0.5 * squares);
    slots.lifetime.multiplier_slot = multiplier.slot = lowering_.new_slot();
    storage_.multipliers.push_back(multiplier);
  }

  void lower_survival(const Reclaim& reclaim, LifetimeParameters& lifetime) {
    const std::vector<LifetimeKnot> knots = lifetime_knots(reclaim);
    lifetime.curve = {size_of(storage_.lifetime_curves), size_of(knots)};
    for (const LifetimeKnot& knot : knots)
      for (const double number :
           {knot.hours / scenario_.step_hours(), knot.expected, knot.per_hour * scenario_.step_hours()})
        storage_.lifetime_curves.push_back(narrow(number));
  }

  void lower_demand(const Demand& demand) {
    const std::string name = "demand/" + demand.name;
    DemandParameters result;
    result.base = lowering_.law(demand.history ? Law::constant(1.0) : demand.base, 1.0);
    if (demand.history) result.history = histories_.demand(*demand.history);
    const Law& growth = demand.growth_per_month;
    if (!(growth.is_constant() && growth.mode == 0.0))
      result.log_growth = lowering_.log_one_plus_law(growth, scenario_.step_hours() / hours_per_month);
    const std::vector<double> profile = profile_averages(scenario_, demand);
    result.profile = {static_cast<std::int32_t>(storage_.profiles.size()), static_cast<std::int32_t>(profile.size())};
    for (const double average : profile) storage_.profiles.push_back(narrow(average));
    if (demand.noise) {
      result.has_noise = 1;
      result.noise = lowering_.process(name + "/noise", demand.noise->half_life_seconds, demand.noise->volatility,
                                       demand.noise->loading);
    }
    if (demand.bursts) {
      result.bursts = lowering_.renewal(name + "/bursts", demand.bursts->renewal);
      result.burst_multiplier = narrow(demand.bursts->multiplier);
    }
    result.changes = {static_cast<std::int32_t>(storage_.changes.size()),
                      static_cast<std::int32_t>(demand.changes.size())};
    for (std::size_t i = 0; i < demand.changes.size(); ++i) {
      const Change& change = demand.changes[i];
      const std::uint32_t chance = lowering_.stream(fmt::format("{}/change/{}/chance", name, i));
      storage_.changes.push_back({lowering_.first_step(change.at_seconds), lowering_.law(change.multiplier, 1.0),
                                  chance, narrow(change.chance)});
      if (change.chance < 1.0)
        lowering_.driver(fmt::format("demand.{}.change.{}.chance", demand.name, i),
                         {DriverKind::chance, 0, chance, narrow(change.chance)});
    }
    result.slot = lowering_.new_slot();
    slots_.demands.push_back(result.slot);
    storage_.demands.push_back(result);
  }

  Lowering& lowering_;
  const Scenario& scenario_;
  ParameterStorage& storage_;
  HistoryLowering histories_;
  WorldSlots slots_;
};

/// Seconds of local time since Monday, 0:00.
double second_of_week(const StartTime& t) {
  using namespace std::chrono;
  const sys_days day =
      sys_days(year(t.year) / month(static_cast<unsigned>(t.month)) / std::chrono::day(static_cast<unsigned>(t.day)));
  const unsigned since_monday = weekday(day).iso_encoding() - 1;
  return seconds_per_day * since_monday + seconds_per_hour * t.hour + seconds_per_minute * t.minute + t.second;
}

/// The average over [begin, begin + length), in seconds of the week.
double profile_average(const Demand& demand, double begin, double length) {
  const double end = begin + length;
  double sum = 0.0;
  for (double hour = std::floor(begin / seconds_per_hour); hour * seconds_per_hour < end; hour += 1.0) {
    const double from = std::max(begin, hour * seconds_per_hour);
    const double until = std::min(end, (hour + 1.0) * seconds_per_hour);
    const auto of_week = static_cast<std::size_t>(std::fmod(hour, hours_per_week));
    sum += demand.by_hour[of_week % 24] * demand.by_weekday[of_week / 24] * ((until - from) / length);
  }
  return sum;
}

}  // namespace

std::vector<double> profile_averages(const Scenario& scenario, const Demand& demand) {
  const auto same = [](const auto& values) {
    return std::all_of(values.begin(), values.end(), [&](double v) { return v == values[0]; });
  };
  if (same(demand.by_hour) && same(demand.by_weekday)) return {demand.by_hour[0] * demand.by_weekday[0]};
  const double steps_of_week = seconds_per_week / scenario.step_seconds;
  const double whole = std::floor(steps_of_week + 0.5);
  const auto horizon = static_cast<double>(scenario.steps());
  const double period = std::abs(steps_of_week - whole) < 1e-9 ? std::min(whole, horizon) : horizon;
  const double start = second_of_week(scenario.start);
  std::vector<double> averages;
  for (double step = 0.0; step < period; step += 1.0)
    averages.push_back(profile_average(demand, std::fmod(start + step * scenario.step_seconds, seconds_per_week),
                                       scenario.step_seconds));
  return averages;
}

WorldSlots lower_world(Lowering& lowering) { return WorldLowering(lowering).run(); }

}  // namespace costrisk::scenario
