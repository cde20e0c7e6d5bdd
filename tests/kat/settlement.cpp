// Commitments, savings plans and credit over use given by hand: money worked out by hand and in double precision.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>

#include "tests/kat/on_every_lane.hpp"

namespace costrisk::kat {
namespace {

constexpr int paths = block;
constexpr int other_owner = 0, research = 1, product = 2, unused = 3;

/// What one path leaves in the plan stage's arrays.
struct Results {
  std::vector<std::int64_t> cost, category, owner, bin, waste, covered, service;
};

/// Plans over use and prices by step. Prices are relative to a reference of 1.
struct Case {
  int covered_pro_rata = 0;
  int steps = 0, settlement_steps = 1, first_settlement = 1, slots = 0, bins = 0;
  std::vector<float> prices, laws, use;
  std::vector<UseRowParameters> rows;
  std::vector<PlanUseParameters> uses;
  std::vector<CommitmentParameters> commitments;
  std::vector<SavingsPlanParameters> savings_plans;
  std::vector<DiscountParameters> discounts;
  std::vector<PlanParameters> plans;
  std::vector<std::int64_t> committed, effective, credit;  ///< committed: [plan][edge]
  std::vector<std::int32_t> edges, edge_bins;

  Case(int of_steps, int period, int first_period)
      : steps(of_steps), settlement_steps(period), first_settlement(first_period) {
    add_edge(of_steps);
  }

  /// Another edge, which ends a bin. Before plans are added.
  void add_edge(int step) {
    edges.push_back(step);
    std::sort(edges.begin(), edges.end());
    edge_bins.push_back(bins++);
  }
  /// A price that does not move: one number a path.
  PriceSource add_price(float price) {
    laws.insert(laws.end(), paths, price);
    return {none, none, static_cast<LawIndex>(laws.size() / paths - 1)};
  }
  /// `price(step, path)` times a path's `scale`.
  template <class Price>
  PriceSource add_price(Price price, float scale) {
    for (int step = 0; step < steps; ++step)
      for (int path = 0; path < paths; ++path) prices.push_back(price(step, path));
    PriceSource source = add_price(scale);
    source.slot = slots++;
    return source;
  }
  template <class Use>
  int add_row(PriceSource price, double money, Use instances) {
    for (int step = 0; step < steps; ++step)
      for (int path = 0; path < paths; ++path) use.push_back(instances(step, path));
    rows.push_back({price, pair(money)});
    return static_cast<int>(rows.size()) - 1;
  }
  static Pair pair(double x) {
    const float high = static_cast<float>(x);
    return {high, static_cast<float>(x - high)};
  }
  static StepTime at(double step) {
    const double whole = std::floor(step);
    return {static_cast<std::int32_t>(whole), static_cast<float>(step - whole)};
  }

