// Amounts become laws relative to their usual value; each plan lists what it pays.
#include "src/scenario/lower/lower_items.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace costrisk::scenario {

ItemLowering::ItemLowering(Lowering& lowering)
    : lowering_(lowering), scenario_(lowering.scenario()), storage_(lowering.storage()) {
  for (const Item& item : scenario_.items) lower_item(item);
}

void ItemLowering::add_items_of(std::size_t plan) {
  for (std::size_t i = 0; i < scenario_.items.size(); ++i)
    if (scenario_.items[i].kind != Item::Kind::per_1000 && pays(plan, scenario_.items[i]))
      storage_.plan_items.push_back(static_cast<std::int32_t>(i));
  add_optimizations(scenario_.plans[plan]);
}

bool ItemLowering::pays(std::size_t plan, const Item& item) const {
  return std::find(item.plans.begin(), item.plans.end(), static_cast<int>(plan)) != item.plans.end();
}

/// An amount paid `times` over, as a reference in double and a law relative to it.
void ItemLowering::lower_amount(const Law& amount, double times, ItemParameters& result) {
  const double reference = reference_of(amount);
  result.amount = lowering_.law(amount, 1.0 / reference);
  result.money = split(reference * times);
}

void ItemLowering::lower_item(const Item& item) {
  ItemParameters result;
  const double until_seconds = std::min(item.until_seconds, scenario_.horizon_seconds);
  const double from_month = calendar_months(scenario_, item.from_seconds);
  const double months = std::max(calendar_months(scenario_, until_seconds) - from_month, 0.0);
  result.from = lowering_.step_time(item.from_seconds);
  result.until = lowering_.step_time(until_seconds);
  result.from_month = month_time(from_month);
  result.inverse_months = months > 0.0 ? narrow(1.0 / months) : 0.0f;
  result.owner = lowering_.owner_index(item.owner);
  result.chance = narrow(item.chance);
  result.chance_stream = lowering_.stream("item/" + item.name + "/chance");
  if (item.chance < 1.0)
    lowering_.driver("item." + item.name + ".chance", {DriverKind::chance, 0, result.chance_stream, result.chance});
  switch (item.kind) {
    case Item::Kind::monthly:
      result.kind = ItemKind::spread;
      lower_amount(item.amount, months, result);
      break;
    case Item::Kind::once:
      result.kind = ItemKind::once;
      lower_amount(item.amount, item.from_seconds < scenario_.horizon_seconds ? 1.0 : 0.0, result);
      break;
    case Item::Kind::per_1000:
      result.kind = ItemKind::per_request;
      lower_amount(item.amount, 1e-3, result);
      break;
    case Item::Kind::share: {
      result.kind = ItemKind::share;
      const auto share = static_cast<std::uint64_t>(std::floor(item.amount.mode * 0x1p60 + 0.5));
      result.share_high = static_cast<std::uint32_t>(share >> 32);
      result.share_low = static_cast<std::uint32_t>(share);
      for (const Category category : item.of) result.of |= 1u << static_cast<unsigned>(category);
      break;
    }
  }
  storage_.items.push_back(result);
}

/// The item that pays for an optimization at the start, on the account of `owner`.
std::int32_t ItemLowering::optimization_item(int index, std::int32_t owner) {
  const auto [entry, fresh] = optimization_items_.emplace(std::pair(index, owner), size_of(storage_.items));
  if (fresh) {
    ItemParameters result;
    result.kind = ItemKind::once;
    result.until = lowering_.step_time(scenario_.horizon_seconds);
    result.owner = owner;
    lower_amount(at(scenario_.optimizations, index).once, 1.0, result);
    storage_.items.push_back(result);
  }
  return entry->second;
}

/// Each optimization in use is paid once, by the first workload that uses it.
void ItemLowering::add_optimizations(const Plan& plan) {
  std::set<int> paid;
  const auto pay = [&](const std::vector<int>& optimizations, const std::string& owner) {
    for (const int optimization : optimizations) {
      const Law& once = at(scenario_.optimizations, optimization).once;
      if ((once.is_constant() && once.mode == 0.0) || !paid.insert(optimization).second) continue;
      storage_.plan_items.push_back(optimization_item(optimization, lowering_.owner_index(owner)));
    }
  };
  for (const ServiceAssignment& a : plan.services) pay(a.optimizations, at(scenario_.services, a.service).owner);
  for (const JobAssignment& a : plan.jobs) pay(a.optimizations, at(scenario_.jobs, a.job).owner);
}

/// The items that a plan pays by the request of this service, in file order.
std::vector<std::int32_t> ItemLowering::items_by_request(std::size_t plan, const ServiceAssignment& assignment) const {
  std::vector<std::int32_t> items;
  for (std::size_t i = 0; i < scenario_.items.size(); ++i) {
    const Item& item = scenario_.items[i];
    if (item.kind == Item::Kind::per_1000 && item.demand == at(scenario_.services, assignment.service).demand &&
        pays(plan, item))
      items.push_back(static_cast<std::int32_t>(i));
  }
  return items;
}

/// A component reckons with the items that some plan pays for it.
void ItemLowering::lower_service_items() {
  std::vector<std::set<std::int32_t>> items(storage_.services.size());
  const auto component = [&](std::size_t plan, std::size_t i) {
    return static_cast<std::size_t>(
        at(storage_.plan_services, storage_.plans[plan].services.first + static_cast<std::int32_t>(i)));
  };
  for (std::size_t plan = 0; plan < scenario_.plans.size(); ++plan)
    for (std::size_t i = 0; i < scenario_.plans[plan].services.size(); ++i)
      for (const std::int32_t item : items_by_request(plan, scenario_.plans[plan].services[i]))
        items[component(plan, i)].insert(item);
  std::map<std::pair<std::size_t, std::int32_t>, std::int32_t> places;
  for (std::size_t c = 0; c < items.size(); ++c) {
    storage_.services[c].service_items = {size_of(storage_.service_items), static_cast<std::int32_t>(items[c].size())};
    for (const std::int32_t item : items[c]) {
      places[{c, item}] = size_of(storage_.service_items);
      storage_.service_items.push_back({item});
    }
  }
  for (std::size_t plan = 0; plan < scenario_.plans.size(); ++plan) {
    Range& range = storage_.plans[plan].service_items;
    range.first = size_of(storage_.plan_service_items);
    for (std::size_t i = 0; i < scenario_.plans[plan].services.size(); ++i)
      for (const std::int32_t item : items_by_request(plan, scenario_.plans[plan].services[i]))
        storage_.plan_service_items.push_back(places.at({component(plan, i), item}));
    range.count = size_of(storage_.plan_service_items) - range.first;
  }
}

}  // namespace costrisk::scenario
