// Committed capacity as step functions, handed out in order.
#include "src/scenario/lower/availability.hpp"

#include <algorithm>
#include <set>

namespace costrisk::scenario {

namespace {

/// The capacity of one market over the horizon: instances left, by first step.
class Pot {
 public:
  Pot(const Scenario& scenario, const Plan& plan, int market) {
    const auto horizon = static_cast<std::int32_t>(scenario.steps());
    std::set<std::int32_t> starts = {0};
    struct Term {
      std::int32_t from, until;
      int instances;
    };
    std::vector<Term> terms;
    for (const Commitment& commitment : plan.commitments) {
      if (commitment.kind != Commitment::Kind::capacity || commitment.market != market) continue;
      const Term term = {first_step(scenario, commitment.from_seconds),
                         first_step(scenario, commitment.from_seconds + commitment.term_seconds), commitment.instances};
      for (const std::int32_t step : {term.from, term.until})
        if (step < horizon) starts.insert(step);
      terms.push_back(term);
    }
    for (const std::int32_t step : starts) {
      int sum = 0;
      for (const Term& term : terms)
        if (term.from <= step && step < term.until) sum += term.instances;
      left_.push_back({step, sum});
    }
  }

  /// Takes what `grant` says of what is left at any one time.
  template <class Grant>
  AvailabilityList take(Grant grant) {
    AvailabilityList list;
    for (auto& [step, left] : left_) {
      const int granted = grant(left);
      left -= granted;
      if (list.empty() || list.back().instances != static_cast<float>(granted))
        list.push_back({step, static_cast<float>(granted)});
    }
    return list;
  }

 private:
  std::vector<std::pair<std::int32_t, int>> left_;
};

}  // namespace

Allotments allotted(const Scenario& scenario, const Plan& plan) {
  std::map<int, Pot> pots;
  const auto pot = [&](int market) -> Pot& { return pots.try_emplace(market, scenario, plan, market).first->second; };
  Allotments result;
  for (const ServiceAssignment& assignment : plan.services) {
    std::vector<AvailabilityList> lists;
    for (const Pool& pool : assignment.pools) {
      lists.emplace_back();
      if (traits_of(pool.buy).coverage == Coverage::capacity)
        lists.back() = pot(pool.market).take([&](int left) { return std::min(left, pool.max); });
    }
    result.services.push_back(std::move(lists));
  }
  for (const JobAssignment& assignment : plan.jobs) {
    std::vector<AvailabilityList> lists;
    for (std::size_t i = 0; i < assignment.markets.size(); ++i) {
      lists.emplace_back();
      if (assignment.may_hold(i, Purchase::reserved))
        lists.back() = pot(assignment.markets[i]).take([&](int left) {
          return assignment.split               ? std::min(left, assignment.instances)
                 : left >= assignment.instances ? assignment.instances
                                                : 0;
        });
    }
    result.jobs.push_back(std::move(lists));
  }
  return result;
}

Range add_availability(ParameterStorage& storage, const AvailabilityList& list) {
  const Range range = {static_cast<std::int32_t>(storage.availabilities.size()),
                       static_cast<std::int32_t>(list.size())};
  storage.availabilities.insert(storage.availabilities.end(), list.begin(), list.end());
  return range;
}

void append_to_key(const AvailabilityList& list, std::vector<double>& key) {
  key.push_back(static_cast<double>(list.size()));
  for (const AvailabilityParameters& entry : list) key.insert(key.end(), {double(entry.step), double(entry.instances)});
}

}  // namespace costrisk::scenario