  void begin_plan() {
    plans.emplace_back();
    plans.back().uses.first = static_cast<std::int32_t>(uses.size());
    plans.back().commitments.first = static_cast<std::int32_t>(commitments.size());
    plans.back().savings_plans.first = static_cast<std::int32_t>(savings_plans.size());
    credit.push_back(0);
  }
  void add_use(int row, int market, Purchase buy = Purchase::on_demand, int owner = research, int service = none) {
    uses.push_back({row, market, buy, owner, service});
    ++plans.back().uses.count;
  }
  void add_commitment(int market, float instances, double rate, double from, double until,
                      Purchase buy = Purchase::on_demand) {
    commitments.push_back({market, buy, instances, at(from), at(until), pair(rate)});
    ++plans.back().commitments.count;
  }
  struct Discount {
    int market;
    double discount;
  };
  /// Discounts are told highest first.
  void add_savings_plan(double spend, std::vector<Discount> by_market, double from, double until) {
    const Range range{static_cast<std::int32_t>(discounts.size()), static_cast<std::int32_t>(by_market.size())};
    for (const Discount& d : by_market) {
      const double money = (1.0 - d.discount) * reference(d.market);
      discounts.push_back({d.market, static_cast<float>(money), static_cast<float>(1.0 / money)});
    }
    savings_plans.push_back({at(from), at(until), pair(spend), static_cast<float>(1.0 / spend), range});
    ++plans.back().savings_plans.count;
  }
  double reference(int market) const {
    for (const PlanUseParameters& use_of : uses)
      if (use_of.market == market && use_of.buy == Purchase::on_demand) return value(rows[use_of.use_row].money);
    return 1.0;
  }
  static double value(Pair pair) { return double{pair.high} + double{pair.low}; }
  static double value(StepTime time) { return time.step + double{time.offset}; }
  static double overlap(StepTime from, StepTime until, double start, double end) {
    return std::max(0.0, std::min(value(until), end) - std::max(value(from), start));
  }
  /// What the plan's commitments cost up to a step, as effective cost.
  double effective_cost(const PlanParameters& plan, int step) const {
    double sum = 0.0;
    for (int c = plan.commitments.first; c < plan.commitments.first + plan.commitments.count; ++c)
      sum += overlap(commitments[c].from, commitments[c].until, 0, step) * double{commitments[c].instances} *
             value(commitments[c].rate);
    for (int s = plan.savings_plans.first; s < plan.savings_plans.first + plan.savings_plans.count; ++s)
      sum += overlap(savings_plans[s].from, savings_plans[s].until, 0, step) * value(savings_plans[s].spend);
    return sum;
  }

  double use_at(int row, int step, int path) const {
    return double{use[(static_cast<std::size_t>(row) * steps + step) * paths + path]};
  }
  double price_at(const PriceSource& source, int step, int path) const {
    const double law = double{laws[static_cast<std::size_t>(source.law) * paths + path]};
    return source.slot < 0
               ? law
               : law * double{prices[(static_cast<std::size_t>(source.slot) * steps + step) * paths + path]};
  }

