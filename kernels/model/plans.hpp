// Stage 3, plans: integer sums over the components a plan uses and the items it pays. A plan's cost, its
// categories and its owners are sums of the same atoms, so they agree to the last micro-unit.
#pragma once

#include "kernels/model/arithmetic.hpp"
#include "kernels/model/draws.hpp"
#include "kernels/model/job.hpp"
#include "kernels/model/output.hpp"

namespace costrisk {

/// Scales money that is not negative by a share in 2^-60, to nearest: exact in 128 bits.
COSTRISK_FN std::int64_t scale_micros(std::int64_t micros, std::uint64_t share) {
  __extension__ using Wide = __int128;
  return static_cast<std::int64_t>((static_cast<Wide>(micros) * static_cast<Wide>(share) + (Wide{1} << 59)) >> 60);
}

template <class L>
class Plans {
  using F = typename L::F;
  using I = typename L::I;
  using M = typename L::M;

 public:
  /// @param job_edges [job component][edge of the tile][lane]: what each component has cost at a bin's end
  /// @param item_micros [item][lane]: what each item has cost so far
  COSTRISK_FN Plans(PathContext<L>& path, const JobTotals<L>* jobs, const std::int64_t* job_edges,
                    std::int64_t* item_micros)
      : path_(path), jobs_(jobs), job_edges_(job_edges), item_micros_(item_micros) {}

  /// Brings the items to the start of `step`.
  COSTRISK_FN void pay_items(int step) {
    const Parameters& p = path_.parameters;
    for (int i = 0; i < p.item_count; ++i) {
      const ItemParameters& item = p.items[i];
      if (item.kind == ItemKind::share) continue;
      const float since = static_cast<float>(step - item.from.step) - item.from.offset;
      float share = since > 0.0f ? 1.0f : 0.0f;
      if (item.kind == ItemKind::spread && step < item.until.step)
        share = since > 0.0f ? min(since * item.inverse_span, 1.0f) : 0.0f;
      F part = path_.law(item.amount) * F(share);
      if (item.chance < 1.0f) part = select(happens(item), part, F(0.0f));
      std::int64_t* micros = item_micros_ + i * L::width;
      for (int lane = 0; lane < L::width; ++lane) micros[lane] = 0;
      const F money = part * F(item.money.high);
      const F error = fma(part, F(item.money.high), -money) + part * F(item.money.low);
      path_.check_money(M(true), money);
      F rest;
      accumulate<L>(micros, to_amount<L>(money, error, rest));
    }
  }

  /// Cumulative cost at the end of bin `edge`, which is the tile's `edge_in_tile`-th, for the lanes [first,
  /// first + count) into the output's columns.
  COSTRISK_FN void write_edge(int edge, int edge_in_tile, int first, int count, int column, const Output& out) const {
    const Parameters& p = path_.parameters;
    for (int plan = 0; plan < p.plan_count; ++plan) {
      std::int64_t* row = out.plan_edge + (std::int64_t{plan} * p.edge_count + edge) * out.stride + column;
      for (int i = 0; i < count; ++i) row[i] = cumulative(p.plans[plan], edge_in_tile, first + i);
    }
  }

  /// Totals at the horizon.
  COSTRISK_FN void write_totals(int first, int count, int column, const Output& out) {
    const Parameters& p = path_.parameters;
    for (int i = 0; i < p.item_count; ++i) draw_chance(p.items[i], item_micros_ + i * L::width);
    for (int plan = 0; plan < p.plan_count; ++plan)
      for (int i = 0; i < count; ++i) write_plan(plan, first + i, column + i, out);
  }

 private:
  COSTRISK_FN M happens(const ItemParameters& item) const {
    return uniform(path_.philox.event(item.chance_stream, I(0)).word[0]) < F(item.chance);
  }

  COSTRISK_FN std::int64_t cumulative(const PlanParameters& plan, int edge_in_tile, int lane) const {
    const Parameters& p = path_.parameters;
    std::int64_t sum = 0;
    for (int i = 0; i < plan.components.count; ++i)
      sum += job_edges_[(p.plan_components[plan.components.first + i] * p.most_edges + edge_in_tile) * L::width + lane];
    for (int i = 0; i < plan.items.count; ++i) {
      const int item = p.plan_items[plan.items.first + i];
      if (p.items[item].kind != ItemKind::share) sum += item_micros_[item * L::width + lane];
    }
    return sum;
  }

  COSTRISK_FN void write_plan(int index, int lane, int column, const Output& out) {
    const Parameters& p = path_.parameters;
    const PlanParameters& plan = p.plans[index];
    const std::int64_t stride = out.stride;
    std::int64_t* category = out.plan_category + std::int64_t{index} * category_count * stride + column;
    std::int64_t* owner = out.plan_owner + std::int64_t{index} * p.owner_count * stride + column;
    std::int64_t* waste = out.plan_waste + std::int64_t{index} * waste_kind_count * stride + column;
    for (int i = 0; i < category_count; ++i) category[i * stride] = 0;
    for (int i = 0; i < p.owner_count; ++i) owner[i * stride] = 0;
    for (int i = 0; i < waste_kind_count; ++i) waste[i * stride] = 0;

    for (int i = 0; i < plan.components.count; ++i) {
      const int component = p.plan_components[plan.components.first + i];
      const JobTotals<L>& job = jobs_[component];
      for (int k = 0; k < job_category_count; ++k) {
        category[static_cast<int>(job_category(k)) * stride] += job.money[k][lane];
        owner[p.jobs[component].owner * stride] += job.money[k][lane];
      }
      waste[static_cast<int>(WasteKind::restart) * stride] += job.waste_restart[lane];
      waste[static_cast<int>(WasteKind::lost_work) * stride] += job.waste_lost[lane];
    }
    for (int i = 0; i < plan.items.count; ++i) {
      const int item = p.plan_items[plan.items.first + i];
      if (p.items[item].kind == ItemKind::share) continue;
      const std::int64_t cost = item_micros_[item * L::width + lane];
      const Category kind = p.items[item].kind == ItemKind::once ? Category::one_off : Category::item;
      category[static_cast<int>(kind) * stride] += cost;
      owner[p.items[item].owner * stride] += cost;
    }
    // Shares are reckoned on the categories as they stand before any share.
    std::int64_t shares = 0;
    for (int i = 0; i < plan.items.count; ++i) {
      const int index_of_item = p.plan_items[plan.items.first + i];
      const ItemParameters& item = p.items[index_of_item];
      if (item.kind != ItemKind::share) continue;
      std::int64_t base = 0;
      for (int k = 0; k < category_count; ++k)
        if ((item.of >> k) & 1u) base += category[k * stride];
      const std::uint64_t share = (std::uint64_t{item.share_high} << 32) | item.share_low;
      const std::int64_t happens = item_micros_[index_of_item * L::width + lane];
      const std::int64_t cost = happens * scale_micros(base, share);
      shares += cost;
      owner[item.owner * stride] += cost;
    }
    category[static_cast<int>(Category::item) * stride] += shares;

    std::int64_t total = 0;
    for (int i = 0; i < category_count; ++i) total += category[i * stride];
    out.plan_cost[std::int64_t{index} * stride + column] = total;
    out.plan_edge[(std::int64_t{index} * p.edge_count + p.edge_count - 1) * stride + column] = total;
  }

  /// For an item that is a share: 1 on the lanes where it happens, 0 elsewhere.
  COSTRISK_FN void draw_chance(const ItemParameters& item, std::int64_t* happened) const {
    if (item.kind != ItemKind::share) return;
    std::int32_t lanes[L::width];
    L::store(select(happens(item), I(1), I(0)), lanes);
    for (int lane = 0; lane < L::width; ++lane) happened[lane] = item.chance < 1.0f ? lanes[lane] : 1;
  }

  PathContext<L>& path_;
  const JobTotals<L>* jobs_;
  const std::int64_t* job_edges_;
  std::int64_t* item_micros_;
};

}  // namespace costrisk