  /// Runs the plans on a lane.
  Results run(const LaneProbe& lane) {
    committed.clear();
    effective.clear();
    for (const PlanParameters& plan : plans) {
      for (const std::int32_t edge : edges) committed.push_back(std::llround(1e6 * effective_cost(plan, edge)));
      effective.push_back(committed.back());
    }
    Parameters p;
    p.steps = steps;
    p.slots = slots;
    p.law_count = static_cast<int>(laws.size() / paths);
    p.use_rows = rows.data();
    p.use_row_count = static_cast<int>(rows.size());
    p.plans = plans.data();
    p.plan_count = static_cast<int>(plans.size());
    p.plan_uses = uses.data();
    p.plan_use_count = static_cast<int>(uses.size());
    p.commitments = commitments.data();
    p.savings_plans = savings_plans.data();
    p.discounts = discounts.data();
    p.committed_micros = committed.data();
    p.effective_micros = effective.data();
    p.credit_micros = credit.data();
    p.settlement_steps = settlement_steps;
    p.covered_pro_rata = covered_pro_rata;
    p.first_settlement = first_settlement;
    p.edges = edges.data();
    p.edge_bins = edge_bins.data();
    p.edge_count = p.most_edges = static_cast<int>(edges.size());
    p.bin_count = bins;
    p.owner_count = unused + 1;
    p.market_count = 4;
    p.service_slots = 1;

    const std::size_t rows_of_one = plans.size() * paths;
    Results results;
    results.cost.resize(rows_of_one);
    results.category.resize(rows_of_one * category_count);
    results.owner.resize(rows_of_one * (unused + 1));
    results.bin.resize(rows_of_one * bins);
    results.waste.resize(rows_of_one * waste_kind_count);
    results.covered.resize(rows_of_one);
    results.service.resize(rows_of_one);
    std::vector<std::uint32_t> status(paths);
    Output out;
    out.stride = paths;
    out.plan_cost = results.cost.data();
    out.plan_category = results.category.data();
    out.plan_owner = results.owner.data();
    out.plan_bin = results.bin.data();
    out.plan_waste = results.waste.data();
    out.plan_covered = results.covered.data();
    out.plan_service = results.service.data();
    out.status = status.data();
    const auto deleter = [](std::byte* memory) { ::operator delete[](memory, std::align_val_t{64}); };
    const std::unique_ptr<std::byte[], decltype(deleter)> memory(
        new (std::align_val_t{64}) std::byte[lane.plans.bytes(p)], deleter);
    lane.plans.simulate({&p, prices.data(), laws.data(), use.data(), paths}, out, memory.get());
    for (const std::uint32_t word : status) EXPECT_EQ(word, status_ok);
    return results;
  }
};

std::int64_t category_of(const Results& r, int plan, Category category, int path = 0) {
  return r.category[static_cast<std::size_t>((plan * category_count + static_cast<int>(category)) * paths + path)];
}
std::int64_t owner_of(const Results& r, int plan, int owner, int path = 0) {
  return r.owner[static_cast<std::size_t>((plan * (unused + 1) + owner) * paths + path)];
}
std::int64_t unused_commitment(const Results& r, int plan, int path = 0) {
  return r.waste[static_cast<std::size_t>(
      (plan * waste_kind_count + static_cast<int>(WasteKind::unused_commitment)) * paths + path)];
}
std::int64_t bin_of(const Case& c, const Results& r, int plan, int bin, int path = 0) {
  return r.bin[static_cast<std::size_t>((plan * c.bins + bin) * paths + path)];
}

/// What settlement in double precision makes of a plan on a path, in currency.
struct Expected {
  std::vector<double> uncovered, allocated;  ///< by use
  double covered = 0.0, listed = 0.0;
};

Expected expect(const Case& c, const PlanParameters& plan, int path) {
  const auto uses = static_cast<std::size_t>(plan.uses.count);
  const PlanUseParameters* use = c.uses.data() + plan.uses.first;
  Expected result;
  result.uncovered.assign(uses, 0.0);
  result.allocated.assign(uses, 0.0);
  for (int start = 0, end = std::min(c.first_settlement, c.steps); start < c.steps;
       start = end, end = std::min(end + c.settlement_steps, c.steps)) {
    std::vector<double> left(uses, 0.0), price(uses, 0.0);
    for (std::size_t i = 0; i < uses; ++i) {
      double spend = 0.0;
      for (int step = start; step < end; ++step) {
        left[i] += c.use_at(use[i].use_row, step, path);
        if (use[i].buy == Purchase::on_demand)
          spend += c.use_at(use[i].use_row, step, path) * c.price_at(c.rows[use[i].use_row].price, step, path) *
                   Case::value(c.rows[use[i].use_row].money);
      }
      result.listed += spend;
      price[i] = left[i] > 0.0 ? spend / left[i] : 0.0;
    }
    for (int k = plan.commitments.first; k < plan.commitments.first + plan.commitments.count; ++k) {
      const CommitmentParameters& commitment = c.commitments[k];
      double capacity = double{commitment.instances} * Case::overlap(commitment.from, commitment.until, start, end);
      double asked = 0.0;
      int count = 0;
      const auto is_covered = [&](std::size_t i) {
        return use[i].market == commitment.market && use[i].buy == commitment.covers;
      };
      for (std::size_t i = 0; i < uses; ++i)
        if (is_covered(i)) asked += left[i], ++count;
      const double share = asked > capacity ? capacity / asked : 1.0;
      for (std::size_t i = 0; i < uses; ++i) {
        if (!is_covered(i)) continue;
        const double part = c.covered_pro_rata && count > 1 ? share * left[i] : std::min(left[i], capacity);
        left[i] -= part;
        capacity -= part;
        result.allocated[i] += part * Case::value(commitment.rate);
        result.covered += part * price[i];
      }
    }
    for (int k = plan.savings_plans.first; k < plan.savings_plans.first + plan.savings_plans.count; ++k) {
      const SavingsPlanParameters& savings_plan = c.savings_plans[k];
      double budget =
          Case::value(savings_plan.spend) * Case::overlap(savings_plan.from, savings_plan.until, start, end);
      for (int d = savings_plan.discounts.first; d < savings_plan.discounts.first + savings_plan.discounts.count; ++d) {
        const auto is_covered = [&](std::size_t i) {
          return use[i].market == c.discounts[d].market && use[i].buy == Purchase::on_demand && left[i] > 0.0;
        };
        const auto net = [&](std::size_t i) {
          return double{c.discounts[d].money} / Case::value(c.rows[use[i].use_row].money);
        };
        double asked = 0.0;
        int count = 0;
        for (std::size_t i = 0; i < uses; ++i)
          if (is_covered(i)) asked += left[i] * price[i] * net(i), ++count;
        const double share = asked > budget ? budget / asked : 1.0;
        for (std::size_t i = 0; i < uses; ++i) {
          if (!is_covered(i)) continue;
          const double listed = left[i] * price[i];
          const double list = c.covered_pro_rata && count > 1 ? share * listed : std::min(listed, budget / net(i));
          left[i] = std::max(0.0, left[i] - list / price[i]);
          budget -= list * net(i);
          result.allocated[i] += list * net(i);
          result.covered += list;
        }
      }
    }
    for (std::size_t i = 0; i < uses; ++i) result.uncovered[i] += left[i] * price[i];
  }
  return result;
}

class Settlement : public OnEveryLane {};

TEST_P(Settlement, fully_covered_use_costs_nothing_on_demand) {
  Case c(500, 4, 3);
  const int steady = c.add_row(c.add_price(1.0f), 0.7, [](int, int path) { return 0.3f * static_cast<float>(path); });
  const int moving = c.add_row(c.add_price([](int step, int) { return step < 200 ? 1.0f : 0.6f; }, 1.1f), 2.3,
                               [](int step, int) { return step % 7 == 3 ? 0.123f : 2.0f; });
  c.begin_plan();  // one commitment over both uses
  c.add_use(steady, 0);
  c.add_use(moving, 0);
  c.add_commitment(0, 7.0f, 0.4, 0, 1e6);
  c.begin_plan();  // several
  c.add_use(steady, 0);
  c.add_use(moving, 1);
  for (int i = 0; i < 5; ++i) c.add_commitment(0, 1.0f, 0.4, 0, 1e6);
  c.add_commitment(1, 1.0f, 1.0, 0, 1e6);
  c.add_commitment(1, 1.0f, 0.9, 0, 1e6);
  c.begin_plan();  // a savings plan
  c.add_use(steady, 0);
  c.add_use(moving, 1);
  c.add_savings_plan(20.0, {{1, 0.5}, {0, 0.3}}, 0, 1e6);
  const Results r = c.run(lane());
  for (int plan = 0; plan < 3; ++plan)
    for (int path = 0; path < paths; ++path) {
      EXPECT_EQ(category_of(r, plan, Category::on_demand, path), 0) << plan << " " << path;
      const double listed = expect(c, c.plans[static_cast<std::size_t>(plan)], path).listed;
      EXPECT_NEAR(static_cast<double>(r.covered[static_cast<std::size_t>(plan * paths + path)]), 1e6 * listed,
                  2.0 + 0.2 * listed);
    }
}

TEST_P(Settlement, exactly_used_commitments_waste_at_most_a_few_millionths) {
  Case c(8736, 4, 4);
  const int row = c.add_row(c.add_price(1.0f), 0.37, [](int, int) { return 12.0f; });
  c.begin_plan();
  c.add_use(row, 0);
  c.add_commitment(0, 12.0f, 0.62 / 3.0, 0, 1e6);
  c.begin_plan();
  c.add_use(row, 0);
  c.add_commitment(0, 5.0f, 0.62 / 3.0, 0, 1e6);
  c.add_commitment(0, 7.0f, 0.71 / 3.0, 0, 1e6);
  c.begin_plan();
  c.add_use(row, 0);
  c.add_savings_plan(7.0 / 9.0, {{0, 0.28}}, 0, 1e6);
  const Results r = c.run(lane());
  for (int plan = 0; plan < 3; ++plan) EXPECT_NEAR(static_cast<double>(unused_commitment(r, plan)), 0.0, 3.0) << plan;
  EXPECT_EQ(owner_of(r, 0, research), category_of(r, 0, Category::commitment) - unused_commitment(r, 0));
}

TEST_P(Settlement, money_worked_out_by_hand) {
  // Periods of 4 steps, the first of 2: [0, 2) [2, 6) [6, 10). Use 3, 3 | 0, 1, 9, 0 | 2, 2, 2, 2.
  // Two instances of one's own: 4 | 8 | 8 instance-steps, of which 4 | 8 | 8 are used, 2 | 2 | 0 uncovered.
  // With a step and a half of term, [0.5, 2): 3 of the first six.
  Case c(10, 4, 2);
  constexpr float instances[] = {3, 3, 0, 1, 9, 0, 2, 2, 2, 2};
  const int row = c.add_row(c.add_price(1.5f), 2.0, [&](int step, int) { return instances[step]; });
  c.begin_plan();
  c.add_use(row, 0, Purchase::on_demand, product, 0);
  c.add_commitment(0, 2.0f, 1.25, 0, 100);
  c.begin_plan();
  c.add_use(row, 0);
  c.add_commitment(0, 2.0f, 1.25, 0.5, 2);
  // Spend of 6 a step buys instance-steps worth 3 at list for 2: 12 | 24 | 24 buy 6 | 10 of 12 | 8 of 12.
  c.begin_plan();
  c.add_use(row, 0);
  c.add_savings_plan(6.0, {{0, 1.0 / 3.0}}, 0, 100);
  // A spend of 3 buys 3 | 6 | 6.
  c.begin_plan();
  c.add_use(row, 0);
  c.add_savings_plan(3.0, {{0, 1.0 / 3.0}}, 0, 100);
  const Results r = c.run(lane());
  EXPECT_EQ(category_of(r, 0, Category::on_demand), 4 * 3'000'000);
  EXPECT_EQ(category_of(r, 0, Category::commitment), 25'000'000);
  EXPECT_EQ(owner_of(r, 0, product), 12'000'000 + 25'000'000);
  EXPECT_EQ(owner_of(r, 0, unused), 0);
  EXPECT_EQ(r.service[0], 37'000'000);
  EXPECT_EQ(r.covered[0], 60'000'000);
  EXPECT_EQ(category_of(r, 1, Category::on_demand), 21 * 3'000'000);
  EXPECT_EQ(category_of(r, 1, Category::commitment), 3'750'000);
  EXPECT_EQ(unused_commitment(r, 1), 0);
  EXPECT_EQ(r.service[paths], 0);
  EXPECT_EQ(category_of(r, 2, Category::on_demand), 0);
  EXPECT_EQ(category_of(r, 2, Category::commitment), 60'000'000);
  EXPECT_NEAR(static_cast<double>(owner_of(r, 2, unused)), 12e6, 10.0);
  EXPECT_EQ(unused_commitment(r, 2), owner_of(r, 2, unused));
  EXPECT_NEAR(static_cast<double>(category_of(r, 3, Category::on_demand)), 9 * 3e6, 10.0);
  EXPECT_NEAR(static_cast<double>(unused_commitment(r, 3)), 0.0, 1.0);
}

TEST_P(Settlement, totals_pass_what_32_bits_hold) {
  Case c(8736, 4, 4);
  const int row = c.add_row(c.add_price(1.0f), 2e6, [](int, int) { return 3.0f; });
  c.begin_plan();
  c.add_use(row, 0);
  c.add_commitment(0, 1.0f, 1.5e6, 0, 1e6);
  const Results r = c.run(lane());
  EXPECT_EQ(category_of(r, 0, Category::on_demand), 8736 * 4'000'000'000'000);
  EXPECT_EQ(category_of(r, 0, Category::commitment), 8736 * 1'500'000'000'000);
  EXPECT_EQ(r.covered[0], 8736 * 2'000'000'000'000);
  EXPECT_EQ(unused_commitment(r, 0), 0);
}

TEST_P(Settlement, reserved_use_costs_its_commitment_alone) {
  Case c(100, 1, 1);
  const int row = c.add_row(PriceSource{}, 0.0, [](int step, int) { return step < 40 ? 3.0f : 1.0f; });
  c.begin_plan();
  c.add_use(row, 2, Purchase::reserved);
  c.add_commitment(2, 3.0f, 2.0, 10, 50, Purchase::reserved);
  const Results r = c.run(lane());
  EXPECT_EQ(category_of(r, 0, Category::on_demand), 0);
  EXPECT_EQ(category_of(r, 0, Category::commitment), 240'000'000);
  EXPECT_EQ(unused_commitment(r, 0), 10 * 2 * 2'000'000);
  EXPECT_EQ(r.covered[0], 0);
}

TEST_P(Settlement, use_of_a_period_that_an_edge_divides_is_booked_when_it_is_settled) {
  Case c(200, 60, 60);
  c.add_edge(20);
  c.add_edge(60);
  c.add_edge(90);
  const int row = c.add_row(c.add_price([](int step, int) { return step < 70 ? 1.0f : 2.0f; }, 1.0f), 1.0,
                            [](int, int) { return 3.0f; });
  c.begin_plan();
  c.add_use(row, 0);
  c.add_commitment(0, 2.0f, 0.5, 0, 1000);
  const Results r = c.run(lane());
  EXPECT_EQ(bin_of(c, r, 0, 0), 20'000'000);
  EXPECT_EQ(bin_of(c, r, 0, 1), 60'000'000 + 60'000'000);
  EXPECT_EQ(bin_of(c, r, 0, 2), 90'000'000 + 60'000'000);
  EXPECT_EQ(bin_of(c, r, 0, 3), r.cost[0]);
  EXPECT_NEAR(static_cast<double>(r.cost[0]), 200e6 + 60e6 + 110e6 + 120e6 + 40e6, 100.0);
}

TEST_P(Settlement, credit_pays_the_first_of_the_bill_until_its_edge) {
  Case c(100, 1, 1);
  for (const int edge : {10, 30, 50}) c.add_edge(edge);
  const int row = c.add_row(c.add_price(1.0f), 1.0, [](int, int) { return 1.0f; });
  const auto add_plan = [&](std::int64_t amount, int edge) {
    c.begin_plan();
    c.add_use(row, 0);
    c.add_commitment(0, 1.0f, 1.0, 60, 80);
    c.plans.back().credit_edge = edge;
    c.credit.back() = amount;
  };
  add_plan(20'000'000, 2);   // spent before its end
  add_plan(500'000'000, 1);  // ends before it is spent
  add_plan(70'000'000, 3);   // at the horizon
  add_plan(0, none);
  const Results r = c.run(lane());
  constexpr std::int64_t expected[4][4] = {{0, 10, 30, 80}, {0, 0, 20, 70}, {0, 0, 0, 30}, {10, 30, 50, 100}};
  for (int plan = 0; plan < 4; ++plan) {
    for (int bin = 0; bin < 4; ++bin) EXPECT_EQ(bin_of(c, r, plan, bin), expected[plan][bin] * 1'000'000) << plan;
    EXPECT_EQ(owner_of(r, plan, unused), category_of(r, plan, Category::credit));
    EXPECT_EQ(category_of(r, plan, Category::credit), (expected[plan][3] - 100) * 1'000'000);
  }
}

/// Four rows and plans of every kind over them.
Case manifold(int steps, int period, int first, std::uint64_t seed) {
  Case c(steps, period, first);
  for (const int edge : {steps / 5, steps / 5 + 1, steps / 2}) c.add_edge(edge);
  const auto random = [seed](int step, int path, int salt) {
    std::uint64_t x = seed * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(step) * 0xBF58476D1CE4E5B9u +
                      static_cast<std::uint64_t>(path) * 0x94D049BB133111EBu + static_cast<std::uint64_t>(salt);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return static_cast<double>((x ^ (x >> 31)) >> 11) * 0x1p-53;
  };
  const PriceSource fixed = c.add_price(1.3f);
  const PriceSource moving = c.add_price(
      [&](int step, int path) { return static_cast<float>(std::exp(0.3 * random((step + path) / 45, path, 1))); },
      0.9f);
  const int fleet = c.add_row(
      fixed, 1.7, [&](int step, int path) { return static_cast<float>(std::floor(9.0 * random(step, path, 2))); });
  const int gang = c.add_row(fixed, 1.7, [&](int step, int path) {
    return random(step / 9, path, 3) < 0.4 ? 0.0f
                                           : static_cast<float>(8.0 * std::min(1.0, 3.0 * random(step, path, 4)));
  });
  const int other =
      c.add_row(moving, 22.3, [&](int step, int path) { return static_cast<float>(4.0 * random(step, path, 5)); });
  const int racks = c.add_row(PriceSource{}, 0.0, [&](int step, int path) {
    return static_cast<float>(std::floor(5.0 * random(step, path, 6)));
  });
  const double half = 0.5 * steps;
  const auto begin = [&] {
    c.begin_plan();
    c.add_use(fleet, 0, Purchase::on_demand, product, 0);
    c.add_use(racks, 2, Purchase::reserved, product, 0);
    c.add_use(gang, 0);
    c.add_use(other, 1);
  };
  begin();
  c.add_commitment(1, 2.0f, 9.1, 0, 1e6);
  begin();
  c.add_commitment(0, 5.0f, 0.8, 0, 1e6);
  c.add_commitment(1, 1.0f, 9.1, half, 1e6);
  begin();
  c.add_commitment(0, 3.0f, 0.8, 0, half + 0.25);
  c.add_commitment(0, 2.0f, 0.9, 0.3 * steps + 0.7, 0.8 * steps);
  c.add_commitment(2, 4.0f, 3.3, 0, 1e6, Purchase::reserved);
  begin();
  c.add_savings_plan(11.0, {{1, 0.45}, {0, 0.38}}, 0, 0.9 * steps + 0.5);
  c.add_savings_plan(4.1, {{0, 0.5}, {1, 0.1}}, 0.2 * steps, 1e6);
  begin();
  c.add_commitment(0, 3.0f, 0.8, 0, 1e6);
  c.add_commitment(1, 1.0f, 8.0, 0.1 * steps, 1e6);
  c.add_savings_plan(15.0, {{1, 0.45}, {0, 0.38}}, 0.4 * steps, 1e6);
  begin();
  c.add_commitment(3, 3.0f, 0.8, 0, 1e6);
  begin();
  c.add_commitment(1, 3.0f, 0.8, 10.0 * steps, 1e6);
  return c;
}

struct Grid {
  int steps, period, first;
};
constexpr Grid grids[] = {{500, 4, 4}, {333, 1, 1}, {410, 60, 17}, {96, 2, 1}, {40, 60, 60}};

/// The grids, with uses covered in turn and in the same proportion.
template <class Body>
void on_each_grid(int seed, Body body) {
  for (const Grid& grid : grids)
    for (const int pro_rata : {0, 1}) {
      SCOPED_TRACE(testing::Message() << "period " << grid.period << " pro rata " << pro_rata);
      Case c = manifold(grid.steps, grid.period, grid.first, seed);
      c.covered_pro_rata = pro_rata;
      body(grid, c);
    }
}

TEST_P(Settlement, agrees_with_double_precision) {
  on_each_grid(7, [&](const Grid& grid, Case& c) {
    const Results r = c.run(lane());
    for (int plan = 0; plan < static_cast<int>(c.plans.size()); ++plan)
      for (int path = 0; path < paths; ++path) {
        SCOPED_TRACE(testing::Message() << "plan " << plan << " path " << path);
        const PlanParameters& parameters = c.plans[static_cast<std::size_t>(plan)];
        const Expected expected = expect(c, parameters, path);
        double on_demand = 0.0, allocated = 0.0, service = 0.0;
        for (std::size_t i = 0; i < expected.uncovered.size(); ++i) {
          on_demand += expected.uncovered[i];
          allocated += expected.allocated[i];
          if (i < 2) service += expected.uncovered[i] + expected.allocated[i];
        }
        // Half a unit in the last place for each number that a period's use is summed from.
        const double tolerance = 2.0 + 0.06 * std::sqrt(grid.period) * expected.listed;
        EXPECT_NEAR(static_cast<double>(category_of(r, plan, Category::on_demand, path)), 1e6 * on_demand, tolerance);
        EXPECT_NEAR(static_cast<double>(c.effective[static_cast<std::size_t>(plan)] - unused_commitment(r, plan, path)),
                    1e6 * allocated, tolerance);
        EXPECT_NEAR(static_cast<double>(r.service[static_cast<std::size_t>(plan * paths + path)]), 1e6 * service,
                    tolerance);
        EXPECT_NEAR(static_cast<double>(r.covered[static_cast<std::size_t>(plan * paths + path)]),
                    1e6 * expected.covered, tolerance);
      }
  });
}

TEST_P(Settlement, categories_and_owners_each_sum_to_the_cost) {
  Case c = manifold(500, 4, 3, 11);
  c.plans[4].credit_edge = 2;
  c.credit[4] = 1'234'567'890;
  const Results r = c.run(lane());
  for (int plan = 0; plan < static_cast<int>(c.plans.size()); ++plan)
    for (int path = 0; path < paths; ++path) {
      std::int64_t categories = 0, owners = 0;
      for (int k = 0; k < category_count; ++k) categories += category_of(r, plan, static_cast<Category>(k), path);
      for (int k = 0; k <= unused; ++k) owners += owner_of(r, plan, k, path);
      const std::int64_t cost = r.cost[static_cast<std::size_t>(plan * paths + path)];
      EXPECT_EQ(categories, cost);
      EXPECT_EQ(owners, cost);
      EXPECT_GT(cost, 0);
      EXPECT_EQ(owner_of(r, plan, other_owner, path), 0);
    }
}

TEST_P(Settlement, has_the_same_bits_as_the_scalar_lane) {
  on_each_grid(23, [&](const Grid&, Case& c) {
    const Results r = c.run(lane()), scalar = c.run(scalar_probe);
    EXPECT_EQ(r.cost, scalar.cost);
    EXPECT_EQ(r.category, scalar.category);
    EXPECT_EQ(r.owner, scalar.owner);
    EXPECT_EQ(r.bin, scalar.bin);
    EXPECT_EQ(r.waste, scalar.waste);
    EXPECT_EQ(r.covered, scalar.covered);
    EXPECT_EQ(r.service, scalar.service);
  });
}

TEST_P(Settlement, does_not_depend_on_where_the_bins_end) {
  Case few = manifold(500, 4, 3, 5), many = manifold(500, 4, 3, 5);
  for (int step = 1; step < 100; step += 3)
    if (std::find(many.edges.begin(), many.edges.end(), step) == many.edges.end()) many.add_edge(step);
  const Results a = few.run(lane()), b = many.run(lane());
  EXPECT_EQ(a.cost, b.cost);
  EXPECT_EQ(a.category, b.category);
  EXPECT_EQ(a.owner, b.owner);
  EXPECT_EQ(a.waste, b.waste);
  EXPECT_EQ(a.covered, b.covered);
}

INSTANTIATE_TEST_SUITE_P(Lanes, Settlement, testing::ValuesIn(all_probes()), lane_name);

}  // namespace
}  // namespace costrisk::kat
